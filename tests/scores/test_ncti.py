import numpy as np
import pytest
from scipy.linalg import eigh
from scipy.special import softmax
from scoredata import NAMES, case
from sklearn.decomposition import PCA
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis

from hubscore import Undefined, score_pool
from hubscore.scores.ncti import ncti_terms
from hubscore.scores.workspace import Workspace


def terms(features, labels):
    """Textbook discriminant analysis on the leading components; scikit-learn's where there is shrinkage."""
    features = features.astype(np.float64)
    pca = PCA(min(64, *features.shape), svd_solver="full")
    values = pca.fit_transform(features)
    values = values[:, values.std(axis=0) > 1e-9 * values.std(axis=0).max()]
    shrinkage = max(np.exp(-pca.explained_variance_[:32].sum()), 1e-10)
    if shrinkage > 1e-10:
        fitted = LinearDiscriminantAnalysis(solver="eigen", shrinkage=float(shrinkage)).fit(values, labels)
        projected, chances = fitted.transform(values), fitted.predict_proba(values)
    else:
        spread = len(labels) - len(np.unique(labels)) > values.shape[1]
        projected, chances = gaussian(values, labels) if spread else by_whitening(values, labels)
    seli = np.linalg.norm(projected - projected.mean(axis=0), ord="nuc")
    spread = sum(np.linalg.norm(chances[labels == c], ord="nuc") for c in np.unique(labels))
    return seli, chances[np.arange(len(labels)), labels].mean(), np.log(spread)


def gaussian(values, labels):
    """Pooled covariance with n - classes in the denominator, discriminants of unit within-class variance."""
    counts = np.bincount(labels)
    means = np.stack([values[labels == c].mean(axis=0) for c in range(len(counts))])
    pooled = (values - means[labels]).T @ (values - means[labels]) / (len(labels) - len(counts))
    apart = values[:, None] - means[None]
    distances = np.einsum("ncd,de,nce->nc", apart, np.linalg.inv(pooled), apart)
    between = (means.T * counts) @ means
    directions = eigh(between, pooled)[1][:, ::-1][:, : len(counts) - 1]
    return values @ directions, softmax(np.log(counts / len(labels)) - distances / 2, axis=1)


def by_whitening(values, labels):
    """scikit-learn's solver for a singular pooled covariance, brought to n - classes whatever its version divides by."""
    counts = np.bincount(labels)
    projected = LinearDiscriminantAnalysis(solver="svd").fit(values, labels).transform(values)
    means = np.stack([projected[labels == c].mean(axis=0) for c in range(len(counts))])
    size = np.sqrt(np.square(projected - means[labels]).sum(axis=0).mean() / (len(labels) - len(counts)))
    projected, means = projected / size, means / size
    return projected, softmax(np.log(counts / len(labels)) - ((projected[:, None] - means) ** 2).sum(axis=2) / 2, axis=1)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("noise", [0.5, 2.0])
def test_terms_agree_with_textbook_discriminant_analysis(name, noise):
    features, labels, _ = case(name, noise=noise)
    assert ncti_terms(Workspace(features=features, labels=labels)) == pytest.approx(terms(features, labels), rel=1e-6)


@pytest.mark.parametrize("name", ["large_scale", "small_scale"])
def test_scale_decides_whether_covariances_are_shrunk(name):
    features = case(name).features
    variance = features.var(axis=0).sum()
    assert (np.exp(-variance) < 1e-10) == (name == "large_scale")


def test_a_pool_worked_by_hand():
    # Three networks with terms (seli, ncc, vc): each term goes from 0 for its least to 1 for its greatest network.
    nets = [dict(zip(("features", "labels"), case("more_samples", noise=noise)[:2], strict=True)) for noise in (0.5, 1.5, 4.0)]
    parts = np.array([ncti_terms(Workspace(**net)) for net in nets])
    seli, ncc, vc = ((parts - parts.min(axis=0)) / np.ptp(parts, axis=0)).T
    assert score_pool("ncti", nets) == pytest.approx(ncc + seli - vc, rel=1e-12)


def test_cleaner_features_score_higher():
    nets = [dict(zip(("features", "labels"), case("more_samples", noise=noise)[:2], strict=True)) for noise in (4.0, 1.0, 0.3)]
    values = score_pool("ncti", nets)
    assert values == sorted(values)


def test_fewer_than_64_features_do():
    features, labels, _ = case("two_classes")
    assert features.shape[1] < 64
    assert len(score_pool("ncti", [{"features": features, "labels": labels}, {"features": features[:, :3], "labels": labels}])) == 2


def test_one_network_is_undefined():
    features, labels, _ = case("more_samples")
    with pytest.raises(Undefined, match="it compares the networks of a set, and there is one"):
        score_pool("ncti", [{"features": features, "labels": labels}])


def test_equal_networks_are_undefined():
    features, labels, _ = case("more_samples")
    with pytest.raises(Undefined, match="its terms are the same for every network of the set"):
        score_pool("ncti", [{"features": features, "labels": labels}] * 2)


def test_classes_that_are_points_are_undefined():
    nets = [{"features": np.eye(3)[np.arange(12) % 3], "labels": np.arange(12) % 3}] * 2
    with pytest.raises(Undefined, match="the features do not vary within any class"):
        score_pool("ncti", nets)


def test_one_sample_a_class_is_undefined():
    with pytest.raises(Undefined, match="every class has one sample, so nothing shows how much a class varies"):
        score_pool("ncti", [{"features": np.random.default_rng(seed).normal(size=(4, 3)), "labels": range(4)} for seed in (0, 1)])
