"""The plain mean of a model's past standings: what anything cleverer must beat, and always shown."""

from __future__ import annotations

import numpy as np

from hubscore.numerics.workspace import Floats
from hubscore.ranking.history import standings_of


def standings(values: Floats) -> Floats:
    """Return z of every cell within its data set, clipped at 3.

    A data set with a single known model, or where all are equal, says nothing.

    Args:
        values: shape (models, tasks), NaN where missing.

    Returns:
        The same shape, NaN where there is nothing to say.

    Example:
        >>> standings(np.array([[0.2, 0.5], [0.4, np.nan]])).round(6).tolist()
        [[-1.0, nan], [1.0, nan]]
    """
    return np.array([standings_of(column) for column in values.T]).reshape(values.T.shape).T


def history_spread(values: Floats, level: float = 0.9) -> tuple[float, float] | None:
    """Return between which errors a share of standings lay, where the mean of a model's other standings predicted each.

    Args:
        values: shape (models, tasks), NaN where missing.
        level: the share.

    Returns:
        Lower and upper error, in standard deviations; none below 20 of them.

    Example:
        >>> table = np.arange(10.0)[:, None] * [1.0, 2.0, 3.0]  # the same order everywhere
        >>> [round(abs(end), 6) for end in history_spread(table)]
        [0.0, 0.0]
    """
    z = standings(values)
    known = ~np.isnan(z)
    others = known.sum(axis=1, keepdims=True) - 1
    total = np.where(known, z, 0.0).sum(axis=1, keepdims=True)
    usable = known & (others > 0)
    errors = (z - (total - z) / np.maximum(others, 1))[usable]
    if len(errors) < 20:
        return None
    low, high = np.quantile(errors, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


def mean_history(values: Floats) -> Floats:
    """Return the mean standing of every model over the data sets where it has one.

    Args:
        values: shape (models, tasks), NaN where missing.

    Returns:
        Shape (models,), NaN for a model without any.

    Example:
        >>> mean_history(np.array([[0.0, 1.0], [1.0, 0.0], [np.nan, np.nan]])).tolist()
        [0.0, 0.0, nan]
    """
    z = standings(values)
    known = ~np.isnan(z)
    counts = known.sum(axis=1)
    return np.where(counts > 0, np.where(known, z, 0.0).sum(axis=1) / np.maximum(counts, 1), np.nan)
