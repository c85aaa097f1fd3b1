import numpy as np
import pytest
from scipy.optimize import brentq
from scipy.special import expit, softmax
from scoredata import NAMES, case
from sklearn.linear_model import LogisticRegression

from hubscore.numerics import newton
from hubscore.numerics.newton import minimise


def slope_against_penalty(values, labels, table, penalty):
    """Length of the gradient in shares of the penalty's own part of it; excesses are summed without taking near
    numbers from each other.
    """
    rows, chances = np.arange(len(labels)), softmax(values @ table[:-1] + table[-1], axis=1)
    chances[rows, labels] = 0
    chances[rows, labels] = -chances.sum(axis=1)
    pull = penalty * table[:-1]
    return np.linalg.norm(values.T @ chances + pull) / np.linalg.norm(pull)


@pytest.mark.parametrize("name", [name for name in NAMES if name not in ("two_classes", "large_scale")])
def test_is_scikit_learns_logistic_regression(name):
    features, labels, _ = case(name)
    values = features - features.mean(axis=0, dtype=np.float64)
    labels = np.unique(labels, return_inverse=True)[1]
    table, reached = minimise(values, labels, penalty=2.0)
    theirs = LogisticRegression(C=0.5, tol=1e-10, max_iter=50_000).fit(values, labels)
    assert reached
    assert softmax(values @ table[:-1] + table[-1], axis=1) == pytest.approx(theirs.predict_proba(values), abs=1e-6)


@pytest.mark.parametrize("scale", [1e-4, 1.0, 1e3, 1e6])
@pytest.mark.parametrize("penalty", [1e-3, 1.0, 1e3])
def test_two_samples_that_can_be_told_apart(scale, penalty):
    # At +s and -s with weights w and -w the log-odds are 2 s w, and the gradient is 0 where 2 s / (1 + e^(2 s w)) = p
    # w.
    def slope(logarithm):
        weight = np.exp(logarithm)
        return np.log(2 * scale) + np.log(expit(-2 * scale * weight)) - np.log(penalty) - logarithm

    weight = np.exp(brentq(slope, np.log(1e-12 / scale), np.log(300 / scale), xtol=1e-14))
    table, reached = minimise(np.array([[scale], [-scale]]), np.array([0, 1]), penalty=penalty)
    assert reached
    assert table[0].tolist() == pytest.approx([weight, -weight], rel=1e-6)
    assert abs(table[1]).max() < 1e-6


@pytest.mark.parametrize("scale", [1.0, 1e2, 1e4, 1e6])
def test_more_features_than_samples_at_any_scale(scale):
    rng = np.random.default_rng(0)
    values, labels = scale * rng.normal(size=(60, 90)), np.arange(60) % 5
    table, reached = minimise(values, labels, penalty=1.0)
    assert reached
    assert slope_against_penalty(values, labels, table, 1.0) < 1e-3


def test_columns_of_very_different_scale():
    rng = np.random.default_rng(1)
    values, labels = rng.normal(size=(200, 30)) * 10.0 ** rng.uniform(-4, 4, 30), np.arange(200) % 4
    table, reached = minimise(values, labels, penalty=1.0)
    theirs = LogisticRegression(C=1.0, solver="newton-cholesky", tol=1e-12, max_iter=500).fit(values, labels)
    assert reached
    assert softmax(values @ table[:-1] + table[-1], axis=1) == pytest.approx(theirs.predict_proba(values), abs=1e-6)


def test_too_few_steps_are_told(monkeypatch):
    monkeypatch.setattr(newton, "STEPS", 2)
    features, labels, _ = case("more_features")
    assert not minimise(np.asarray(features, dtype=np.float64), np.unique(labels, return_inverse=True)[1], penalty=1.0)[
        1
    ]
