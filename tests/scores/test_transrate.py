import math

import mpmath
import numpy as np
import pytest
from scoredata import NAMES, case

from hubscore import Undefined, score
from hubscore.errors import UsageError


def rate(rows, eps):
    """The coding rate with the d x d matrix, as printed in the paper."""
    n, d = rows.shape
    return 0.5 * np.linalg.slogdet(np.eye(d) + rows.T @ rows / (n * eps))[1]


def as_printed(features, labels, eps=1e-4):
    features = features - features.mean(axis=0)
    return rate(features, eps) - np.mean([rate(features[labels == label], eps) for label in np.unique(labels)])


def exact(features, labels, eps="1e-4"):
    """As printed, with 60 digits."""
    with mpmath.workdps(60):
        rows = mpmath.matrix(features.tolist())
        means = [mpmath.fsum(rows[:, j]) / rows.rows for j in range(rows.cols)]
        for i, j in np.ndindex(rows.rows, rows.cols):
            rows[i, j] -= means[j]

        def rate(members):
            part = mpmath.matrix([rows[i, :].tolist()[0] for i in members])
            return mpmath.log(mpmath.det(mpmath.eye(rows.cols) + part.T * part / (part.rows * mpmath.mpf(eps)))) / 2

        classes = np.unique(labels)
        mean = mpmath.fsum(rate(np.flatnonzero(labels == label).tolist()) for label in classes) / len(classes)
        return float(rate(range(rows.rows)) - mean)


def raw(features, labels, eps=1e-4):
    """The repository's raw variant, with d x d matrices."""
    rows = features / np.linalg.norm(features, axis=1, keepdims=True)
    rows = rows - rows.mean(axis=0)
    rows = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    whole = np.linalg.svd(rows.T @ rows / len(rows), compute_uv=False)
    rank = np.linalg.matrix_rank(rows.T @ rows / len(rows))

    def coded(spectrum):
        return 0.5 * np.log(1 + spectrum / whole.sum() / eps).sum() / rank

    value = coded(whole)
    for label in np.unique(labels):
        part = rows[labels == label]
        value -= len(part) / len(rows) * coded(np.linalg.svd(part.T @ part / len(part), compute_uv=False))
    return value


def test_by_hand():
    # Centred features are -3 -1 1 3, mean square 5; the classes' mean squares are also 5 (9 + 1) / 2 each, so nothing
    # is saved.
    features = np.array([[0.0], [2.0], [4.0], [6.0]])
    assert score("transrate", features=features, labels=[0, 0, 1, 1], eps=1.0) == pytest.approx(0.0, abs=1e-12)
    # Classes (-3, 3) and (-1, 1) have mean squares 9 and 1: ln(1 + 5)/2 - (ln 10 + ln 2)/4.
    expected = math.log(6) / 2 - (math.log(10) + math.log(2)) / 4
    assert score("transrate", features=features, labels=[0, 1, 1, 0], eps=1.0) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("name", NAMES)
def test_equals_the_printed_lines(name):
    features, labels, _ = case(name)
    expected = as_printed(features.astype(np.float64), labels)
    assert score("transrate", features=features, labels=labels) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("scale", [1e-8, 1e-6, 1e-4, 9e-4, 1e-3, 1e-2, 1.0])
@pytest.mark.parametrize(("n", "d"), [(24, 3), (24, 9), (25, 3)], ids=["tall", "wide_classes", "unequal"])
def test_small_features_keep_their_digits(n, d, scale):
    rng = np.random.default_rng(n + d)
    labels = np.arange(n) % 4
    features = scale * (rng.normal(size=(4, d))[labels] + rng.normal(size=(n, d)))
    assert score("transrate", features=features, labels=labels) == pytest.approx(
        exact(features, labels), rel=1e-7, abs=0
    )


def test_small_features_of_one_class_spread_are_worth_what_they_are():
    # Centred -3 -1 1 3, classes (-3, 3) and (-1, 1), at scale s with x = s^2 / eps: ln(1 + 5 x)/2 - (ln(1 + 9 x) + ln(1
    # + x))/4 = (-25/2 + 81/4 + 1/4) x^2 / 2 + ... = 4 x^2 to first order.
    features = 1e-9 * np.array([[-3.0], [-1.0], [1.0], [3.0]])
    assert score("transrate", features=features, labels=[0, 1, 1, 0]) == pytest.approx(
        4 * (1e-18 / 1e-4) ** 2, rel=1e-9, abs=0
    )


def test_a_large_distortion_is_exact_in_the_released_reading_too():
    features, labels, _ = case("more_samples")
    found = [score("transrate", features=features, labels=labels, reading="released", eps=eps) for eps in (1e6, 1e7)]
    assert found[0] / found[1] == pytest.approx(100, rel=1e-6)  # the traces cancel, and what is left is of second order
    assert found[0] == pytest.approx(raw(features, labels, 1e2) * 1e-8, rel=0.02, abs=0)


