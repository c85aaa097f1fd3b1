import numpy as np
import pytest
from scoredata import NAMES, TALL, case, classes_of

from hubscore import Undefined, score


def by_covariances(features, labels):
    """tr(pinv(Cov(X)) Cov(G)), the authors' formula in float64 with a relative cutoff."""
    features = features.astype(np.float64)
    spread = np.cov(features.T)
    means = np.stack([features[labels == y].mean(axis=0) for y in labels])
    return np.trace(np.linalg.pinv(spread, rcond=1e-11, hermitian=True) @ np.cov(means.T))


def canonical_correlations(features, labels):
    """Cosines of the angles between the centred features and the centred one-hot labels (Bjorck and Golub)."""

    def basis(values):
        values = values - values.mean(axis=0)
        left, sizes, _ = np.linalg.svd(values, full_matrices=False)
        return left[:, sizes > 1e-10 * sizes[0]]

    return np.linalg.svd(
        basis(features.astype(np.float64)).T @ basis(np.eye(labels.max() + 1)[labels]), compute_uv=False
    )


def test_a_case_worked_by_hand():
    # Variance of -3, -1, 1, 3 is 5; class means are -2, -2, 2, 2 with variance 4: 4 / 5.
    assert score("h_score", features=[[-3.0], [-1.0], [1.0], [3.0]], labels=[0, 0, 1, 1]) == pytest.approx(
        0.8, abs=1e-15
    )


@pytest.mark.parametrize("name", TALL)
def test_is_the_covariance_form(name):
    features, labels, _ = case(name)
    assert score("h_score", features=features, labels=labels) == pytest.approx(
        by_covariances(features, labels), rel=1e-6
    )


@pytest.mark.parametrize("name", TALL)
def test_is_the_sum_of_squared_canonical_correlations(name):
    features, labels, _ = case(name)
    value = score("h_score", features=features, labels=labels)
    assert value == pytest.approx((canonical_correlations(features, labels) ** 2).sum(), rel=1e-9)
    assert 0 <= value <= classes_of(labels) - 1


def test_separated_classes_reach_the_bound():
    labels = np.arange(120) % 3
    features = np.eye(3)[labels] * 100 + np.random.default_rng(0).normal(size=(120, 3))
    assert score("h_score", features=features, labels=labels) == pytest.approx(2.0, abs=1e-2)


@pytest.mark.parametrize("features", [50, 64, 200])
def test_as_many_features_as_samples_are_undefined(features):
    rng = np.random.default_rng(0)
    with pytest.raises(Undefined) as caught:
        score("h_score", features=rng.normal(size=(50, features)), labels=np.arange(50) % 5)
    assert caught.value.reason == (
        f"{features} features of 50 samples separate any labels perfectly, so every checkpoint has classes - 1; "
        "reduce to 32 dimensions, or use more samples"
    )


def test_a_reduction_defines_it_again():
    features, labels, _ = case("more_features")
    left, sizes, _ = np.linalg.svd(features - features.mean(axis=0), full_matrices=False)
    expected = by_covariances((left * sizes)[:, :8], labels)
    assert score("h_score", features=features, labels=labels, reduce=8) == pytest.approx(expected, rel=1e-9)


def test_wide_features_of_low_rank_are_defined():
    rng = np.random.default_rng(0)
    thin, labels = rng.normal(size=(50, 4)), np.arange(50) % 3
    wide = thin @ rng.normal(size=(4, 300))
    assert score("h_score", features=wide, labels=labels) == pytest.approx(by_covariances(thin, labels), rel=1e-8)


def test_nearly_dependent_columns_count_as_what_they_are():
    # Two columns that differ by 1e-7 span two directions: the Gram matrix, whose condition is 1e14, cannot tell.
    rng = np.random.default_rng(0)
    base, wiggle = rng.normal(size=(2, 60))
    labels = (wiggle > 0).astype(int)
    features = np.column_stack([base, base + 1e-7 * wiggle])
    assert score("h_score", features=features, labels=labels) == pytest.approx(
        by_covariances(np.column_stack([base, wiggle]), labels), rel=1e-6
    )


def test_constant_features_are_undefined():
    with pytest.raises(Undefined, match="the features are the same for every sample"):
        score("h_score", features=np.full((10, 3), 0.1), labels=np.arange(10) % 2)


@pytest.mark.parametrize("name", [name for name in NAMES if name != "more_features"])
def test_has_no_released_reading_but_the_same(name):
    features, labels, _ = case(name)
    from hubscore import HubscoreError

    with pytest.raises(HubscoreError, match="has no released reading"):
        score("h_score", features=features, labels=labels, reading="released")


def test_the_bound_holds_to_the_last_digit():
    for seed in range(20):
        labels = np.random.default_rng(seed).integers(0, 7, size=50)
        assert score("h_score", features=np.eye(7)[labels], labels=labels) <= len(np.unique(labels)) - 1
