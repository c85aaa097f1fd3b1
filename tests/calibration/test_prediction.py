import numpy as np
import pytest

from hubscore.calibration.prediction import Prediction, no_prediction


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"target": "regression"}, "target"),
        ({"target": "multilabel"}, "target"),
        ({"target": "annotation"}, "target"),
        ({"target": "classification", "labeled": False}, "unlabeled"),
        ({"target": "classification", "evidence": 0}, "evidence"),
    ],
)
def test_where_nothing_can_be_predicted_a_reason_is_given(given, code):
    found = no_prediction(**given)
    assert found.code == code and found.reason


@pytest.mark.parametrize("target", ["classification", None])
def test_classes_can_be_predicted(target):
    assert no_prediction(target) is None


def test_a_prediction_has_the_length_of_its_pool():
    three = np.zeros(3)
    assert len(Prediction(three, three, three, three, three, three, 8.0)) == 3
