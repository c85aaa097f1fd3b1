import itertools

import numpy as np
import pytest
from scoredata import NAMES, case
from sklearn.decomposition import PCA

from hubscore import HubscoreError, Undefined, score
from hubscore.errors import UsageError
from hubscore.numerics.workspace import Workspace
from hubscore.scores.gbc import gbc


def by_pairs(features, labels, covariance, *, once=False, dimensions=64):
    """Pair by pair, as the authors' loop does, in float64."""
    features = features.astype(np.float64)
    features = PCA(min(dimensions, *features.shape), svd_solver="full").fit_transform(
        features
    )  # beyond the rank all but 0
    d, total = features.shape[1], 0.0
    for a, b in itertools.permutations(np.unique(labels), 2):
        one, other = features[labels == a], features[labels == b]
        v1, v2 = np.maximum(one.var(axis=0), 1e-4), np.maximum(other.var(axis=0), 1e-4)
        if covariance == "spherical":
            v1, v2 = (np.full(1 if once else d, v.mean()) for v in (v1, v2))
        v = (v1 + v2) / 2
        distance = ((one.mean(axis=0) - other.mean(axis=0)) ** 2 / v).sum() / 8 + 0.5 * (
            np.log(v) - 0.5 * np.log(v1) - 0.5 * np.log(v2)
        ).sum()
        total -= np.exp(-distance)
    return total


def test_a_case_worked_by_hand():
    # Means -1 and 3, both variances 1: the distance is 4^2 / 8 = 2, the logarithm 0; two ordered pairs.
    assert score("gbc", features=[[-2.0], [0.0], [2.0], [4.0]], labels=[0, 0, 1, 1]) == pytest.approx(
        -2 * np.exp(-2), rel=1e-14
    )


def test_the_logarithm_counts_once_a_dimension():
    # Classes around one mean with variances 1 and 4 in each of two dimensions: D = 2 * 0.5 * ln(2.5 / 2), once in the
    # released reading.
    cross = np.array([[1.0, 1.0], [1.0, -1.0], [-1.0, 1.0], [-1.0, -1.0]])
    features, labels = np.vstack([cross, 2 * cross]), np.repeat([0, 1], 4)
    assert score("gbc", features=features, labels=labels) == pytest.approx(-2 / 1.25, rel=1e-12)
    assert score("gbc", features=features, labels=labels, reading="released") == pytest.approx(
        -2 / np.sqrt(1.25), rel=1e-12
    )
    assert score("gbc", features=features, labels=labels, covariance="diagonal") == pytest.approx(-2 / 1.25, rel=1e-12)


@pytest.mark.parametrize("name", NAMES)
def test_agrees_with_a_loop_over_pairs(name):
    features, labels, _ = case(name, noise=2.0)
    for covariance in ("spherical", "diagonal"):
        value = score("gbc", features=features, labels=labels, covariance=covariance)
        assert value == pytest.approx(by_pairs(features, labels, covariance), rel=1e-6)
    assert score("gbc", features=features, labels=labels, reading="released") == pytest.approx(
        by_pairs(features, labels, "spherical", once=True), rel=1e-6
    )
    assert score("gbc", features=features, labels=labels, dimensions=3) == pytest.approx(
        by_pairs(features, labels, "spherical", dimensions=3), rel=1e-6
    )


@pytest.mark.parametrize(("n", "d"), [(50, 64), (50, 63), (64, 64), (90, 70)])
@pytest.mark.parametrize("rank", [12, 100])
@pytest.mark.parametrize("size", [1.0, 0.02])  # small features, so that the floor shows
def test_directions_beyond_the_rank_count(n, d, rank, size):
    rng, labels = np.random.default_rng(n + d), np.arange(n) % 3
    features = (
        size
        * (rng.normal(size=(3, rank))[labels] + 2 * rng.normal(size=(n, rank)))
        @ rng.normal(size=(rank, d))
        / np.sqrt(rank)
    )
    expected = by_pairs(features, labels, "spherical")
    assert score("gbc", features=features, labels=labels) == pytest.approx(expected, rel=1e-7)
    workspace = Workspace(features=features, labels=labels).rotated()
    assert gbc(workspace) == pytest.approx(expected, rel=1e-7)
    rows = np.flatnonzero(np.arange(n) % 5)
    assert gbc(workspace.subset(rows)) == pytest.approx(by_pairs(features[rows], labels[rows], "spherical"), rel=1e-7)


def test_constant_columns_are_dimensions():
    # Variances 1 and 4 in one of two dimensions, the floor in the other: averages (1 + f) / 2 and (4 + f) / 2, and the
    # log twice.
    features, labels = np.array([[1.0, 7.0], [-1.0, 7.0], [2.0, 7.0], [-2.0, 7.0]]), [0, 0, 1, 1]
    one, other = (1 + 1e-4) / 2, (4 + 1e-4) / 2
    ratio = (one + other) / 2 / np.sqrt(one * other)
    assert score("gbc", features=features, labels=labels) == pytest.approx(-2 / ratio, rel=1e-12)
    assert score("gbc", features=features, labels=labels, reading="released") == pytest.approx(
        -2 / np.sqrt(ratio), rel=1e-12
    )


def test_separated_classes_underflow_and_their_logarithm_does_not():
    labels = np.arange(60) % 3
    rng = np.random.default_rng(0)
    near, far = (np.eye(3)[labels] * size + rng.normal(size=(60, 3)) for size in (200, 400))
    assert score("gbc", features=near, labels=labels) == score("gbc", features=far, labels=labels) == 0.0
    assert (
        1e3 < score("gbc", features=near, labels=labels, log=True) < score("gbc", features=far, labels=labels, log=True)
    )


def test_the_logarithm_is_minus_that_of_minus_the_value():
    features, labels, _ = case("more_samples", noise=2.0)
    assert score("gbc", features=features, labels=labels, log=True) == pytest.approx(
        -np.log(-score("gbc", features=features, labels=labels))
    )


def test_coincident_classes_reach_the_lower_bound():
    features = np.tile(np.random.default_rng(0).normal(size=(10, 4)), (3, 1))
    assert score("gbc", features=features, labels=np.repeat([0, 1, 2], 10)) == pytest.approx(-6, rel=1e-12)


def test_rounding_does_not_pass_the_lower_bound():
    for classes in range(2, 12):
        features = np.tile(np.random.default_rng(0).normal(size=(20, 6)), (classes, 1))
        value = score("gbc", features=features, labels=np.repeat(range(classes), 20))
        assert -classes * (classes - 1) <= value == pytest.approx(-classes * (classes - 1), rel=1e-12)


def test_one_sample_a_class_is_undefined():
    with pytest.raises(Undefined, match="every class has one sample, so no class has a variance"):
        score("gbc", features=np.eye(4), labels=range(4))


def test_another_covariance_is_refused():
    with pytest.raises(HubscoreError, match="Unknown covariance 'full': there are spherical and diagonal"):
        score("gbc", features=np.eye(4), labels=[0, 0, 1, 1], covariance="full")


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"dimensions": 0}, "Cannot use dimensions=0: it must be an integer of at least 1\nTry: dimensions=64"),
        ({"dimensions": 2.5}, "Cannot use dimensions=2.5: it must be an integer of at least 1"),
        ({"floor": 0}, "Cannot use floor=0: it must be a positive number\nTry: floor=0.0001"),
        ({"floor": -1.0}, "Cannot use floor=-1.0: it must be a positive number"),
    ],
)
def test_unfit_options_are_refused(options, told):
    with pytest.raises(UsageError, match=told):
        score("gbc", features=np.eye(4), labels=[0, 0, 1, 1], **options)
