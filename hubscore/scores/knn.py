"""k nearest neighbours, leave one out: do samples that lie close together share a label?"""

from __future__ import annotations

import numpy as np

from hubscore.errors import Undefined
from hubscore.numerics.class_statistics import codes
from hubscore.numerics.distances import Neighbours, nearest
from hubscore.numerics.label_matrix import label_columns
from hubscore.numerics.spectrum import check_varying
from hubscore.numerics.validation import integer
from hubscore.numerics.workspace import Floats, Ints, Workspace

ROWS = 2**14
"""Pairs that are compared together."""
EVEN = 1e-9
"""Votes that differ by less are equal: shares of places are fractions."""


def knn(workspace: Workspace, *, k: int = 1) -> float:
    """Predict each sample from its k nearest other samples and return how often that is right.

    The most frequent label among the neighbours wins; where labels or neighbours are tied each counts its share, so
    neither the order of the samples nor the names of the labels matter. A copy of a sample is a neighbour like any
    other, and a sample is never its own; the authors' code takes the first of the sorted neighbours to be the sample,
    which fails for copies.

    Args:
        workspace: with features, shape (n samples, d features), and labels.
        k: neighbours.

    Returns:
        The share of right predictions, for several labels the mean over labels, between 0 and 1, higher is better. For
        regression the Pearson correlation of the targets with their neighbours' mean, the mean over targets, between -1
        and 1. For annotation vectors, such as each class's share of the area in detection, minus the mean L1 distance
        between a sample's vector and its neighbours', at most 0 (PARC, Table 6).

    Raises:
        Undefined: there are fewer than k other samples, the features are the same for every sample, or predictions for
            regression are all the same.
        UsageError: k is not an integer of at least 1.

    Source:
        Bolya, Mittapalli, Hoffman, NeurIPS 2021, as a baseline; Table 6 for detection.

    Example:
        >>> import numpy as np
        >>> from hubscore import score
        >>> score("knn", features=np.array([[0.0], [1.0], [5.0], [5.5]]), labels=[0, 0, 1, 0])
        0.5
    """
    integer("k", k, 1)
    if k >= workspace.n:
        raise Undefined(
            "kNN is undefined",
            f"{k} neighbours were asked for and there are {workspace.n - 1} other samples",
            "use k=1 or more samples",
        )
    check_varying(workspace, "kNN")
    near = nearest(workspace, k)
    if workspace.target == "classification":
        return _right_class(near, codes(workspace))
    if workspace.target == "annotation":
        return _apart(near, label_columns(workspace), k)
    means = _means(near, label_columns(workspace), k)
    return (
        _right_labels(means, label_columns(workspace))
        if workspace.target == "multilabel"
        else _agreement(means, label_columns(workspace))
    )


def _right_class(near: Neighbours, labels: Ints) -> float:
    n, classes = len(labels), int(labels.max()) + 1
    votes = np.bincount(
        near.sample * classes + labels[near.neighbour], weights=near.weight, minlength=n * classes
    ).reshape(n, classes)
    winners = votes >= votes.max(axis=1, keepdims=True) - EVEN
    return float((winners[np.arange(n), labels] / winners.sum(axis=1)).mean())


def _means(near: Neighbours, columns: Floats, k: int) -> Floats:
    """Weighted mean of each sample's neighbours, shape (n samples, columns)."""
    from scipy.sparse import csr_array

    n = len(columns)
    means: Floats = csr_array((near.weight / k, (near.sample, near.neighbour)), shape=(n, n)) @ columns
    return means


def _apart(near: Neighbours, columns: Floats, k: int) -> float:
    """Minus the mean L1 distance of label vectors, shape (n samples, q), over samples and their neighbours."""
    distances = np.concatenate(
        [
            np.abs(columns[near.sample[part]] - columns[near.neighbour[part]]).sum(axis=1)
            for part in (slice(start, start + ROWS) for start in range(0, len(near.sample), ROWS))
        ]
    )
    return -float(near.weight @ distances) / (k * len(columns))


def _right_labels(means: Floats, columns: Floats) -> float:
    even = np.abs(means - 0.5) <= EVEN
    return float(np.where(even, 0.5, (means > 0.5) == (columns > 0.5)).mean())


def _agreement(means: Floats, columns: Floats) -> float:
    deviations = means - means.mean(axis=0)
    lengths = np.linalg.norm(deviations, axis=0)
    if (lengths <= EVEN * np.linalg.norm(means, axis=0)).any():
        raise Undefined("kNN is undefined", "all samples have neighbours with the same mean target", "use a smaller k")
    others = columns - columns.mean(axis=0)
    return float(((deviations * others).sum(axis=0) / lengths / np.linalg.norm(others, axis=0)).mean())
