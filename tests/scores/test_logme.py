import math

import numpy as np
import pytest
from scipy.optimize import minimize_scalar
from scoredata import NAMES, case
from sklearn.linear_model import BayesianRidge

from hubscore import Undefined, score
from hubscore.errors import Advice

PAIR = 1 + math.log(math.pi)
"""1 + ln(2 pi) - ln(n) for two samples."""


def by_search(features, column):
    """The definition: the density of N(0, X X^T / alpha + I / beta), noise profiled out, r = 0 or one bounded search
    after a grid.
    """
    n = len(column)
    gram = np.asarray(features, np.float64) @ np.asarray(features, np.float64).T
    gram /= np.linalg.norm(gram, 2)

    def criterion(log_ratio):
        covariance = np.eye(n) + np.exp(log_ratio) * gram
        return n * np.log(column @ np.linalg.solve(covariance, column)) + np.linalg.slogdet(covariance)[1]

    grid = np.linspace(-12, 30, 169)
    values = [criterion(place) for place in grid]
    start = int(np.argmin(values))
    around = grid[max(start - 1, 0)], grid[min(start + 1, len(grid) - 1)]
    found = minimize_scalar(criterion, bounds=around, method="bounded", options={"xatol": 1e-9}).fun
    best = min(found, *values, n * np.log(column @ column))
    return -0.5 * (best / n + 1 + np.log(2 * np.pi) - np.log(n))


def test_pure_noise_by_hand():
    # X = (1, 0), y = (0, 1): K = diag(1, 0) and y^T (I + r K)^-1 y = 1 for every r, while ln det = ln(1 + r) grows.
    # So r = 0, and per sample -(2 ln 1 + 2 (1 + ln 2 pi - ln 2)) / 4 = -(1 + ln pi) / 2.
    value = score("logme", features=[[1.0], [0.0]], labels=[0.0, 1.0], target="regression")
    assert value == pytest.approx(-PAIR / 2, rel=1e-12)


def test_interior_maximum_by_hand():
    # X = (1, -1), y = (3, -1): the eigenvalue is 2, y along it has squared length 8, the rest 2. With s = 1 + 2 r the
    # criterion is 2 ln(2 + 8 / s) + ln s, whose derivative 1/s - 16 / (2 s^2 + 8 s) is 0 at s = 4: 2 ln 4 + ln 4.
    value = score("logme", features=[[1.0], [-1.0]], labels=[3.0, -1.0], target="regression")
    assert value == pytest.approx(-(3 * math.log(4) + 2 * PAIR) / 4, rel=1e-12)


def test_zero_noise_by_hand():
    # X = diag(1, 2), y = (1, 2): eigenvalues 1 and 4, y along them 1 and 4, exactly what weights of variance 1 give.
    # The limit r to infinity is 2 ln(1/1 + 4/4) + ln 1 + ln 4 = 4 ln 2.
    value = score("logme", features=[[1.0, 0.0], [0.0, 2.0]], labels=[1.0, 2.0], target="regression")
    assert value == pytest.approx(-(4 * math.log(2) + 2 * PAIR) / 4, rel=1e-12)


@pytest.mark.parametrize("name", NAMES)
def test_equals_one_dimensional_search(name):
    features, labels, _ = case(name)
    expected = np.mean([by_search(features, (labels == label).astype(float)) for label in np.unique(labels)])
    assert score("logme", features=features, labels=labels) == pytest.approx(expected, rel=1e-8)


@pytest.mark.parametrize("name", ["more_samples", "imbalanced", "constant_columns", "relu_sparse"])
def test_equals_bayesian_ridge_where_noise_is_positive(name):
    features, labels, _ = case(name)
    flat = {"alpha_1": 0, "alpha_2": 0, "lambda_1": 0, "lambda_2": 0}
    ridge = BayesianRidge(**flat, fit_intercept=False, compute_score=True, tol=1e-12, max_iter=5000)
    evidences = [ridge.fit(features, labels == label).scores_[-1] / len(labels) for label in np.unique(labels)]
    assert score("logme", features=features, labels=labels) == pytest.approx(np.mean(evidences), rel=1e-6)


@pytest.mark.parametrize("d", [59, 60, 61])
def test_as_many_features_as_samples(d):
    rng = np.random.default_rng(d)
    labels = np.arange(60) % 3
    features = rng.normal(size=(3, d))[labels] + rng.normal(size=(60, d))
    expected = np.mean([by_search(features, (labels == label).astype(float)) for label in range(3)])
    assert score("logme", features=features, labels=labels) == pytest.approx(expected, rel=1e-6)


def test_does_not_follow_feature_width():
    features, labels, _ = case("more_features")
    wider = np.hstack([features, np.zeros((len(features), 900))])
    assert score("logme", features=wider, labels=labels) == pytest.approx(
        score("logme", features=features, labels=labels), rel=1e-9
    )


def test_mean_of_features_counts():
    features, labels, _ = case("more_samples")
    moved = score("logme", features=features + 5, labels=labels)
    expected = np.mean([by_search(features + 5, (labels == label).astype(float)) for label in np.unique(labels)])
    assert moved == pytest.approx(expected, rel=1e-8)
    assert abs(moved - score("logme", features=features, labels=labels)) > 1e-3


