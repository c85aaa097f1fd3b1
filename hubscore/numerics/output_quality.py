"""How good outputs for classes or labels are: accuracy, log loss and average precision, ties shared."""

from __future__ import annotations

import numpy as np

from hubscore.numerics.workspace import Floats, Ints

SHARPNESSES = (2.0, 4.0, 6.0, 8.0, 12.0)
"""What outputs are multiplied by before the softmax."""
EVEN = 1e-9
"""Outputs that differ by less are equal."""


def accuracy(outputs: Floats, labels: Ints) -> float:
    """Return the share of samples whose own class has the largest output; classes that are equal share.

    Args:
        outputs: shape (n samples, c classes).
        labels: shape (n samples,), 0..c-1.

    Example:
        >>> accuracy(np.array([[0.6, 0.4], [0.5, 0.5]]), np.array([0, 1]))
        0.75
    """
    winners = outputs >= outputs.max(axis=1, keepdims=True) - EVEN
    return float((winners[np.arange(len(labels)), labels] / winners.sum(axis=1)).mean())


def log_loss(outputs: Floats, labels: Ints) -> float:
    """Return the mean of -ln softmax(b outputs) at the sample's own class, for that b which makes it least.

    Args:
        outputs: shape (n samples, c classes).
        labels: shape (n samples,), 0..c-1.

    Example:
        >>> round(log_loss(np.array([[1.0, 0.0], [0.0, 1.0]]), np.array([0, 1])), 7)  # ln(1 + exp(-12))
        6.1e-06
    """
    below = outputs - outputs.max(axis=1, keepdims=True)
    own = below[np.arange(len(labels)), labels]
    return min(float((np.log(np.exp(b * below).sum(axis=1)) - b * own).mean()) for b in SHARPNESSES)


def mean_average_precision(outputs: Floats, columns: Floats) -> float:
    """Return the mean over labels of the average precision: the precision at each recall, samples from the largest
    output down; samples with equal outputs come at once.

    Args:
        outputs: shape (n samples, k labels).
        columns: shape (n samples, k labels), 0 or 1, each with both.

    Example:
        >>> mean_average_precision(np.array([[0.9], [0.8], [0.1]]), np.array([[1.0], [0.0], [1.0]])) # (1 + 2/3) / 2
        0.8333333333333333
    """
    return float(np.mean([_average_precision(own, label) for own, label in zip(outputs.T, columns.T, strict=True)]))


def _average_precision(outputs: Floats, label: Floats) -> float:
    order = np.argsort(-outputs, kind="stable")
    ends = np.append(np.flatnonzero(-np.diff(outputs[order]) > EVEN), len(order) - 1)
    found = np.cumsum(label[order])[ends]
    return float((np.diff(found, prepend=0.0) * found / (ends + 1)).sum() / found[-1])
