"""Ranks of many numbers, where numbers that only rounding separates are tied."""

from __future__ import annotations

import numpy as np

from hubscore.scores.workspace import Floats, Ints

TIE = 1e-12
"""Numbers closer than this share of the largest are one number."""


def tie_starts(ordered: Floats) -> Ints:
    """Return where each group of tied numbers begins.

    Args:
        ordered: rising, at least one.
    """
    gap = TIE * max(abs(ordered[0]), abs(ordered[-1]))
    new = np.empty(len(ordered), dtype=bool)
    new[0] = True
    np.greater(np.diff(ordered), gap, out=new[1:])
    return np.flatnonzero(new)


def midranks(values: Floats) -> Floats:
    """Rank from 1; tied numbers share the mean of their ranks.

    Example:
        >>> midranks(np.array([3.0, 1.0, 3.0])).tolist()
        [2.5, 1.0, 2.5]
    """
    order = np.argsort(values)
    starts = tie_starts(values[order])
    sizes = np.diff(starts, append=len(values))
    ranks = np.empty(len(values))
    ranks[order] = np.repeat(starts + (sizes + 1) / 2, sizes)
    return ranks


def spearman(first: Floats, second: Floats) -> float | None:
    """Return the correlation of two sequences' ranks, none where one is constant."""
    a, b = (midranks(values) - (len(values) + 1) / 2 for values in (first, second))
    length = np.sqrt((a @ a) * (b @ b))
    return float(a @ b / length) if length else None


def rank_biserial(values: Floats, lower: Floats) -> float | None:
    """Return Spearman's correlation of numbers with a label of two kinds, from one sort.

    Args:
        values: all numbers; sorted in place.
        lower: those of them whose label is the smaller, at least one and not all.

    Returns:
        Between -1 and 1; none where all numbers are tied.

    Example:
        >>> round(rank_biserial(np.array([1.0, 2.0, 3.0, 4.0]), np.array([1.0, 2.0])), 4)
        0.8944
    """
    values.sort()
    total, few = len(values), len(lower)
    starts = tie_starts(values)
    places = np.searchsorted(values, np.sort(lower))
    if len(starts) == total:
        ranks, ties = places + 1.0, 0.0
    else:
        sizes = np.diff(starts, append=total)
        group = np.searchsorted(starts, places, side="right") - 1
        ranks, ties = starts[group] + (sizes[group] + 1) / 2, (sizes * (sizes.astype(np.float64) ** 2 - 1)).sum()
    spread = (total * (float(total) ** 2 - 1) - ties) / 12
    if spread <= 0:
        return None
    below = few * (total + 1) / 2 - ranks.sum()
    return float(below / np.sqrt(spread * few * (total - few) / total))
