import numpy as np
import pytest
from scipy.linalg import eigh
from scipy.special import softmax
from scoredata import NAMES, case

from hubscore import Undefined, score
from hubscore.numerics.discriminant import centroids, fisher
from hubscore.numerics.spectrum import coordinates
from hubscore.numerics.workspace import Workspace
from hubscore.scores.sfda import is_constant, second_fit, second_fit_constant, self_shares


def shrinkage_of(within):
    ahead = within.sum(axis=1)
    for _ in range(3):
        behind = within @ ahead / np.linalg.norm(within @ ahead)
        ahead = within @ behind / np.linalg.norm(within @ behind)
    return max(np.exp(-5 * ahead @ within @ behind), 1e-10)


def discriminant(features, labels, shrinkage=None):
    """The released classifier: generalised eigenvectors of the shrunk scatters, all of them. Returns posteriors and
    shrinkage.
    """
    n, d = features.shape
    shares = np.bincount(labels) / n
    within = sum(share * np.cov(features[labels == c].T, bias=True).reshape(d, d) for c, share in enumerate(shares))
    shrinkage = shrinkage_of(within) if shrinkage is None else shrinkage

    def shrunk(scatter):
        return (1 - shrinkage) * scatter + shrinkage * np.trace(scatter) / d * np.eye(d)

    total = np.cov(features.T, bias=True).reshape(d, d)
    directions = eigh(shrunk(total) - shrunk(within), shrunk(within))[1]
    means = np.stack([features[labels == c].mean(axis=0) for c in range(len(shares))])
    weights = means @ directions @ directions.T
    return softmax(features @ weights.T - 0.5 * (means * weights).sum(axis=1) + np.log(shares), axis=1), shrinkage


def released(features, labels):
    features = features.astype(np.float64)
    chances, shrinkage = discriminant(features, labels)
    keep = softmax(chances, axis=1)[np.arange(len(labels)), labels][:, None]
    means = np.stack([features[labels == c].mean(axis=0) for c in range(labels.max() + 1)])
    others = np.stack([np.delete(means, c, axis=0).mean(axis=0) for c in range(len(means))])
    mixed = keep * features + (1 - keep) * others[labels]
    return discriminant(mixed, labels, shrinkage)[0][np.arange(len(labels)), labels].mean()


def test_a_case_worked_by_hand():
    # One feature, classes {-2, 0} and {0, 2}: means -1 and 1, within-class variance s = 1, shrinking leaves 1. So
    # p(1|x) = sigmoid(2 x): the outer samples have the true class at sigmoid(4), the inner ones at 1/2. q =
    # softmax(p)_y = sigmoid(2 p_y - 1), and a sample of class 0 at x goes to q x + (1 - q) (the other mean). The second
    # fit is the same on what comes out.
    outer, inner = 1 / (1 + np.exp(-4)), 0.5
    q_outer, q_inner = 1 / (1 + np.exp(1 - 2 * outer)), 1 / (1 + np.exp(1 - 2 * inner))
    far, near = 2 * q_outer - (1 - q_outer), -(1 - q_inner)  # of class 1, whose other mean is -1; class 0 mirrors it
    mean, variance = (far + near) / 2, ((far - near) / 2) ** 2
    expected = np.mean([1 / (1 + np.exp(-2 * mean * x / variance)) for x in (far, near)])
    assert score("sfda", features=[[-2.0], [0.0], [0.0], [2.0]], labels=[0, 0, 1, 1]) == pytest.approx(
        expected, rel=1e-12
    )


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("noise", [1.0, 3.0])
def test_agrees_with_the_released_eigenvectors(name, noise):
    features, labels, _ = case(name, noise=noise)
    value = score("sfda", features=features, labels=labels)
    assert value == pytest.approx(released(features, labels), rel=1e-6)
    assert score("sfda", features=features, labels=labels, reading="released") == value


