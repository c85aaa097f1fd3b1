"""Labels as columns of numbers, for scores that fit them one by one."""

from __future__ import annotations

import numpy as np

from hubscore.errors import Undefined, UsageError
from hubscore.scores.workspace import Floats, Ints, Workspace, shared


@shared
def label_columns(workspace: Workspace) -> Floats:
    """Return the labels as columns: one-hot for classes, otherwise those columns that are not the same for all samples.

    Returns:
        Shape (n samples, k): one column a class, a label or a regression target.

    Raises:
        Undefined: every column is constant.
    """
    labels = present_labels(workspace)
    if workspace.classes is not None:
        return np.eye(len(workspace.classes))[labels]
    varying = labels[:, (labels != labels[0]).any(axis=0)]
    if not varying.shape[1]:
        raise Undefined("The score is undefined", "all samples have the same label", "add samples with other labels")
    return varying


def present_labels(workspace: Workspace) -> Floats:
    """Return the labels, which :func:`hubscore.scores.api.check` has made sure of."""
    if workspace.labels is None:
        raise UsageError("There are no labels", "", "pass labels=")
    return workspace.labels


def class_codes(workspace: Workspace) -> Ints:
    """Return integer labels 0..classes-1, shape (n samples,)."""
    if workspace.classes is None:
        raise UsageError("There are no classes", f"the target is {workspace.target}", 'pass integer labels, or target="classification"')
    return present_labels(workspace).astype(np.int64, copy=False)
