import numpy as np
import pytest
from sklearn.kernel_ridge import KernelRidge

from hubscore import Undefined
from hubscore.numerics.kernel_ridge import LAMBDAS, decomposed, decomposed_rows, leave_one_out, predict
from hubscore.numerics.kernels import centred, linear_kernel, rbf_kernel, unit_diagonal

RNG = np.random.default_rng(0)
LABELS = np.array([0] * 12 + [1] * 7 + [2] * 4 + [3])
ROWS = RNG.normal(size=(24, 6)) + RNG.normal(size=(4, 6))[LABELS] + 3
ONE_HOT = np.eye(4)[LABELS]


def refitted(kernel, columns, strength):
    """Fit scikit-learn's kernel ridge n times, each time to what is left, centred anew, with its own intercept."""
    kernel, outputs = unit_diagonal(centred(kernel)), []
    for out in range(len(kernel)):
        rest = np.arange(len(kernel)) != out
        known, asked = kernel[np.ix_(rest, rest)], kernel[out, rest]
        asked = asked - known.mean(axis=0) - asked.mean() + known.mean()
        mean = columns[rest].mean(axis=0)
        model = KernelRidge(alpha=strength, kernel="precomputed").fit(centred(known), columns[rest] - mean)
        outputs.append(model.predict(asked[None])[0] + mean)
    return np.array(outputs)


def test_a_case_worked_by_hand():
    # Centred rows -2.5, -1.5, 1.5, 2.5, a mean diagonal of 4.25, one eigenvalue, 4: with lambda 1 four fifths are kept.
    # The slope is 4/17 and the fit -8/17, -4.8/17, ...; h = 5/17 and 1.8/17. So the first residual, of class 1, is
    # (-.5 + 8/17) / (1 - 5/17 - 1/4) = -2/31, and the second (-.5 + 4.8/17) / (1 - 1.8/17 - 1/4) = -74/219.
    rows = np.array([0.0, 1.0, 4.0, 5.0])
    found = leave_one_out(np.outer(rows, rows), np.array([0, 0, 1, 1]), [1.0])
    second = np.array([2 / 31, 74 / 219, 145 / 219, 29 / 31])
    assert found.outputs == pytest.approx(np.column_stack([1 - second, second]), abs=1e-12)
    assert found.accuracy == 1.0
    assert found.r2 == pytest.approx(1 - 2 * ((2 / 31) ** 2 + (74 / 219) ** 2), abs=1e-12)
    margins = np.array([27 / 31, 71 / 219])
    assert found.log_loss == pytest.approx(np.log1p(np.exp(-12 * margins)).mean(), abs=1e-12)


@pytest.mark.parametrize("make", [linear_kernel, rbf_kernel])
@pytest.mark.parametrize("strength", [0.0003, 0.1, 3.0])
def test_outputs_are_those_of_a_fit_without_the_sample(make, strength):
    found = leave_one_out(make(ROWS), LABELS, [strength])
    assert found.outputs == pytest.approx(refitted(make(ROWS), ONE_HOT, strength), abs=1e-8)
    assert found.outputs.sum(axis=1) == pytest.approx(np.ones(24), abs=1e-12), "the intercept is in them"


def test_lambda_is_the_one_that_explains_most():
    found = leave_one_out(rbf_kernel(ROWS), LABELS)
    each = {strength: leave_one_out(rbf_kernel(ROWS), LABELS, [strength]).r2 for strength in LAMBDAS}
    errors = refitted(rbf_kernel(ROWS), ONE_HOT, found.regularization) - ONE_HOT
    assert found.r2 == max(each.values()) == each[found.regularization]
    assert found.r2 == pytest.approx(1 - (errors**2).sum() / ((ONE_HOT - ONE_HOT.mean(axis=0)) ** 2).sum(), abs=1e-9)


def test_of_equal_lambdas_the_largest_is_taken():
    # Samples that are all equally far from each other: what is left of one says the same whatever the lambda.
    assert leave_one_out(np.eye(6), np.array([0, 0, 0, 1, 1, 1])).regularization == 3.0


@pytest.mark.parametrize("shape", [(24, 6), (24, 24), (24, 40)])
def test_rows_and_their_kernel_say_the_same(shape):
    rows = np.random.default_rng(1).normal(size=shape) + 5
    for strength in (0.0003, 1.0):
        by_rows = predict(decomposed_rows(rows), ONE_HOT, [strength])
        by_kernel = predict(decomposed(linear_kernel(rows)), ONE_HOT, [strength])
        assert by_rows.outputs == pytest.approx(by_kernel.outputs, abs=1e-9)


def test_a_class_of_one_sample_is_wrong_and_single_precision_will_do():
    found = leave_one_out(rbf_kernel(ROWS), LABELS)
    assert found.outputs[-1].argmax() != 3
    assert leave_one_out(rbf_kernel(ROWS).astype(np.float32), LABELS).outputs == pytest.approx(found.outputs, abs=1e-4)


def test_copies_in_different_classes_are_told_wrong():
    rows = np.repeat(RNG.normal(size=(12, 30)), 2, axis=0)
    assert leave_one_out(linear_kernel(rows), np.tile([0, 1], 12), [0.003]).accuracy == 0.0
    assert leave_one_out(linear_kernel(rows), np.repeat(np.tile([0, 1], 6), 2), [0.003]).accuracy == 1.0


def test_two_samples_of_each_of_many_classes():
    labels = np.repeat(np.arange(60), 2)
    rows = np.random.default_rng(2).normal(size=(60, 80))[labels] + 0.2 * np.random.default_rng(3).normal(
        size=(120, 80)
    )
    found = leave_one_out(rbf_kernel(rows), labels)
    assert found.accuracy == 1.0 and 0 < found.log_loss < np.log(60)


@pytest.mark.parametrize(
    ("rows", "labels", "why"),
    [
        (ROWS[:2], [0, 1], "each class has one sample"),
        (ROWS[:2], [0, 0], "all samples have the same label"),
        (ROWS[:5], [0, 1, 2, 3, 4], "each class has one sample"),
        (np.ones((5, 3)), [0, 0, 1, 1, 1], "all samples look the same"),
    ],
)
def test_what_cannot_be_left_out_has_a_reason(rows, labels, why):
    with pytest.raises(Undefined, match=why):
        leave_one_out(linear_kernel(rows), np.array(labels))


def test_two_samples_cannot_tell_each_other():
    with pytest.raises(Undefined, match="there are 2 samples"):
        predict(decomposed_rows(ROWS[:2]), np.array([[0.0], [1.0]]))


def test_distances_are_no_kernel():
    apart = ((ROWS[:, None] - ROWS[None]) ** 2).sum(axis=2)
    with pytest.raises(Undefined, match="pass similarities"):
        leave_one_out(apart, LABELS)
    with pytest.raises(Undefined, match="pass similarities"):
        leave_one_out(linear_kernel(ROWS) - 0.5 * np.diag(np.diag(linear_kernel(ROWS))), LABELS)