@pytest.mark.parametrize("name", NAMES)
def test_the_shrinkage_is_that_of_three_double_power_steps(name):
    features, labels, _ = case(name)
    assert fisher(Workspace(features=features, labels=labels)).shrinkage == pytest.approx(
        discriminant(features.astype(float), labels)[1], rel=1e-9
    )


def test_samples_that_all_keep_the_same_need_no_second_fit():
    # The first fit is sure of every sample; the second is less so, since with 40 classes a sample keeps little of
    # itself.
    rng = np.random.default_rng(0)
    labels = np.arange(800) % 40
    workspace = Workspace(features=9 * np.eye(40)[labels] + 0.3 + rng.normal(size=(800, 40)), labels=labels)
    first = fisher(workspace)
    keep = self_shares(workspace, first.posteriors)
    assert is_constant(keep)
    expected = second_fit(workspace, coordinates(workspace), centroids(workspace), keep, first.shrinkage)
    assert 1e-5 < 1 - expected < 1e-4
    assert 1 - second_fit_constant(workspace, first.discriminant, keep[0]) == pytest.approx(1 - expected, rel=1e-8)
    assert 1 - score("sfda", features=workspace.features, labels=labels) == pytest.approx(1 - expected, rel=1e-8)


def test_one_unsure_sample_is_not_even():
    features, labels, _ = case("more_samples", noise=3.0)
    workspace = Workspace(features=features, labels=labels)
    assert not is_constant(self_shares(workspace, fisher(workspace).posteriors))


def test_small_features_are_shrunk_to_a_multiple_of_the_identity():
    features, labels, _ = case("small_scale")
    assert fisher(Workspace(features=features, labels=labels)).shrinkage == pytest.approx(1, abs=1e-2)


def test_separable_classes_are_told_for_certain():
    labels = np.arange(60) % 3
    features = np.eye(3)[labels] * 100 + np.random.default_rng(0).normal(size=(60, 3))
    assert score("sfda", features=features, labels=labels) == 1.0


def test_classes_that_are_points_are_separable_too():
    assert score("sfda", features=np.eye(3)[np.arange(12) % 3], labels=np.arange(12) % 3) == 1.0


def test_more_features_than_samples_tie_at_exactly_one():
    rng = np.random.default_rng(0)
    labels = np.arange(60) % 5
    assert {score("sfda", features=10 * rng.normal(size=(60, 300)), labels=labels) for _ in range(3)} == {1.0}


def test_features_whose_rows_sum_to_one_have_a_shrinkage_too():
    # The power steps start at the scatter's row sums, which are 0 then; the largest eigenvalue takes over.
    rng = np.random.default_rng(0)
    labels = np.arange(60) % 3
    features = softmax(3 * np.eye(3)[labels] + rng.normal(size=(60, 3)), axis=1)
    within = sum(np.cov(features[labels == c].T, bias=True) for c in range(3)) / 3
    assert fisher(Workspace(features=features, labels=labels)).shrinkage == pytest.approx(
        np.exp(-5 * np.linalg.eigvalsh(within)[-1]), rel=1e-9
    )
    assert 0.5 < score("sfda", features=features, labels=labels) < 1


def test_the_callers_features_stay_as_they_are():
    features, labels, _ = case("more_samples")
    before = features.copy()
    score("sfda", features=features, labels=labels)
    assert (features == before).all()


def test_one_sample_a_class_is_undefined():
    with pytest.raises(Undefined, match="every class has one sample, so nothing shows how much a class varies"):
        score("sfda", features=np.eye(4), labels=range(4))


def test_one_sample_in_one_class_is_defined():
    features, labels, _ = case("more_samples", noise=3.0)
    rows = np.concatenate([np.flatnonzero(labels != 2), np.flatnonzero(labels == 2)[:1]])
    assert score("sfda", features=features[rows], labels=labels[rows]) == pytest.approx(
        released(features[rows], labels[rows]), rel=1e-6
    )


def test_constant_features_are_undefined():
    with pytest.raises(Undefined, match="the features are the same for every sample"):
        score("sfda", features=np.ones((8, 3)), labels=np.arange(8) % 2)
