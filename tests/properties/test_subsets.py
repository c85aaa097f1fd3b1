"""What a subset takes over from all samples changes no value: each score is that of the subset by itself."""

import numpy as np
import pytest
from networks import ENTRIES, name, pool, reason, rows_of, values, values_on

from hubscore.numerics.workspace import Workspace

SHAPES = {"tall": {}, "wide": {"n": 40, "d": 60}, "between": {"n": 60, "d": 52}}
"""The last has fewer features than all samples and more than a subset."""


def parts(n):
    rng = np.random.default_rng(n)
    return [
        np.flatnonzero(np.arange(n) % 5 != 1),
        np.sort(rng.permutation(n)[: 4 * n // 5]),
        np.flatnonzero(np.arange(n) % 3),
    ]


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
@pytest.mark.parametrize("info", ENTRIES, ids=name)
def test_values_are_those_of_the_subset_by_itself(info, shape):
    networks = pool(info, **shape)
    whole = [Workspace(**inputs) for inputs in networks]
    if info.rotatable:
        whole = [workspace.rotated() for workspace in whole]
    for rows in parts(shape.get("n", 90)):
        alone = [rows_of(inputs, rows) for inputs in networks]
        if why := reason(info, *alone):
            pytest.skip(why)
        found = values_on(info, *(workspace.subset(rows) for workspace in whole))
        assert found == pytest.approx(values(info, *alone), rel=1e-8, abs=1e-10)


def test_a_subset_of_a_subset_is_one_too():
    (info,) = (info for info in ENTRIES if info.name == "knn")
    (inputs,) = pool(info)
    rows = np.flatnonzero(np.arange(90) % 4)
    twice = Workspace(**inputs).subset(rows).subset(np.arange(0, 60))
    assert values_on(info, twice) == pytest.approx(values(info, rows_of(inputs, rows[:60])), rel=1e-12)


def test_a_sample_that_outweighs_all_others_costs_no_digits():
    (inputs,) = pool(next(info for info in ENTRIES if info.name == "sfda"))
    inputs["features"][1] *= 1e7
    rows = np.flatnonzero(np.arange(90) % 5 != 1)
    for info in (
        info for info in ENTRIES if info.name in ("sfda", "logme", "h_score", "ped", "knn", "lfc", "transrate")
    ):
        found = values_on(info, Workspace(**inputs).subset(rows))
        assert found == pytest.approx(values(info, rows_of(inputs, rows)), rel=1e-8)
