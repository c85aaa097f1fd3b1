import numpy as np
import pytest
from scoredata import case

from hubscore import Undefined, score, score_pool
from hubscore.errors import UsageError
from hubscore.numerics.kernel_ridge import leave_one_out
from hubscore.numerics.kernels import linear_kernel, rbf_kernel

FEATURES, LABELS, _ = case("more_samples")
KERNEL = rbf_kernel(FEATURES)
NAMES = ("layer_kernel_probe", "layer_kernel_probe_loss")


def test_by_hand():
    # The outputs of tests/numerics/test_kernel_ridge.py's case, 29/31, 145/219 and so on, with lambda .3, which
    # explains most: four fifths become 4/4.3.
    rows, kept = np.array([-2.5, -1.5]), 4 / 4.3
    errors = (-0.5 - kept * rows * 4 / 17) / (0.75 - kept * rows**2 / 17)
    margins = 1 + 2 * errors
    loss = np.log1p(np.exp(-12 * margins)).mean()
    plain = np.array([[0.0], [1.0], [4.0], [5.0]])
    inputs = {"kernel": plain @ plain.T, "labels": [0, 0, 1, 1]}
    assert score("layer_kernel_probe", **inputs) == 1.0
    assert score("layer_kernel_probe_loss", **inputs) == pytest.approx(loss, abs=1e-12)


def test_values_are_those_of_leave_one_out_on_the_kernel_as_it_is():
    found = leave_one_out(KERNEL, LABELS)
    assert [score(name, kernel=KERNEL, labels=LABELS) for name in NAMES] == [found.accuracy, found.log_loss]
    assert score_pool(NAMES[0], [{"kernel": KERNEL, "labels": LABELS}]) == [found.accuracy]
    single = KERNEL.astype(np.float32)
    assert score(NAMES[1], kernel=single, labels=LABELS) == pytest.approx(found.log_loss, rel=1e-5)


def test_regression_and_several_labels_have_a_value_and_no_loss():
    targets = FEATURES[:, 0]
    assert 0.5 < score(NAMES[0], kernel=KERNEL, labels=targets, target="regression") <= 1
    with pytest.raises(Undefined, match="it is for classification"):
        score(NAMES[1], kernel=KERNEL, labels=targets, target="regression")


@pytest.mark.parametrize(
    ("kernel", "words"),
    [
        (KERNEL[:, :5], "Cannot use kernel of shape"),
        (np.triu(KERNEL), "not symmetric"),
        (np.where(np.eye(120) > 0, np.nan, KERNEL), "column 0 is nan in row 0"),
        (KERNEL[:9, :9], "labels has 120 rows, kernel has 9 rows"),
    ],
)
def test_what_is_no_kernel_is_refused(kernel, words):
    with pytest.raises(UsageError, match=words):
        score(NAMES[0], kernel=kernel, labels=LABELS)


def test_undefined_with_a_reason():
    with pytest.raises(Undefined, match="there is no kernel of its layers"):
        score(NAMES[0], features=FEATURES, labels=LABELS)
    with pytest.raises(Undefined, match="all samples look the same"):
        score(NAMES[0], kernel=np.ones((120, 120)), labels=LABELS)
    with pytest.raises(Undefined, match="pass similarities"):
        score(NAMES[0], kernel=-linear_kernel(FEATURES), labels=LABELS)
