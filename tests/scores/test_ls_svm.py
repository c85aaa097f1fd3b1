import math

import numpy as np
import pytest
from scipy.optimize import minimize
from scoredata import NAMES, case
from scores.test_logme import by_search

from hubscore import Undefined, score
from hubscore.errors import Advice


def test_by_hand():
    # Features -1 and 1 twice each are centred with eigenvalue 4; labels -1, 1, 1, -1 have no part along them, so r = 0
    # and the noise variance is 1: -(4 ln 1 + 4 (1 + ln 2 pi)) / 2 for each of the two classes.
    value = score("ls_svm", features=[[-1.0], [1.0], [-1.0], [1.0]], labels=[0, 1, 1, 0])
    assert value == pytest.approx(2 * -2 * (1 + math.log(2 * math.pi)), rel=1e-12)


@pytest.mark.parametrize("name", NAMES)
def test_equals_one_dimensional_search(name):
    features, labels, _ = case(name)
    moved = features.astype(np.float64) - features.mean(axis=0, dtype=np.float64)
    expected = len(labels) * sum(by_search(moved, np.where(labels == label, 1.0, -1.0)) for label in np.unique(labels))
    assert score("ls_svm", features=features, labels=labels) == pytest.approx(expected, rel=1e-7)


def by_two_variances(features, targets):
    """The same evidence over both variances, by SciPy's simplex from four starting points."""
    squares, vectors = np.linalg.eigh(features @ features.T)
    squares, along = squares.clip(0), (vectors.T @ targets) ** 2

    def minus_evidence(logarithms):
        variances = np.exp(logarithms[0]) * squares + np.exp(logarithms[1])
        return 0.5 * (np.log(variances) + along / variances + math.log(2 * math.pi)).sum()

    starts = [[level - math.log(squares[-1]), 0.0] for level in (-12, -6, 0, 6)]
    options = {"xatol": 1e-7, "fatol": 1e-9, "maxiter": 2000}
    return -min(minimize(minus_evidence, start, method="Nelder-Mead", options=options).fun for start in starts)


@pytest.mark.parametrize("d", [6, 20, 80], ids=["tall", "between", "wide"])
def test_equals_a_search_over_both_variances(d):
    rng = np.random.default_rng(d)
    labels = np.arange(45) % 3
    features = rng.normal(size=(3, d))[labels] + 2 * rng.normal(size=(45, d))
    moved = features - features.mean(axis=0)
    expected = sum(by_two_variances(moved, np.where(labels == label, 1.0, -1.0)) for label in range(3))
    assert score("ls_svm", features=features, labels=labels) == pytest.approx(expected, rel=1e-7)


def test_several_labels_are_summed():
    features, labels, _ = case("more_samples")
    several = np.eye(4, dtype=int)[labels]
    together = score("ls_svm", features=features, labels=several, target="multilabel")
    assert together == pytest.approx(score("ls_svm", features=features, labels=labels), rel=1e-12)


def test_undefined_for_half_and_half_with_more_features_than_samples():
    features, labels = np.random.default_rng(0).normal(size=(20, 50)), np.arange(20) % 2
    with pytest.raises(
        Undefined, match=r"exact linear function of the centred features, whose rank is 19 for 20 samples"
    ) as error:
        score("ls_svm", features=features, labels=labels)
    assert error.value.advice == (Advice.REDUCE, Advice.SAMPLES)
    assert error.value.fix == "reduce to 32 dimensions, or use more samples"


def test_features_that_do_not_vary_have_no_evidence():
    with pytest.raises(Undefined, match="Bayesian LS-SVM is undefined: the features are the same for every sample"):
        score("ls_svm", features=np.full((8, 3), 1 / 3), labels=[0, 1] * 4)
