import numpy as np
import pytest
from scoredata import NAMES, case

from hubscore.numerics.evidence import design, log_evidence, targets, unbounded
from hubscore.numerics.workspace import Workspace


@pytest.mark.parametrize("name", NAMES)
def test_mean_has_the_length_of_its_parts(name):
    workspace = Workspace(features=case(name).features)
    on = design(workspace, with_mean=True)
    mean = workspace.features.mean(axis=0)
    assert (on.mean**2).sum() + on.rest == pytest.approx(mean @ mean, rel=1e-10)
    assert on.rank == np.linalg.matrix_rank(workspace.features)


def test_rotation_changes_nothing():
    features, labels, _ = case("more_features")
    workspace = Workspace(features=features + 2, labels=labels)
    columns = np.eye(4)[labels]
    values = [
        log_evidence(on, targets(columns, on))
        for on in (design(w, with_mean=True) for w in (workspace, workspace.rotated()))
    ]
    assert values[0] == pytest.approx(values[1], rel=1e-9)


def test_a_residual_of_one_in_a_million_is_not_an_exact_fit():
    rng = np.random.default_rng(0)
    features = rng.normal(size=(50, 5))
    exact = features @ rng.normal(size=5)
    near = exact + 1e-6 * rng.normal(size=50)
    on = design(Workspace(features=features), with_mean=True)
    assert unbounded(on, targets(exact[:, None], on))
    assert not unbounded(on, targets(near[:, None], on))


def test_tiny_directions_do_not_make_a_fit_exact():
    rng = np.random.default_rng(0)
    features = rng.normal(size=(50, 5)) * np.array([1, 1, 1, 1, 1e-11])
    on = design(Workspace(features=features), with_mean=True)
    assert not unbounded(on, targets(rng.normal(size=(50, 1)), on))
