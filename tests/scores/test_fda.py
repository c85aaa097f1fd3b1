import numpy as np
import pytest
from scipy.special import softmax
from scoredata import NAMES, case

from hubscore import Undefined, score
from hubscore.errors import UsageError
from hubscore.numerics.discriminant import fisher
from hubscore.numerics.workspace import Workspace


def in_fisher_space(features, labels, shrinkage):
    """Eq. 2 and 3: whiten by the shrunk within-class scatter, then softmax of log prior minus half the squared
    distance to the means.
    """
    features = features.astype(np.float64)
    d = features.shape[1]
    shares = np.bincount(labels) / len(labels)
    means = np.stack([features[labels == c].mean(axis=0) for c in range(len(shares))])
    within = (features - means[labels]).T @ (features - means[labels]) / len(labels)
    within = (1 - shrinkage) * within + shrinkage * np.trace(within) / d * np.eye(d)
    whiten = np.linalg.inv(np.linalg.cholesky(within)).T
    apart = ((features @ whiten)[:, None, :] - (means @ whiten)[None]) ** 2
    return softmax(np.log(shares) - 0.5 * apart.sum(axis=2), axis=1)[np.arange(len(labels)), labels]


def test_a_case_worked_by_hand():
    # Classes {-2, 0} and {0, 2}: means -1 and 1, variance 1, so p(1|x) = sigmoid(2 x): sigmoid(4) twice, 1/2 twice.
    value = score("fda", features=[[-2.0], [0.0], [0.0], [2.0]], labels=[0, 0, 1, 1])
    assert value == pytest.approx((1 / (1 + np.exp(-4)) + 0.5) / 2, rel=1e-12)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("noise", [1.0, 3.0])
def test_agrees_with_distances_in_fisher_space(name, noise):
    features, labels, _ = case(name, noise=noise)
    shrinkage = fisher(Workspace(features=features, labels=labels)).shrinkage
    chances = in_fisher_space(features, labels, shrinkage)
    assert score("fda", features=features, labels=labels) == pytest.approx(chances.mean(), rel=1e-6)
    assert score("fda", features=features, labels=labels, aggregate="sum") == pytest.approx(chances.sum(), rel=1e-6)
    assert score("fda", features=features, labels=labels, reading="released") == pytest.approx(chances.sum(), rel=1e-6)


def test_one_sample_a_class_is_undefined():
    with pytest.raises(Undefined, match="every class has one sample"):
        score("fda", features=np.eye(4), labels=range(4))


def test_another_aggregate_is_refused():
    with pytest.raises(UsageError) as caught:
        score("fda", features=np.eye(4), labels=[0, 0, 1, 1], aggregate="median")
    assert (
        str(caught.value)
        == 'Cannot take the median of FDA\'s probabilities: there are mean and sum\nTry: aggregate="mean"'
    )
