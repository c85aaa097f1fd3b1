import numpy as np
import pytest
from scoredata import NAMES, case
from sklearn.covariance import LedoitWolf

from hubscore import Undefined, score


def by_ledoit_wolf(features, labels):
    features = features.astype(np.float64) - features.mean(axis=0, dtype=np.float64)
    fitted = LedoitWolf(assume_centered=True).fit(features)
    means = np.stack([features[labels == y].mean(axis=0) for y in labels])
    return (1 - fitted.shrinkage_) * np.trace(np.linalg.solve(fitted.covariance_, np.cov(means.T)))


def test_a_case_worked_by_hand():
    # One feature: the shrunk covariance is the variance itself, 5; class means -2, -2, 2, 2 have unbiased variance
    # 16/3: 16/15.
    assert score("h_score_shrunk", features=[[-3.0], [-1.0], [1.0], [3.0]], labels=[0, 0, 1, 1]) == pytest.approx(
        16 / 15, abs=1e-15
    )


@pytest.mark.parametrize("name", NAMES)
def test_agrees_with_scikit_learns_covariance(name):
    features, labels, _ = case(name)
    assert score("h_score_shrunk", features=features, labels=labels) == pytest.approx(
        by_ledoit_wolf(features, labels), rel=1e-8
    )


def test_constant_features_are_undefined():
    with pytest.raises(Undefined, match="the features are the same for every sample"):
        score("h_score_shrunk", features=np.ones((10, 3)), labels=np.arange(10) % 2)


def test_one_sample_a_class_is_undefined():
    with pytest.raises(Undefined, match="every class has one sample, so class means are the samples themselves"):
        score("h_score_shrunk", features=np.random.default_rng(0).normal(size=(5, 3)), labels=range(5))
