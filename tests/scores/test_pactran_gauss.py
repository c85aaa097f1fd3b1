import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.special import log_softmax
from scoredata import NAMES, case
from sklearn.linear_model import LogisticRegression

from hubscore import HubscoreError, Undefined, score


def value_at(weights, bias, features, labels, lambda_, s2):
    """Loss and price, with the curvature of every weight and bias written out."""
    n, d, c = *features.shape, labels.max() + 1
    logs = log_softmax(features @ weights + bias, axis=1)
    chances, variance = np.exp(logs), lambda_ * n
    loss = -logs[np.arange(n), labels].mean() + (weights**2).sum() / (2 * variance)
    bend = chances - chances**2
    curvature = ((features**2).T @ bend + 1 / variance).sum() + bend.sum()
    return loss + 0.5 * d * c / variance * s2 / d * np.log(curvature * variance / (d * c))


def released(features, labels, lambda_, s2):
    """100 steps of L-BFGS from NumPy's seed 0."""
    n, d, c = *features.shape, labels.max() + 1
    targets = np.eye(c)[labels]

    def loss(flat):
        weights, bias = flat[: d * c].reshape(d, c), flat[d * c :]
        logs = log_softmax(features @ weights + bias, axis=1)
        excess = (np.exp(logs) - targets) / n
        slope = np.concatenate([(features.T @ excess + weights / (lambda_ * n)).ravel(), excess.sum(axis=0)])
        return -(targets * logs).sum() / n + (weights**2).sum() / (2 * lambda_ * n), slope

    start = np.concatenate([np.random.RandomState(0).normal(size=(d, c)).ravel() * 0.03, np.zeros(c)])
    flat = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 100}, tol=1e-6).x
    return value_at(flat[: d * c].reshape(d, c), flat[d * c :], features, labels, lambda_, s2)


@pytest.mark.parametrize("name", [name for name in NAMES if name not in ("two_classes", "large_scale")])
@pytest.mark.parametrize(("lambda_", "s2"), [(1.0, 100.0), (0.1, 10.0)])
def test_is_at_scikit_learns_minimum(name, lambda_, s2):
    features, labels, _ = case(name)
    features = features - features.mean(axis=0, dtype=np.float64)
    fitted = LogisticRegression(C=lambda_, tol=1e-9, max_iter=50_000).fit(features, labels)
    expected = value_at(fitted.coef_.T, fitted.intercept_, features, labels, lambda_, s2)
    assert score("pactran_gauss", features=features, labels=labels, lambda_=lambda_, s2=s2) == pytest.approx(
        expected, rel=1e-6
    )


@pytest.mark.parametrize("name", ["more_samples", "more_features", "imbalanced", "small_scale"])
def test_the_released_reading_stops_where_the_authors_do(name):
    features, labels, _ = case(name)
    features = features - features.mean(axis=0)
    value = score("pactran_gauss", features=features, labels=labels, reading="released")
    assert value == pytest.approx(released(features, labels, 1.0, 100.0), rel=1e-6)
    assert value == pytest.approx(score("pactran_gauss", features=features, labels=labels), rel=1e-3)


def test_a_case_worked_by_hand():
    # Features so small that the head is its bias, which gives every class its share: two classes of two samples, so
    # loss ln 2 and p (1 - p) = 1/4 everywhere. Curvature: biases 4 * 2 / 4 = 2, weights 2 / (lambda n) = 1/2; times
    # lambda n / (d c) = 2: 5. With s2 = 10: ln 2 + 0.5 * 2 * 10 / 4 * ln 5.
    value = score("pactran_gauss", features=[[1e-9], [-1e-9], [1e-9], [-1e-9]], labels=[0, 0, 1, 1], s2=10.0)
    assert value == pytest.approx(np.log(2) + 2.5 * np.log(5), rel=1e-9)


def test_a_large_scale_is_minimised_all_the_same():
    features, labels, _ = case("large_scale", noise=3.0)
    shrunk = score("pactran_gauss", features=features / 1e3, labels=labels, lambda_=1e6, s2=1e6)
    assert score("pactran_gauss", features=features, labels=labels, s2=1.0) == pytest.approx(shrunk, rel=1e-1)


def test_noise_of_a_large_scale_never_looks_better_than_classes():
    rng, labels = np.random.default_rng(0), np.arange(60) % 6
    noise, classes = rng.normal(size=(60, 200)), rng.normal(size=(6, 200))[labels] + rng.normal(size=(60, 200))
    told = [score("pactran_gauss", features=scale * noise, labels=labels) for scale in (1.0, 1e2, 1e4, 1e6)]
    assert score("pactran_gauss", features=classes, labels=labels) < told[0] < told[1] < told[2] < told[3]


def test_constant_features_are_undefined():
    with pytest.raises(Undefined, match="the features are the same for every sample"):
        score("pactran_gauss", features=np.ones((8, 3)), labels=np.arange(8) % 2)


@pytest.mark.parametrize("name", ["lambda_", "s2"])
@pytest.mark.parametrize("value", [0, -100.0])
def test_a_variance_of_nothing_is_refused(name, value):
    with pytest.raises(HubscoreError, match=f"Cannot use {name}={value}: it must be a positive number"):
        score("pactran_gauss", features=np.eye(4), labels=[0, 0, 1, 1], **{name: value})
