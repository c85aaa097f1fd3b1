import numpy as np
import pytest
from scipy.linalg import eigh
from scipy.special import softmax
from scoredata import NAMES, case
from sklearn.decomposition import PCA
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis

from hubscore import Undefined, score_pool
from hubscore.errors import Advice
from hubscore.numerics.workspace import Workspace
from hubscore.scores.ncti import ncti_terms


def terms(features, labels):
    """Textbook discriminant analysis on the leading components; scikit-learn's where there is shrinkage."""
    features = features.astype(np.float64)
    pca = PCA(min(64, *features.shape), svd_solver="full")
    values = pca.fit_transform(features)
    idle = values.std(axis=0) <= 1e-9 * values.std(axis=0).max()
    values[:, idle] = 0  # beyond the rank, where rounding is all there is
    shrinkage = max(np.exp(-pca.explained_variance_[:32].sum()), 1e-10)
    if shrinkage > 1e-10:
        fitted = LinearDiscriminantAnalysis(solver="eigen", shrinkage=float(shrinkage)).fit(values, labels)
        projected, chances = fitted.transform(values), fitted.predict_proba(values)
    else:
        values = values[:, ~idle]  # whitening would make features of it
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
    """scikit-learn's solver for a singular pooled covariance, brought to n - classes whatever its version divides
    by.
    """
    counts = np.bincount(labels)
    projected = LinearDiscriminantAnalysis(solver="svd").fit(values, labels).transform(values)
    means = np.stack([projected[labels == c].mean(axis=0) for c in range(len(counts))])
    size = np.sqrt(np.square(projected - means[labels]).sum(axis=0).mean() / (len(labels) - len(counts)))
    projected, means = projected / size, means / size
    return projected, softmax(
        np.log(counts / len(labels)) - ((projected[:, None] - means) ** 2).sum(axis=2) / 2, axis=1
    )


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("noise", [0.5, 2.0])
def test_terms_agree_with_textbook_discriminant_analysis(name, noise):
    features, labels, _ = case(name, noise=noise)
    assert ncti_terms(Workspace(features=features, labels=labels)) == pytest.approx(terms(features, labels), rel=1e-6)


@pytest.mark.parametrize("variance", [0.5, 3.0, 12.0])
@pytest.mark.parametrize("name", NAMES)
def test_terms_with_shrinkage_count_directions_beyond_the_rank(name, variance):
    features, labels, _ = case(name, noise=2.0)
    features = features.astype(np.float64)
    features = (features - features.mean(axis=0)) * np.sqrt(variance / features.var(axis=0).sum())
    assert ncti_terms(Workspace(features=features, labels=labels)) == pytest.approx(terms(features, labels), rel=1e-6)


def test_a_direction_of_zeros_outranks_a_weak_one_between_classes():
    # Classes differ a lot along one direction and hardly along another, and 8 of 10 columns are constant: one of these
    # comes second.
    rng, labels = np.random.default_rng(0), np.arange(90) % 3
    told = np.array([[-1.0, 0.05], [1.0, 0.05], [0.0, -0.1]])[labels] + rng.normal(size=(90, 2)) * [0.3, 0.8]
    features = np.hstack([told, np.zeros((90, 8))])
    found = ncti_terms(Workspace(features=features, labels=labels))
    assert found == pytest.approx(terms(features, labels), rel=1e-9)
    assert found[0] < ncti_terms(Workspace(features=told, labels=labels))[0]


@pytest.mark.parametrize("d", [70, 100])
def test_as_many_directions_as_samples_count_below_64(d):
    rng, labels = np.random.default_rng(d), np.arange(60) % 3
    features = 0.2 * (rng.normal(size=(3, d))[labels] + rng.normal(size=(60, d)))
    assert ncti_terms(Workspace(features=features, labels=labels)) == pytest.approx(terms(features, labels), rel=1e-7)
    assert ncti_terms(Workspace(features=features, labels=labels).rotated()) == pytest.approx(
        terms(features, labels), rel=1e-7
    )