def test_distortion_is_an_option():
    features, labels, _ = case("more_features")
    assert score("transrate", features=features, labels=labels, eps=0.1) == pytest.approx(
        as_printed(features, labels, 0.1), rel=1e-9
    )


@pytest.mark.parametrize("name", sorted(set(NAMES) - {"relu_sparse"}))  # that has rows of zeros
def test_released_is_the_raw_variant(name):
    features, labels, _ = case(name)
    expected = raw(features.astype(np.float64), labels)
    assert score("transrate", features=features, labels=labels, reading="released") == pytest.approx(expected, rel=1e-6)


def test_a_class_of_one_sample_has_a_rate():
    features, labels, _ = case("more_samples")
    labels = np.where(np.arange(len(labels)) == 0, 9, labels)
    assert score("transrate", features=features, labels=labels) == pytest.approx(as_printed(features, labels), rel=1e-9)


@pytest.mark.parametrize("reading", ["default", "released", "proj"])
@pytest.mark.parametrize("d", [3, 9])
def test_features_that_do_not_vary_have_no_rate(d, reading):
    with pytest.raises(Undefined, match="the features are the same for every sample"):
        score("transrate", features=np.full((4, d), 1 / 3), labels=[0, 0, 1, 1], reading=reading)


def projected(features, labels, eps=1e-4):
    """The repository's projected variant, with d x d matrices and the rank of the class means."""
    n, mean = len(features), features.mean(axis=0)
    whole = (features - mean).T @ (features - mean) / n
    classes = [features[labels == label] for label in np.unique(labels)]
    between = sum(len(part) * np.outer(part.mean(axis=0) - mean, part.mean(axis=0) - mean) for part in classes) / n
    towards = np.linalg.pinv(whole, rcond=1e-12) @ between
    spectrum = np.linalg.svd(whole @ towards, compute_uv=False)
    rank = np.linalg.matrix_rank(np.array([part.mean(axis=0) - mean for part in classes]))

    def coded(values):
        return 0.5 * np.log(1 + values / spectrum.sum() / eps).sum() / rank

    value = coded(spectrum)
    for part in classes:
        own = part - part.mean(axis=0)
        value -= len(part) / n * coded(np.linalg.svd(own.T @ own / len(part) @ towards, compute_uv=False))
    return value


@pytest.mark.parametrize("name", ["more_samples", "more_features", "two_classes", "small_scale", "large_scale"])
@pytest.mark.parametrize("eps", [1e-4, 1e-1])
def test_proj_is_the_projected_variant(name, eps):
    features, labels, _ = case(name)
    found = score("transrate", features=features, labels=labels, reading="proj", eps=eps)
    assert found == pytest.approx(projected(features.astype(np.float64), labels, eps), rel=1e-6)
    assert found == pytest.approx(score("transrate", features=7 * features + 3, labels=labels, reading="proj", eps=eps))


def test_proj_by_hand():
    # Centred -3 -1 1 3: classes (-3, -1) and (1, 3) have means -2 and 2, so B = 4 / 5 and Sigma B = 4, and variances 1,
    # so Sigma_c B = 0.8, a fifth of it: (ln(1 + 1/eps) - ln(1 + 0.2/eps)) / 2.
    features = np.array([[-3.0], [-1.0], [1.0], [3.0]])
    found = score("transrate", features=features, labels=[0, 0, 1, 1], reading="proj", eps=1.0)
    assert found == pytest.approx((math.log(2) - math.log(1.2)) / 2, rel=1e-12)


def test_proj_gives_a_class_of_one_sample_a_rate_of_zero():
    # Its covariance is 0; the authors' code divides 0 by 0 there.
    features, labels, _ = case("more_samples")
    labels = np.where(np.arange(len(labels)) == 0, 9, labels)
    assert score("transrate", features=features, labels=labels, reading="proj") == pytest.approx(
        projected(features, labels), rel=1e-6
    )


def test_proj_is_undefined_where_classes_have_one_mean():
    with pytest.raises(Undefined, match="all classes have the same mean features"):
        score("transrate", features=[[-1.0], [1.0], [-2.0], [2.0]], labels=[0, 0, 1, 1], reading="proj")


def test_an_unknown_reading_is_refused():
    with pytest.raises(UsageError, match="there are default, released and proj"):
        score("transrate", features=np.eye(4), labels=[0, 0, 1, 1], reading="raw")
    with pytest.raises(UsageError, match="Unknown reading 'proj'"):
        score("logme", features=np.eye(4), labels=[0, 0, 1, 1], reading="proj")


def test_released_is_undefined_for_a_zero_row():
    features, labels, _ = case("more_samples")
    features[5] = 0
    with pytest.raises(Undefined, match="the features of sample 5 are all 0"):
        score("transrate", features=features, labels=labels, reading="released")


def test_distortion_must_be_positive():
    with pytest.raises(UsageError, match="Cannot use eps=0: it must be a positive number"):
        score("transrate", features=np.eye(4), labels=[0, 0, 1, 1], eps=0)
