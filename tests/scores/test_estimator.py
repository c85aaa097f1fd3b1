import numpy as np
import pytest
import torch
from sklearn.base import clone
from sklearn.utils.estimator_checks import check_estimator

from hubscore import TransferabilityScorer, score
from hubscore.errors import Undefined, UsageError


@pytest.fixture
def data():
    draw = np.random.default_rng(0)
    labels = np.repeat([0, 1, 2], 30)
    return np.eye(3)[labels] @ draw.normal(size=(3, 8)) + draw.normal(size=(90, 8)), labels


@pytest.mark.filterwarnings("ignore")
def test_it_is_an_estimator_as_scikit_learn_checks_one():
    found = check_estimator(TransferabilityScorer("h_score"), on_fail=None)
    assert len(found) > 30 and not [one["check_name"] for one in found if one["status"] == "failed"]


def test_its_value_is_that_of_the_function(data):
    features, labels = data
    fitted = TransferabilityScorer("logme").fit(features, labels)
    assert fitted.score_ == fitted.value_ == score("logme", features=features, labels=labels)
    assert fitted.score(features[:60], labels[:60]) == score("logme", features=features[:60], labels=labels[:60])
    assert clone(fitted).get_params() == {"name": "logme", "options": None, "reduce": None}


def test_texts_as_classes_tensors_and_options(data):
    features, labels = data
    words = np.array(["cat", "dog", "owl"])[labels]
    assert TransferabilityScorer("knn", options={"k": 3}).fit(torch.tensor(features), words).value_ == score(
        "knn", features=features, labels=labels, k=3
    )
    assert TransferabilityScorer("logme", reduce=4).fit(features, words).value_ == score(
        "logme", features=features, labels=labels, reduce=4
    )


def test_a_score_that_is_better_when_lower_is_turned(data):
    features, labels = data
    fitted = TransferabilityScorer("kernel_probe_loss").fit(features, labels)
    assert fitted.score_ == -fitted.value_ < 0


def test_what_it_cannot_compute_is_said(data):
    features, labels = data
    with pytest.raises(UsageError, match="logmee"):
        TransferabilityScorer("logmee").fit(features, labels)
    with pytest.raises(Undefined, match="no source head"):
        TransferabilityScorer("leep").fit(features, labels)
    with pytest.raises(Undefined, match="same label"):
        TransferabilityScorer("logme").fit(features, np.zeros(90, int))
