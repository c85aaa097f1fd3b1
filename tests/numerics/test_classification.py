import numpy as np
import pytest
from sklearn.metrics import f1_score

from hubscore.errors import UsageError
from hubscore.numerics.classification import macro_f1


@pytest.mark.parametrize("classes", [2, 3, 7])
def test_it_is_scikit_learns_macro_f1(classes: int) -> None:
    rng = np.random.default_rng(classes)
    labels, predicted = rng.integers(0, classes, 40), rng.integers(0, classes + 1, 40)  # one class is never true
    assert macro_f1(predicted, labels) == pytest.approx(f1_score(labels, predicted, average="macro"), abs=1e-12)


def test_a_rare_class_that_is_missed_costs_half() -> None:
    labels = np.array([0] * 98 + [1] * 2)
    assert macro_f1(np.zeros(100, int), labels) == pytest.approx((2 * 98 / 198) / 2)


@pytest.mark.parametrize(("predicted", "labels"), [([], []), ([0], [0, 1]), ([[0]], [[0]])])
def test_nothing_to_compare_is_an_error(predicted: list[object], labels: list[object]) -> None:
    with pytest.raises(UsageError):
        macro_f1(predicted, labels)
