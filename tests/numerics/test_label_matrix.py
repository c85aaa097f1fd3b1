import numpy as np
import pytest

from hubscore.errors import Undefined, UsageError
from hubscore.numerics.label_matrix import label_columns, label_matrix
from hubscore.numerics.workspace import Workspace


def test_classes_become_one_hot():
    assert label_columns(Workspace(labels=[5, -1, 5])).tolist() == [[0, 1], [1, 0], [0, 1]]


def test_constant_columns_are_left_out():
    labels = np.array([[1.0, 2.0, 0.0], [1.0, 3.0, 0.0]])
    assert label_columns(Workspace(labels=labels, target="regression")).tolist() == [[2.0], [3.0]]


def test_undefined_when_nothing_varies():
    with pytest.raises(Undefined, match="all samples have the same label"):
        label_columns(Workspace(labels=[[1], [1]], target="multilabel"))


def test_classes_are_no_matrix():
    with pytest.raises(UsageError, match="the target is classification"):
        label_matrix(Workspace(labels=[0, 1]))
