import numpy as np
import pytest
from scoredata import NAMES, case
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from hubscore import Undefined, score
from hubscore.errors import UsageError


def by_pipeline(features, labels, folds):
    """scikit-learn's own cross-validation, run to a gradient of 1e-9."""
    pipeline = make_pipeline(StandardScaler(), LogisticRegression(tol=1e-9, max_iter=10_000))
    return cross_val_score(pipeline, features.astype(np.float64), labels, cv=StratifiedKFold(folds)).mean()


def test_by_hand():
    # Two folds, each trained on one sample a class: the boundary lies half-way. Trained on 1 and 5 it is 3, and 0 and 4
    # are right; trained on 0 and 4 it is 2, and 1 is right and 1.5, of class 1, is wrong.
    assert score("logistic", features=[[0.0], [1.0], [4.0], [5.0]], labels=[0, 0, 1, 1]) == 1.0
    assert score("logistic", features=[[0.0], [1.0], [4.0], [1.5]], labels=[0, 0, 1, 1]) == pytest.approx((1 + 0.5) / 2)


@pytest.mark.parametrize("name", NAMES)
def test_equals_scikit_learns_cross_validation(name):
    features, labels, _ = case(name)
    folds = min(5, np.bincount(labels).min())
    if folds < 2:
        pytest.skip("a class has one sample")
    assert score("logistic", features=features, labels=labels) == pytest.approx(
        by_pipeline(features, labels, folds), abs=1e-9
    )


def test_several_labels_are_averaged_and_rare_ones_left_out():
    features = case("more_samples").features
    several = (features[:, :3] > 0.5).astype(int)
    each = [score("logistic", features=features, labels=column) for column in several.T]
    rare = (np.arange(len(features)) == 0).astype(int)
    value = score("logistic", features=features, labels=np.column_stack([several, rare]), target="multilabel")
    assert value == pytest.approx(np.mean(each), rel=1e-12)


def test_released_is_the_half_split():
    features, labels, _ = case("more_samples")
    first = len(labels) - int(0.5 * len(labels))
    model = LogisticRegression(tol=0.1 / first, max_iter=20).fit(features[:first], labels[:first])
    expected = (model.predict(features[first:]) == labels[first:]).mean()
    assert score("logistic", features=features, labels=labels, reading="released") == expected


def test_undefined_for_a_class_of_one_sample():
    with pytest.raises(Undefined, match="The linear probe is undefined: 1 class has one sample"):
        score("logistic", features=np.eye(5), labels=[0, 0, 1, 1, 2])
    with pytest.raises(Undefined, match="2 classes have one sample"):
        score("logistic", features=np.eye(4), labels=[0, 0, 1, 2])


def test_undefined_when_every_label_is_rare():
    with pytest.raises(Undefined, match="no label has two samples with it and two without"):
        score("logistic", features=np.eye(4), labels=[[1, 0], [0, 0], [0, 0], [0, 1]], target="multilabel")


def test_released_is_undefined_for_sorted_classes():
    with pytest.raises(Undefined, match="the first half of the samples has one class"):
        score("logistic", features=np.eye(4), labels=[0, 0, 1, 1], reading="released")


def test_one_fold_is_refused():
    with pytest.raises(UsageError, match="Cannot use folds=1: it must be an integer of at least 2"):
        score("logistic", features=np.eye(4), labels=[0, 0, 1, 1], folds=1)


@pytest.mark.parametrize("reading", ["default", "released"])
def test_features_that_do_not_vary_are_undefined(reading):
    with pytest.raises(Undefined, match="the features are the same for every sample"):
        score("logistic", features=np.full((8, 3), 1 / 3), labels=[0, 1] * 4, reading=reading)
