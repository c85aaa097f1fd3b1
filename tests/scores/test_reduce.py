import numpy as np
import pytest
from scoredata import case
from sklearn.decomposition import PCA

from hubscore import HubscoreError, score
from hubscore.scores.reduce import reduced
from hubscore.scores.workspace import Workspace


@pytest.mark.parametrize("name", ["more_samples", "more_features"])
def test_is_an_exact_pca(name):
    features, labels, _ = case(name)
    small = reduced(Workspace(features=features, labels=labels), 4)
    assert np.abs(small.features) == pytest.approx(np.abs(PCA(4, svd_solver="full").fit_transform(features)), abs=1e-9)
    assert small.d == 4
    assert (small.labels == labels).all()


def test_a_rotation_before_changes_nothing():
    workspace = Workspace(features=case("more_features").features)
    assert np.abs(reduced(workspace.rotated(), 6).features) == pytest.approx(np.abs(reduced(workspace, 6).features), abs=1e-9)


def test_goes_with_any_score_of_features():
    features, labels, _ = case("more_features")
    small = PCA(5, svd_solver="full").fit_transform(features)
    for name in ("gbc", "sfda", "h_score_shrunk"):
        # SFDA's shrinkage starts from row sums, which the signs of components change: both sides take the same components.
        direct = reduced(Workspace(features=features), 5).features if name == "sfda" else small
        assert score(name, features=features, labels=labels, reduce=5) == pytest.approx(
            score(name, features=direct, labels=labels), rel=1e-9
        )


def test_scores_without_features_do_not_mind():
    probs, labels = np.eye(3)[[0, 1, 2, 0]], [0, 1, 1, 0]
    assert score("nce", probs=probs, labels=labels, reduce=2) == score("nce", probs=probs, labels=labels)


def test_no_dimensions_are_refused():
    with pytest.raises(HubscoreError, match="Cannot reduce to 0 dimensions: at least 1 is needed"):
        reduced(Workspace(features=np.eye(3)), 0)
