"""Neither the order of the samples nor the names of the classes matter."""

import numpy as np
import pytest
from networks import ON_TARGETS, N, name, pool, rows_of, values

CLOSE = 1e-8
LOOSE = 0.35
"""Of the value: what another random start, or other folds, may change."""


def check(info, before, after):
    tolerance = LOOSE if not info.order_free else CLOSE
    assert after == pytest.approx(before, rel=tolerance, abs=1e-9 if tolerance == CLOSE else 0.1)


@pytest.mark.parametrize(("info", "target"), ON_TARGETS, ids=name)
def test_order_of_samples_does_not_matter(info, target):
    networks, order = pool(info, target), np.random.default_rng(1).permutation(N)
    check(info, values(info, *networks), values(info, *(rows_of(network, order) for network in networks)))


@pytest.mark.parametrize("names", [(-7, 3, 1000), (2**40, -5, 0)], ids=["rising", "falling"])
@pytest.mark.parametrize("info", [info for info, target in ON_TARGETS if target == "classification"], ids=name)
def test_names_of_classes_do_not_matter(info, names):
    if "label_texts" in info.needs and names[0] > names[1]:
        pytest.skip("texts belong to the classes in their order")
    networks = pool(info)
    renamed = [network | {"labels": np.array(names)[network["labels"]]} for network in networks]
    check(info, values(info, *networks), values(info, *renamed))
