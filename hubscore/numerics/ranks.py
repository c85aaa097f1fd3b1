"""Ranks and rank correlation by numpy alone: importing ``scipy.stats`` takes most of a second, and a ranking needs no
more of it.
"""

from __future__ import annotations

import math

import numpy as np

from hubscore.numerics.workspace import Floats

PAIRWISE = 500
"""Up to so many values all pairs are compared; beyond, counting as scipy does is worth its import."""


def mid_ranks(values: Floats) -> Floats:
    """Return ranks along the last axis: 1 is the smallest, equal values share the mean of their places.

    Args:
        values: shape (..., n), none of them NaN.

    Returns:
        The same shape.

    Source:
        ``scipy.stats.rankdata``, which gives the same.

    Example:
        >>> mid_ranks(np.array([0.0, 2.0, 3.0, 2.0])).tolist()
        [1.0, 2.5, 4.0, 2.5]
    """
    if values.shape[-1] == 0:
        return np.zeros(values.shape)
    order = np.argsort(values, axis=-1, kind="stable")
    rising = np.take_along_axis(values, order, axis=-1)
    changes = rising[..., 1:] != rising[..., :-1]
    edge = np.ones((*values.shape[:-1], 1), dtype=bool)
    places = np.arange(values.shape[-1])
    first = np.maximum.accumulate(np.where(np.concatenate([edge, changes], axis=-1), places, 0), axis=-1)
    ends = np.where(np.concatenate([changes, edge], axis=-1), places, places[-1])
    last = np.minimum.accumulate(ends[..., ::-1], axis=-1)[..., ::-1]
    ranks = np.empty(values.shape)
    np.put_along_axis(ranks, order, (first + last) / 2 + 1, axis=-1)
    return ranks


def tau_b(first: Floats, second: Floats) -> float:
    """Return Kendall's tau-b, (concordant - discordant pairs) / sqrt(pairs untied in one x pairs untied in the other).

    Args:
        first: shape (n,), none of them NaN.
        second: the same.

    Returns:
        Between -1 and 1; NaN where one of them is constant.

    Source:
        ``scipy.stats.kendalltau``, which gives the same.

    Example:
        >>> round(tau_b(np.array([12.0, 2.0, 1.0, 12.0, 2.0]), np.array([1.0, 4.0, 7.0, 1.0, 0.0])), 6)
        -0.471405
    """
    if len(first) > PAIRWISE:
        from scipy.stats import kendalltau

        return float(kendalltau(first, second).statistic)
    x, y = _signs(first), _signs(second)
    untied = np.count_nonzero(x) // 2, np.count_nonzero(y) // 2
    if not all(untied):
        return math.nan
    tau = int((x * y).sum(dtype=np.int64)) // 2 / math.sqrt(untied[0]) / math.sqrt(untied[1])
    return min(1.0, max(-1.0, tau))


def _signs(values: Floats) -> np.ndarray:
    """Return 1, 0 or -1 for every pair of values: which is larger; shape (n, n)."""
    larger = values[:, None] > values
    return larger.astype(np.int8) - larger.T.astype(np.int8)