@pytest.mark.parametrize("name", ["large_scale", "small_scale"])
def test_scale_decides_whether_covariances_are_shrunk(name):
    features = case(name).features
    variance = features.var(axis=0).sum()
    assert (np.exp(-variance) < 1e-10) == (name == "large_scale")


def test_a_pool_worked_by_hand():
    # Three networks with terms (seli, ncc, vc): each term goes from 0 for its least to 1 for its greatest network.
    nets = [
        dict(zip(("features", "labels"), case("more_samples", noise=noise)[:2], strict=True))
        for noise in (0.5, 1.5, 4.0)
    ]
    parts = np.array([ncti_terms(Workspace(**net)) for net in nets])
    seli, ncc, vc = ((parts - parts.min(axis=0)) / np.ptp(parts, axis=0)).T
    assert score_pool("ncti", nets) == pytest.approx(ncc + seli - vc, rel=1e-12)


def test_cleaner_features_score_higher():
    nets = [
        dict(zip(("features", "labels"), case("more_samples", noise=noise)[:2], strict=True))
        for noise in (4.0, 1.0, 0.3)
    ]
    values = score_pool("ncti", nets)
    assert values == sorted(values)


def test_fewer_than_64_features_do():
    features, labels, _ = case("two_classes")
    assert features.shape[1] < 64
    assert (
        len(
            score_pool(
                "ncti", [{"features": features, "labels": labels}, {"features": features[:, :3], "labels": labels}]
            )
        )
        == 2
    )


def test_one_network_is_undefined():
    features, labels, _ = case("more_samples")
    with pytest.raises(Undefined, match="it compares the networks of a set, and there is one"):
        score_pool("ncti", [{"features": features, "labels": labels}])


def test_equal_networks_are_undefined():
    features, labels, _ = case("more_samples")
    told = (
        r"NCTI is undefined: class separation \(seli\) is the same \(.*\) and the probability of the true class \(ncc\)"
        r" is the same "
        r"\(0.*\) and the spread within classes \(vc\) is the same \(.*\) for every network of the set"
    )
    with pytest.raises(Undefined, match=told):
        score_pool("ncti", [{"features": features, "labels": labels}] * 2)


def test_networks_that_classify_perfectly_are_undefined():
    rng, labels = np.random.default_rng(0), np.arange(60) % 3
    nets = [{"features": size * np.eye(4)[labels] + rng.normal(size=(60, 4)), "labels": labels} for size in (300, 500)]
    with pytest.raises(Undefined) as caught:
        score_pool("ncti", nets)
    assert caught.value.why.startswith(
        "the probability of the true class (ncc) is saturated at 1 and the spread within classes (vc) is the same"
    )
    assert caught.value.advice == (Advice.REDUCE, Advice.SAMPLES)
    assert caught.value.fix == "reduce to 32 dimensions, or use more samples"


def test_classes_that_are_points_are_undefined():
    nets = [{"features": np.eye(3)[np.arange(12) % 3], "labels": np.arange(12) % 3}] * 2
    with pytest.raises(Undefined, match="the features do not vary within any class"):
        score_pool("ncti", nets)


def test_one_sample_a_class_is_undefined():
    with pytest.raises(Undefined, match="every class has one sample, so nothing shows how much a class varies"):
        score_pool(
            "ncti",
            [{"features": np.random.default_rng(seed).normal(size=(4, 3)), "labels": range(4)} for seed in (0, 1)],
        )


def test_small_features_keep_their_digits():
    # Where the shrinkage is nearly 1 the within-class scatter is a ridge, and all of it scales with the square of the
    # features.
    features, labels, _ = case("more_samples")
    workspaces = [Workspace(features=scale * features, labels=labels) for scale in (1e-6, 1e-8, 1e-10)]
    first, *others = (ncti_terms(workspace) for workspace in workspaces)
    for terms in others:
        assert terms == pytest.approx(first, rel=1e-6)
