import numpy as np
import pytest
from scipy import stats
from scipy.spatial.distance import pdist
from scoredata import NAMES, case
from sklearn.decomposition import PCA
from sklearn.preprocessing import StandardScaler

from hubscore import Undefined, score
from hubscore.numerics.pca import reduced
from hubscore.numerics.workspace import Workspace
from hubscore.scores.parc import parc


def by_spearman(features, label_distances):
    """The definition: Pearson distances of the standardised features against label distances, both as scipy makes
    them.
    """
    moved = StandardScaler().fit_transform(features.astype(np.float64))
    return stats.spearmanr(pdist(moved, "correlation"), label_distances).statistic


def apart(labels):
    """1 for pairs of different classes, 0 for pairs of one: exact ties."""
    first, second = np.triu_indices(len(labels), 1)
    return (labels[first] != labels[second]).astype(float)


def test_by_hand():
    # Columns (3, 1, -1, -3) / sqrt 5 and its reverse shifted: rows after centring are (a, -a) with a = 3, 1, -1, -3 up
    # to scale, so Pearson is the sign product: distances 0 (01), 2 (02), 2 (03), 2 (12), 2 (13), 0 (23). Labels 0 0 1 1
    # give the same pattern, so every rank agrees.
    features = np.array([[3.0, 0.0], [1.0, 2.0], [-1.0, 4.0], [-3.0, 6.0]])
    assert score("parc", features=features, labels=[0, 0, 1, 1]) == pytest.approx(1.0, abs=1e-12)
    # With labels 0 1 1 1 the pairs 01, 02, 03 differ. Mid-ranks: feature distance 1.5 for (01), (23) and 4.5 for the
    # others; label distance 2 for (12), (13), (23) and 5 for the others. Centred: -2 -2 1 1 1 1 against 1.5 -1.5 1.5
    # 1.5 -1.5 -1.5 in the order 01 23 02 03 12 13: sum 0, so no correlation.
    assert score("parc", features=features, labels=[0, 1, 1, 1]) == pytest.approx(0.0, abs=1e-12)


@pytest.mark.parametrize("name", NAMES)
def test_equals_spearman_with_exact_label_ties(name):
    features, labels, _ = case(name)
    assert score("parc", features=features, labels=labels) == pytest.approx(
        by_spearman(features, apart(labels)), rel=1e-9, abs=1e-12
    )


@pytest.mark.parametrize("classes", [3, 7, 12, 37])
def test_order_of_samples_and_number_of_classes_make_no_noise(classes):
    rng = np.random.default_rng(classes)
    labels = np.arange(150) % classes
    features = rng.normal(size=(classes, 20))[labels] + rng.normal(size=(150, 20))
    shuffled = rng.permutation(150)
    value = score("parc", features=features, labels=labels)
    assert value == pytest.approx(by_spearman(features, apart(labels)), rel=1e-9)
    assert score("parc", features=features[shuffled], labels=labels[shuffled]) == pytest.approx(value, rel=1e-9)


def test_duplicated_samples_are_ties():
    features, labels, _ = case("more_samples")
    features, labels = np.vstack([features] * 2), np.concatenate([labels] * 2)
    exact = np.round(pdist(StandardScaler().fit_transform(features), "correlation"), 11)
    expected = stats.spearmanr(exact, apart(labels)).statistic
    assert score("parc", features=features, labels=labels) == pytest.approx(expected, rel=1e-9)


def test_several_labels_use_their_own_correlation():
    features = case("more_samples").features
    labels = (features[:, :5] > 0).astype(int)
    usable = (labels.sum(axis=1) > 0) & (labels.sum(axis=1) < 5)
    features, labels = features[usable], labels[usable]
    expected = by_spearman(features, np.round(pdist(labels, "correlation"), 11))
    assert score("parc", features=features, labels=labels, target="multilabel") == pytest.approx(expected, rel=1e-9)
    assert score("parc", features=features, labels=labels, target="annotation") == pytest.approx(expected, rel=1e-9)


def test_one_regression_target_uses_absolute_differences():
    features = case("more_samples").features
    ages = np.round(features[:, 0] * 5)
    expected = by_spearman(features, pdist(ages[:, None]))
    assert score("parc", features=features, labels=ages, target="regression") == pytest.approx(expected, rel=1e-9)


def test_several_regression_targets_use_their_correlation():
    features = case("more_samples").features
    targets = features[:, :3] + 0.1
    expected = by_spearman(features, pdist(targets, "correlation"))
    assert score("parc", features=features, labels=targets, target="regression") == pytest.approx(expected, rel=1e-9)


