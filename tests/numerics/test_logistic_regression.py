import numpy as np
import pytest
from scoredata import NAMES, case
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

from hubscore.numerics.logistic_regression import fit


def standard(name):
    features, labels, _ = case(name)
    return StandardScaler().fit_transform(features.astype(np.float64)), np.unique(labels, return_inverse=True)[1]


@pytest.mark.parametrize("name", NAMES)
def test_is_scikit_learns_logistic_regression(name):
    features, labels = standard(name)
    head = fit(features, labels, tol=1e-7, steps=10_000)
    theirs = LogisticRegression(tol=1e-10, max_iter=20_000).fit(features, labels)
    chances = np.exp(features @ head.weights + head.bias)
    assert chances / chances.sum(axis=1, keepdims=True) == pytest.approx(theirs.predict_proba(features), abs=1e-6)
    assert (head.predict(features) == labels).mean() == theirs.score(features, labels)


def test_two_classes_have_one_vector_of_weights():
    features, labels = standard("more_samples")
    head = fit(features, labels % 2, tol=1e-8, steps=10_000)
    theirs = LogisticRegression(tol=1e-11, max_iter=20_000).fit(features, labels % 2)
    assert head.weights[:, 1] - head.weights[:, 0] == pytest.approx(theirs.coef_[0], abs=1e-6)
    assert head.bias[1] - head.bias[0] == pytest.approx(theirs.intercept_[0], abs=1e-6)


@pytest.mark.parametrize("name", ["more_samples", "more_features"])
@pytest.mark.parametrize("tol", [1e-2, 1e-4, 1e-7])
def test_the_gradient_told_is_that_of_the_penalised_loss(name, tol):
    features, labels = standard(name)
    head = fit(features, labels, tol=tol, steps=10_000)
    odds = features @ head.weights + head.bias
    chances = np.exp(odds - odds.max(axis=1, keepdims=True))
    excess = chances / chances.sum(axis=1, keepdims=True) - np.eye(labels.max() + 1)[labels]
    largest = max(np.abs(features.T @ excess + head.weights).max(), np.abs(excess.sum(axis=0)).max())
    assert head.gradient <= tol
    assert largest == pytest.approx(head.gradient, rel=1e-3, abs=1e-9)


def test_too_few_steps_are_told_by_the_gradient():
    features, labels = standard("more_samples")
    assert fit(features, labels, tol=1e-4, steps=1).gradient > 1e-2
