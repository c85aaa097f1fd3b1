import numpy as np
import pytest
from scoredata import case
from sklearn.decomposition import PCA

from hubscore import HubscoreError, score
from hubscore.numerics.pca import reduced
from hubscore.numerics.workspace import Workspace


@pytest.mark.parametrize("name", ["more_samples", "more_features"])
def test_is_an_exact_pca(name):
    features, labels, _ = case(name)
    small = reduced(Workspace(features=features, labels=labels), 4)
    assert np.abs(small.features) == pytest.approx(np.abs(PCA(4, svd_solver="full").fit_transform(features)), abs=1e-9)
    assert small.d == 4
    assert (small.labels == labels).all()


def test_a_rotation_before_changes_nothing():
    workspace = Workspace(features=case("more_features").features)
    assert np.abs(reduced(workspace.rotated(), 6).features) == pytest.approx(
        np.abs(reduced(workspace, 6).features), abs=1e-9
    )


def test_goes_with_any_score_of_features():
    features, labels, _ = case("more_features")
    small = PCA(5, svd_solver="full").fit_transform(features)
    for name in ("gbc", "sfda", "h_score_shrunk"):
        # SFDA's shrinkage starts from row sums, which the signs of components change: both sides take the same
        # components.
        direct = reduced(Workspace(features=features), 5).features if name == "sfda" else small
        assert score(name, features=features, labels=labels, reduce=5) == pytest.approx(
            score(name, features=direct, labels=labels), rel=1e-9
        )


def test_scores_without_features_do_not_mind():
    probs, labels = np.eye(3)[[0, 1, 2, 0]], [0, 1, 1, 0]
    assert score("nce", probs=probs, labels=labels, reduce=2) == score("nce", probs=probs, labels=labels)


def test_no_dimensions_are_refused():
    with pytest.raises(HubscoreError, match="Cannot use reduce=0: it must be an integer of at least 1\nTry: reduce=32"):
        reduced(Workspace(features=np.eye(3)), 0)


@pytest.mark.parametrize("name", ["more_samples", "more_features", "rank_deficient", "shifted"])
@pytest.mark.parametrize("turn", [Workspace.unrotated, Workspace.rotated])
def test_a_general_set_goes_along_the_same_axes(name, turn):
    features, labels, _ = case(name, noise=2.0)
    general = 3 * case(name, noise=2.0, seed=1).features + 1
    pca = PCA(6, svd_solver="full").fit(features)
    small = reduced(turn(Workspace(features=features, labels=labels, general=general)), 6)
    signs = np.sign((small.features * pca.transform(features)).sum(axis=0))
    assert small.general == pytest.approx(pca.transform(general) * signs, rel=1e-9, abs=1e-9 * np.abs(general).max())
    value = score("ped", features=features, labels=labels, general=general, reduce=6)
    assert value == pytest.approx(score("ped", features=small.features, labels=labels, general=small.general), rel=1e-9)
    assert value != pytest.approx(score("ped", features=features, labels=labels, reduce=6), rel=1e-6)


def test_without_a_general_set_there_is_none():
    assert reduced(Workspace(features=np.eye(3)), 2).general is None
    assert not reduced(Workspace(features=np.ones((4, 3)), general=np.eye(3)), 2).general.any()


def test_a_reference_is_reduced_on_its_own():
    random = np.random.default_rng(0)
    features, reference = random.normal(size=(30, 9)), random.normal(size=(30, 12))
    small = reduced(Workspace(features=features, reference=reference), 4)
    alone = reduced(Workspace(features=reference), 4)
    assert (small.reference == alone.features).all() and small.features.shape == small.reference.shape == (30, 4)
