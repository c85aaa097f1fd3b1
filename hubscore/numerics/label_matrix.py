"""Labels as columns of numbers, for scores that fit them one by one."""

from __future__ import annotations

from typing import cast

import numpy as np

from hubscore.errors import Undefined, UsageError
from hubscore.numerics.class_statistics import codes
from hubscore.numerics.workspace import Floats, Workspace, memoized


@memoized
def label_columns(workspace: Workspace) -> Floats:
    """Return the labels as columns: one-hot for classes, otherwise those columns that are not the same for all samples.

    Returns:
        Shape (n samples, k): one column per class, a label or a regression target.

    Raises:
        Undefined: every column is constant.

    Example:
        >>> label_columns(Workspace(labels=[[1, 0], [1, 1]], target="multilabel")).tolist()
        [[0.0], [1.0]]
    """
    if workspace.target == "classification":
        labels = codes(workspace)
        return np.eye(int(labels.max()) + 1)[labels]
    columns = label_matrix(workspace)
    varying = columns[:, (columns != columns[0]).any(axis=0)]
    if not varying.shape[1]:
        raise Undefined("The score is undefined", "all samples have the same label", "add samples with other labels")
    return varying


def label_matrix(workspace: Workspace) -> Floats:
    """Return labels that are not classes as they are, shape (n samples, k)."""
    if workspace.labels is None or workspace.labels.ndim != 2:
        raise UsageError(
            "There is no label matrix", f"the target is {workspace.target}", "pass labels= of shape (n, k) and target="
        )
    return cast(Floats, workspace.labels)
