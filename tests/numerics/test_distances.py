import numpy as np
import pytest
from scipy.spatial.distance import pdist
from scoredata import NAMES, case
from sklearn.preprocessing import StandardScaler

from hubscore.numerics import distances
from hubscore.numerics.distances import absolute_differences, cosine_distances, nearest, standardised, unit_rows
from hubscore.numerics.workspace import Workspace


def by_differences(features, k):
    """A table of weights from plain differences: 1 inside the k-th distance, equal shares of what is left at it."""
    apart = np.linalg.norm(features[:, None] - features[None], axis=2)
    np.fill_diagonal(apart, np.inf)
    last = np.sort(apart, axis=1)[:, k - 1 : k]
    inside, at = apart < last - 1e-9 * last, np.abs(apart - last) <= 1e-9 * last
    return inside + at * (k - inside.sum(axis=1, keepdims=True)) / at.sum(axis=1, keepdims=True)


def table(near, n):
    weights = np.zeros((n, n))
    weights[near.sample, near.neighbour] = near.weight
    return weights


@pytest.mark.parametrize("k", [1, 3])
@pytest.mark.parametrize("name", NAMES)
def test_nearest_are_those_of_plain_differences(name, k):
    features = case(name).features.astype(np.float64)
    near = nearest(Workspace(features=features), k)
    assert table(near, len(features)) == pytest.approx(by_differences(features, k), abs=1e-12)


def test_blocks_change_nothing(monkeypatch):
    features = case("more_samples").features
    whole, pairs = nearest(Workspace(features=features), 3), cosine_distances(unit_rows(features)[0])
    monkeypatch.setattr(distances, "BLOCK", 7 * len(features))
    assert all(np.array_equal(a, b) for a, b in zip(nearest(Workspace(features=features), 3), whole, strict=True))
    assert cosine_distances(unit_rows(features)[0]) == pytest.approx(pairs, abs=1e-14)


def test_a_copy_is_a_neighbour_and_the_sample_itself_is_not():
    # The first three rows are one picture: each has the two others at distance 0, half a place each.
    near = nearest(Workspace(features=[[0.1, 7.0], [0.1, 7.0], [0.1, 7.0], [5.0, 5.0]]), 1)
    assert list(zip(near.sample.tolist(), near.neighbour.tolist(), near.weight.tolist(), strict=True))[:6] == [
        (0, 1, 0.5),
        (0, 2, 0.5),
        (1, 0, 0.5),
        (1, 2, 0.5),
        (2, 0, 0.5),
        (2, 1, 0.5),
    ]


def test_neighbours_tied_for_the_last_place_share_it():
    # From 0 the distances are 1, 2, 2, 9: for k = 2 the sample at 1 counts whole, those at -2 and 2 half each.
    near = nearest(Workspace(features=[[0.0], [1.0], [2.0], [-2.0], [9.0]]), 2)
    first = near.sample == 0
    weights = dict(zip(near.neighbour[first].tolist(), near.weight[first].tolist(), strict=True))
    assert weights == {1: 1.0, 2: 0.5, 3: 0.5}


def test_close_rows_far_from_the_origin_are_told_apart():
    # Squared lengths are 1e16, so that |a|^2 + |b|^2 - 2 ab is rounding noise; differences are exact.
    features = np.array([[1e8, 0.0], [1e8 + 1, 0.0], [1e8 + 3, 0.0], [-3e8, 0.0]])
    assert nearest(Workspace(features=features), 1).neighbour.tolist() == [1, 0, 1, 0]


def test_rotation_keeps_copies_tied():
    features = case("more_features").features
    workspace = Workspace(features=np.vstack([features, features[:5], features[:5]])).rotated()
    near = nearest(workspace, 1)
    assert near.weight[np.isin(near.sample, [0, 40, 45])].tolist() == [0.5] * 6


@pytest.mark.parametrize("name", NAMES)
def test_cosine_distances_are_scipys(name):
    features = standardised(case(name).features.astype(np.float64))
    unit, constant = unit_rows(features)
    assert not constant.size
    assert cosine_distances(unit) == pytest.approx(pdist(features, "correlation"), abs=1e-12)


def test_constant_rows_are_named():
    assert unit_rows(np.array([[1.0, 2.0], [0.1, 0.1], [0.0, 0.0]]))[1].tolist() == [1, 2]


def test_absolute_differences_run_as_pairs_do():
    assert absolute_differences(np.array([1.0, 4.0, 2.0])).tolist() == [3.0, 1.0, 2.0]


@pytest.mark.parametrize("name", NAMES)
def test_standardised_is_scikit_learns(name):
    features = case(name).features.astype(np.float64)
    assert standardised(features) == pytest.approx(StandardScaler().fit_transform(features), abs=1e-9)