def test_finds_the_deeper_of_two_valleys():
    # Squared lengths of y along eigenvalues 1 and 1e-6 that pull r to two different places; the grid of the reference
    # sees both.
    features = np.diag(np.repeat([1.0, 1e-3], [6, 14]))
    column = np.repeat([9.0, 1.0], [6, 14]) * np.where(np.arange(20) % 2, 1, -1)
    expected = by_search(features, column)
    assert score("logme", features=features, labels=column, target="regression") == pytest.approx(expected, rel=1e-7)


def test_several_targets_and_labels_are_averaged():
    features = case("more_samples").features
    rng = np.random.default_rng(0)
    targets = features[:, :3] @ rng.normal(size=(3, 2)) + rng.normal(size=(len(features), 2))
    each = [score("logme", features=features, labels=column, target="regression") for column in targets.T]
    assert score("logme", features=features, labels=targets, target="regression") == pytest.approx(
        np.mean(each), rel=1e-12
    )
    several = (targets > 0).astype(int)
    each = [score("logme", features=features, labels=column, target="regression") for column in several.T.astype(float)]
    with_absent = np.column_stack([several, np.zeros(len(several), int)])
    assert score("logme", features=features, labels=with_absent, target="multilabel") == pytest.approx(
        np.mean(each), rel=1e-12
    )


def test_undefined_when_labels_are_among_the_features():
    features, labels, _ = case("more_samples")
    told = (
        r"LogME is undefined: the labels are an exact linear function of the features, whose rank is 14 for 120 samples"
    )
    with pytest.raises(Undefined, match=told) as error:
        score("logme", features=np.hstack([features, np.eye(4)[labels]]), labels=labels)
    assert error.value.advice == (Advice.DEDUPLICATE, Advice.REDUCE, Advice.SAMPLES)
    assert error.value.fix == "drop duplicated samples, reduce to 32 dimensions, or use more samples"


def test_undefined_when_wide_features_have_duplicated_rows():
    features, labels, _ = case("more_features")
    with pytest.raises(Undefined, match="drop duplicated samples"):
        score("logme", features=np.vstack([features, features[:1]]), labels=np.append(labels, labels[0]))


def test_duplicated_rows_with_other_labels_are_noise():
    features, labels, _ = case("more_features")
    doubled, other = np.vstack([features, features]), np.concatenate([labels, np.roll(labels, 1)])
    expected = np.mean([by_search(doubled, (other == label).astype(float)) for label in range(4)])
    assert score("logme", features=doubled, labels=other) == pytest.approx(expected, rel=1e-6)


def test_features_without_any_signal_are_noise():
    value = score("logme", features=[[1.0], [-1.0], [1.0], [-1.0]], labels=[0, 0, 1, 1])
    assert value == pytest.approx(
        -0.5 * (1 + math.log(2 * math.pi) + math.log(0.5)), rel=1e-12
    )  # variance of the labels: 2 / 4


def by_fixed_point(features, column, rounds=11, stop=1e-3):
    """Section 3 of the paper with explicit d x d matrices."""
    n, d = features.shape
    squares = np.linalg.eigvalsh(features.T @ features).clip(0)
    alpha = beta = 1.0
    for _ in range(rounds):
        a = alpha * np.eye(d) + beta * features.T @ features
        mean = beta * np.linalg.solve(a, features.T @ column)
        gamma = (beta * squares / (alpha + beta * squares)).sum()
        before = alpha / beta
        alpha, beta = gamma / (mean @ mean), (n - gamma) / np.square(features @ mean - column).sum()
        if abs(alpha / beta - before) / before <= stop:
            break
    a = alpha * np.eye(d) + beta * features.T @ features
    misfit, length = np.square(features @ mean - column).sum(), mean @ mean
    logs = n * np.log(beta) + d * np.log(alpha) - np.linalg.slogdet(a)[1] - n * np.log(2 * np.pi)
    return (logs - beta * misfit - alpha * length) / (2 * n)


@pytest.mark.parametrize("name", NAMES)
def test_released_is_the_fixed_point(name):
    features, labels, _ = case(name)
    features = features.astype(np.float64)
    expected = np.mean([by_fixed_point(features, (labels == label).astype(float)) for label in np.unique(labels)])
    assert score("logme", features=features, labels=labels, reading="released") == pytest.approx(expected, rel=1e-6)


def test_released_stays_below_the_supremum():
    for name in NAMES:
        features, labels, _ = case(name)
        released = score("logme", features=features, labels=labels, reading="released")
        assert released <= score("logme", features=features, labels=labels) + 1e-9


@pytest.mark.parametrize("reading", ["default", "released"])
@pytest.mark.parametrize(("labels", "target"), [([0, 1] * 4, None), (np.arange(8.0), "regression")])
def test_features_that_do_not_vary_have_no_evidence(labels, target, reading):
    with pytest.raises(Undefined, match="LogME is undefined: the features are the same for every sample"):
        score("logme", features=np.full((8, 3), 1 / 3), labels=labels, target=target, reading=reading)
