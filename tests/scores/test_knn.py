import numpy as np
import pytest
from scoredata import NAMES, case
from sklearn.model_selection import LeaveOneOut, cross_val_predict
from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor, NearestNeighbors

from hubscore import Undefined, score


def test_by_hand():
    # 0 and 1 are each other's nearest and agree; so are 5 and 5.5, and they do not; 9's nearest is 5.5, which agrees: 3
    # of 5.
    assert score("knn", features=[[0.0], [1.0], [5.0], [5.5], [9.0]], labels=[0, 0, 1, 2, 2]) == pytest.approx(3 / 5)


@pytest.mark.parametrize("name", NAMES)
def test_equals_scikit_learn_left_one_out(name):
    features, labels, _ = case(name)
    predicted = cross_val_predict(
        KNeighborsClassifier(1, algorithm="brute"), features.astype(np.float64), labels, cv=LeaveOneOut()
    )
    assert score("knn", features=features, labels=labels) == pytest.approx((predicted == labels).mean(), abs=1e-12)


def test_three_neighbours_vote():
    features, labels, _ = case("two_classes")
    predicted = cross_val_predict(KNeighborsClassifier(3), features, labels, cv=LeaveOneOut())
    assert score("knn", features=features, labels=labels, k=3) == pytest.approx((predicted == labels).mean(), abs=1e-12)


def test_three_different_votes_count_a_third_each():
    # Everybody sees the three others. Those of class 0 see one vote each for 0, 1 and 2: a third right. The others see
    # two for 0.
    assert score("knn", features=[[0.0], [1.0], [2.0], [3.5]], labels=[0, 0, 1, 2], k=3) == pytest.approx(
        2 * (1 / 3) / 4
    )


def test_a_copy_with_another_label_is_wrong():
    # The authors' code takes the first of the sorted neighbours for the sample itself, which may be the copy.
    assert score("knn", features=[[0.0], [0.0], [4.0], [4.5]], labels=[0, 1, 1, 1]) == pytest.approx(0.5)


def test_copies_with_equal_label_are_right():
    features, labels, _ = case("more_features")
    assert score("knn", features=np.vstack([features] * 2), labels=np.concatenate([labels] * 2)) == 1.0


def test_neighbours_at_equal_distance_share():
    # The sample at 0 has -1 (class 0) and 1 (class 1) at distance 1: half right. -1 and 1 have only 0 at distance 1.
    assert score("knn", features=[[0.0], [-1.0], [1.0]], labels=[0, 0, 1]) == pytest.approx((0.5 + 1 + 0) / 3)


@pytest.mark.parametrize("target", ["classification", "multilabel", "regression"])
def test_features_that_do_not_vary_have_no_neighbours(target):
    labels = [0, 0, 1] if target == "classification" else [[0.0], [0.0], [1.0]]
    with pytest.raises(Undefined, match="the features are the same for every sample"):
        score("knn", features=np.full((3, 5), 1 / 3), labels=labels, target=target)


def test_several_labels_are_averaged():
    features = case("more_samples").features
    several = (features[:, :3] + np.random.default_rng(0).normal(size=(len(features), 3)) > 0).astype(int)
    each = [score("knn", features=features, labels=column) for column in several.T]
    assert score("knn", features=features, labels=several, target="multilabel") == pytest.approx(
        np.mean(each), rel=1e-12
    )


@pytest.mark.parametrize("k", [1, 4])
def test_regression_correlates_with_the_neighbours_mean(k):
    features = case("more_samples").features
    targets = np.column_stack([features[:, 0] + features[:, 1], features[:, 2] ** 2])
    predicted = cross_val_predict(KNeighborsRegressor(k), features, targets, cv=LeaveOneOut())
    expected = np.mean([np.corrcoef(predicted[:, column], targets[:, column])[0, 1] for column in range(2)])
    assert score("knn", features=features, labels=targets, target="regression", k=k) == pytest.approx(
        expected, rel=1e-9
    )


def test_undefined_for_too_many_neighbours():
    with pytest.raises(Undefined, match="4 neighbours were asked for and there are 3 other samples"):
        score("knn", features=np.eye(4), labels=[0, 0, 1, 1], k=4)


def test_undefined_when_predictions_do_not_vary():
    # The origin is the nearest of the three others, with target 1; theirs, 2, 0 and 1, have the mean 1 at the origin.
    star = np.vstack([np.zeros(3), np.eye(3)])
    with pytest.raises(Undefined, match="all samples have neighbours with the same mean target"):
        score("knn", features=star, labels=[1.0, 2.0, 0.0, 1.0], target="regression")


def test_undefined_when_regression_targets_are_constant():
    with pytest.raises(Undefined, match="all samples have the same label"):
        score("knn", features=np.eye(3), labels=[1.0, 1.0, 1.0], target="regression")


def test_detection_by_hand():
    # Nearest: 0 and 1 each other, 5's is 1. L1 distances of the shares: 0.4, 0.4 and 1.0.
    shares = [[0.5, 0.1, 0.0], [0.3, 0.3, 0.0], [0.0, 0.0, 0.4]]
    found = score("knn", features=[[0.0], [1.0], [5.0]], labels=shares, target="annotation")
    assert found == pytest.approx(-(0.4 + 0.4 + 1.0) / 3, rel=1e-12)


def test_detection_shares_places_between_neighbours_at_equal_distance():
    # 0 has -1 and 1 at distance 1, whose vectors are 1 and 3 away; -1 and 1 have 0: (2 + 1 + 3) / 3.
    found = score("knn", features=[[0.0], [-1.0], [1.0]], labels=[[0.0], [1.0], [3.0]], target="annotation")
    assert found == pytest.approx(-2.0, rel=1e-12)


@pytest.mark.parametrize("k", [1, 3])
def test_detection_against_scikit_learn(k):
    features = case("more_samples").features
    shares = np.abs(features[:, :4])
    found = NearestNeighbors(n_neighbors=k).fit(features).kneighbors(return_distance=False)
    expected = -np.mean([np.abs(shares[row] - shares[others]).sum(axis=1).mean() for row, others in enumerate(found)])
    assert score("knn", features=features, labels=shares, target="annotation", k=k) == pytest.approx(expected, rel=1e-9)