def test_reduction_is_an_exact_pca():
    features, labels, _ = case("more_features")
    expected = by_spearman(PCA(8, svd_solver="full").fit_transform(features), apart(labels))
    assert score("parc", features=features, labels=labels, reduce=8) == pytest.approx(expected, rel=1e-8)


def test_reduction_after_a_rotation_keeps_the_signs():
    features, labels, _ = case("more_features")
    plain = Workspace(features=features, labels=labels)
    turned = reduced(plain.rotated(), 8)
    assert turned.features == pytest.approx(reduced(plain, 8).features, abs=1e-9)


def test_undefined_for_a_sample_with_constant_features():
    features = np.array([[1.0, 0.0, 2.0], [0.0, 1.0, 0.5], [-1.0, -1.0, -2.5], [0.0, 0.0, 0.0]])
    with pytest.raises(
        Undefined, match=r"PARC is undefined: the standardised features of sample 3 have the same value in every column"
    ):
        score("parc", features=features, labels=[0, 0, 1, 1])


def test_undefined_for_one_feature():
    told = r"the standardised features of 6 samples \(0, 1, 2, 3, 4, \.\.\.\) have the same value in every column"
    with pytest.raises(Undefined, match=told) as error:
        score("parc", features=np.arange(6.0)[:, None], labels=[0, 0, 0, 1, 1, 1])
    assert "use knn or logme" in error.value.fix


def test_undefined_for_samples_without_any_label():
    features = case("more_samples").features[:4]
    with pytest.raises(Undefined, match="the labels of sample 2 have the same value"):
        score("parc", features=features, labels=[[1, 0], [0, 1], [0, 0], [1, 0]], target="multilabel")


def test_undefined_when_every_sample_has_its_own_class():
    with pytest.raises(Undefined, match="every sample has a class of its own"):
        score("parc", features=case("more_samples").features[:4], labels=[0, 1, 2, 3])


def test_undefined_when_all_labels_are_equal():
    with pytest.raises(Undefined, match="all samples have the same label"):
        score("parc", features=case("more_samples").features[:4], labels=np.ones(4), target="regression")


def test_undefined_when_all_distances_are_equal():
    with pytest.raises(Undefined, match="all pairs of samples are equally far apart"):
        score("parc", features=np.eye(6)[:, :6], labels=[0, 0, 0, 1, 1, 1])


def drawn(n, d, classes, **changes):
    """A subsample of two thirds of some features, and the same rows by themselves."""
    rng = np.random.default_rng([n, d])
    labels = np.arange(n) % classes
    features = rng.normal(size=(classes, d))[labels] + rng.normal(size=(n, d))
    if "spread" in changes:
        features = rng.normal(size=(classes, d))[labels] + changes["spread"] * rng.normal(size=(n, d))
    if changes.get("copies"):
        features, labels = np.tile(features[: n // 2], (2, 1)), np.tile(labels[: n // 2], 2)
    if changes.get("sparse"):
        features = np.maximum(features - 1, 0) + 1e-3 * rng.random((n, 1))
    rows = np.sort(rng.permutation(n)[: 2 * n // 3])
    return Workspace(features=features, labels=labels).subset(rows), Workspace(
        features=features[rows], labels=labels[rows]
    )


@pytest.mark.parametrize("changes", [{}, {"copies": True}, {"sparse": True}])
@pytest.mark.parametrize(("n", "d"), [(450, 600), (900, 40)])
def test_a_large_subsample_has_six_digits(n, d, changes):
    part, alone = drawn(n, d, 6, **changes)
    assert parc(part) != parc(alone)  # the short cut was taken
    assert parc(part) == pytest.approx(parc(alone), abs=1e-6)


@pytest.mark.parametrize("changes", [{"spread": 1e-4}, {"sparse": True}])
def test_a_subsample_whose_distances_crowd_has_all_digits(changes):
    part, alone = drawn(600, 8, 4, **changes)
    assert parc(part) == parc(alone)


def test_a_small_subsample_has_all_digits():
    part, alone = drawn(120, 30, 4)
    assert parc(part) == parc(alone)


def test_a_reduced_subsample_takes_the_short_cut_too():
    part, alone = (reduced(workspace, 32) for workspace in drawn(900, 60, 5))
    assert part.sampled and not alone.sampled
    assert 0 < abs(parc(part) - parc(alone)) < 1e-6
