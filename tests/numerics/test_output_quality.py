import numpy as np
import pytest
from scipy.special import log_softmax
from sklearn.metrics import average_precision_score

from hubscore.numerics.output_quality import SHARPNESSES, accuracy, log_loss, mean_average_precision

RNG = np.random.default_rng(0)
OUTPUTS, LABELS = RNG.normal(size=(40, 5)), RNG.integers(0, 5, size=40)


def test_accuracy_is_that_of_the_largest_output():
    assert accuracy(OUTPUTS, LABELS) == (OUTPUTS.argmax(axis=1) == LABELS).mean()


def test_outputs_that_differ_by_rounding_share():
    assert accuracy(np.array([[0.3, 0.3 + 1e-15, 0.1], [0.0, 0.0, 0.0]]), np.array([0, 2])) == pytest.approx(
        (1 / 2 + 1 / 3) / 2
    )


def test_log_loss_is_the_least_over_slopes_and_not_bothered_by_a_shift():
    losses = [-log_softmax(b * OUTPUTS, axis=1)[np.arange(40), LABELS].mean() for b in SHARPNESSES]
    assert log_loss(OUTPUTS, LABELS) == pytest.approx(min(losses), rel=1e-12)
    assert log_loss(OUTPUTS + 1000, LABELS) == pytest.approx(min(losses), rel=1e-9)


def test_log_loss_of_nothing_is_that_of_equal_chances():
    assert log_loss(np.zeros((6, 3)), np.array([0, 1, 2, 0, 1, 2])) == pytest.approx(np.log(3))


def test_average_precision_is_that_of_scikit_learn_ties_included():
    outputs, columns = np.round(OUTPUTS, 1), (RNG.random((40, 5)) < 0.3).astype(float)
    expected = np.mean([average_precision_score(label, own) for own, label in zip(outputs.T, columns.T, strict=True)])
    assert mean_average_precision(outputs, columns) == pytest.approx(expected, rel=1e-12)
    assert mean_average_precision(outputs + 1e-14 * OUTPUTS, columns) == pytest.approx(expected, rel=1e-12)
