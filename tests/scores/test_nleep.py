import warnings

import numpy as np
import pytest
from scoredata import case
from sklearn.decomposition import PCA
from sklearn.mixture import GaussianMixture

from hubscore import HubscoreError, Undefined, score


def chances(features, labels, components, seed=0):
    values = PCA(0.8, svd_solver="full").fit_transform(features.astype(np.float64))
    posteriors = GaussianMixture(components, random_state=seed).fit(values).predict_proba(values)
    q = np.stack([posteriors[labels == c].sum(axis=0) for c in range(labels.max() + 1)]) / posteriors.sum(axis=0)
    return (q[labels] * posteriors).sum(axis=1)


# Not relu_sparse, which has equal rows: rounding decides between them, and with them what the mixture starts from.
@pytest.mark.parametrize(
    "name", ["more_samples", "imbalanced", "float32", "rank_deficient", "constant_columns", "shifted"]
)
def test_is_leep_of_scikit_learns_mixture(name):
    features, labels, _ = case(name)
    components = min(5 * len(np.unique(labels)), len(labels) // 5)
    assert score("nleep", features=features, labels=labels) == pytest.approx(
        np.log(chances(features, labels, components)).mean(), rel=1e-6
    )
    assert score("nleep", features=features, labels=labels, components=7, seed=3) == pytest.approx(
        np.log(chances(features, labels, 7, seed=3)).mean(), rel=1e-6
    )


def test_the_released_reading_is_a_mean_probability_of_five_components_a_class():
    features, labels, _ = case("more_samples")
    assert score("nleep", features=features, labels=labels, reading="released") == pytest.approx(
        chances(features, labels, 20).mean(), rel=1e-6
    )


def test_separated_classes_are_told_by_their_own_components():
    labels = np.arange(60) % 3
    features = 50 * np.eye(3)[labels] + np.random.default_rng(0).normal(size=(60, 3))
    assert score("nleep", features=features, labels=labels, components=3) == pytest.approx(0, abs=1e-9)


def test_fewer_components_than_classes_are_undefined():
    features, labels, _ = case("many_classes_few_samples")
    with pytest.raises(Undefined) as caught:
        score("nleep", features=features, labels=labels)
    assert (
        caught.value.reason
        == "60 samples carry 12 mixture components, fewer than 20 classes, which take 100; use more samples"
    )


def test_released_is_undefined_where_five_a_class_exceed_the_samples():
    features, labels, _ = case("many_classes_few_samples")
    with pytest.raises(Undefined, match="100 mixture components need as many samples, and there are 60"):
        score("nleep", features=features, labels=labels, reading="released")


def test_constant_features_are_undefined():
    with pytest.raises(Undefined, match="the features are the same for every sample"):
        score("nleep", features=np.ones((40, 3)), labels=np.arange(40) % 2)


def test_no_components_are_refused():
    with pytest.raises(HubscoreError, match="Cannot use components=0: it must be an integer of at least 1"):
        score("nleep", features=np.eye(20), labels=np.arange(20) % 2, components=0)


def test_a_cap_on_the_components_is_said():
    rng = np.random.default_rng(0)
    labels, features = np.arange(60) % 4, rng.normal(size=(60, 3))
    with pytest.warns(RuntimeWarning, match=r"nleep has 12 mixture components, .* not the paper's 20"):
        score("nleep", features=features, labels=labels)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        score("nleep", features=features, labels=labels % 2)  # 10 of 12
        score("nleep", features=features, labels=labels, components=9)
        score("nleep", features=features, labels=labels, reading="released")
