import numpy as np
import pytest

from hubscore import HubscoreError
from hubscore.numerics.class_statistics import (
    all_singletons,
    class_means,
    class_sums,
    codes,
    counts,
    of_true_class,
    priors,
)
from hubscore.numerics.workspace import Workspace

WORKSPACE = Workspace(features=np.arange(10.0).reshape(5, 2), labels=[3, 1, 3, 3, 8])


def test_counts_and_priors_follow_the_classes_in_order():
    assert counts(WORKSPACE).tolist() == [1, 3, 1]
    assert priors(WORKSPACE).tolist() == [0.2, 0.6, 0.2]


def test_sums_and_means_go_over_the_samples_of_a_class():
    assert class_sums(WORKSPACE, WORKSPACE.features).tolist() == [[2, 3], [10, 13], [8, 9]]
    assert class_means(WORKSPACE, WORKSPACE.features)[1] == pytest.approx([10 / 3, 13 / 3])


def test_own_takes_the_column_of_the_samples_class():
    assert of_true_class(WORKSPACE, np.arange(15.0).reshape(5, 3)).tolist() == [1, 3, 7, 10, 14]


def test_single_samples_are_seen():
    assert not all_singletons(WORKSPACE)
    assert all_singletons(Workspace(labels=[4, 2, 9]))


def test_other_targets_have_no_classes():
    with pytest.raises(HubscoreError, match="There are no classes: the target is regression"):
        codes(Workspace(labels=[0.5, 1.5], target="regression"))
