"""Ranks of many numbers, where numbers that only rounding separates are tied."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from hubscore.numerics.workspace import Floats, Ints

TIE = 1e-12
"""Numbers closer than this share of the largest are one number."""
MANY = 2**15
"""Numbers from which on sorting them all takes longer than counting them in bins."""
BINS = 2**20
"""At most, so that they stay close to the processor."""
COARSE = 2**16
"""Bins whose numbers are taken for tied where six digits will do."""
UNTIED = 1e-9
"""Ties that make up less than this share of the ranks' spread are left out of it."""
CROWDED = 1e-7
"""Ties in coarse bins that make up more than this share of the ranks' spread show that the numbers differ by less
than a bin.
"""


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
    """Return Spearman's correlation of numbers with a label of two kinds; only ranks of one kind are needed, so little
    is sorted.

    Args:
        values: all numbers; sorted in place, or left as they are where there are many.
        lower: those of them whose label is the smaller, at least one and not all.

    Returns:
        Between -1 and 1; none where all numbers are tied.

    Example:
        >>> round(rank_biserial(np.array([1.0, 2.0, 3.0, 4.0]), np.array([1.0, 2.0])), 4)
        0.8944
    """
    total, few = len(values), len(lower)
    ranks, ties = (None if total < MANY else _ranks_by_bins(values, np.sort(lower))) or _ranks_by_sorting(
        values, np.sort(lower)
    )
    return _correlation(ranks.sum(), total, few, ties)


def _correlation(ranks: float, total: int, few: int, ties: float) -> float | None:
    """Spearman's correlation where so few of all numbers have ranks of that sum, and t^3 - t sums to ``ties``."""
    spread = (total * (float(total) ** 2 - 1) - ties) / 12
    if spread <= 0:
        return None
    below = few * (total + 1) / 2 - ranks
    return float(below / np.sqrt(spread * few * (total - few) / total))


def coarse_rank_biserial(values: Floats, lower: Floats) -> float | None:
    """As :func:`rank_biserial` to six digits or so: numbers that share a narrow bin are tied.

    Returns:
        None also where there are too few numbers for that, or where they crowd in few bins.
    """
    total, few, grid = len(values), len(lower), _grid(values, COARSE)
    if total < MANY or grid is None:
        return None
    sizes = np.bincount(grid.places(values), minlength=grid.bins)
    ties = _tied(sizes)
    if ties > CROWDED * float(total) ** 3:
        return None
    ranks = (np.cumsum(sizes) - (sizes - 1) / 2)[grid.places(lower)]
    return _correlation(ranks.sum(), total, few, ties)


def _ranks_by_sorting(values: Floats, some: Floats) -> tuple[Floats, float]:
    """Return the mid-ranks of some of the values, and the sum of t^3 - t over all groups of t tied values."""
    values.sort()
    return _places(values, some)


def _places(ordered: Floats, some: Floats) -> tuple[Floats, float]:
    starts, places = tie_starts(ordered), np.searchsorted(ordered, some)
    if len(starts) == len(ordered):
        return np.asarray(places + 1, dtype=np.float64), 0.0
    sizes = np.diff(starts, append=len(ordered))
    group = np.searchsorted(starts, places, side="right") - 1
    ranks: Floats = starts[group] + (sizes[group] + 1.0) / 2
    return ranks, float((sizes * (sizes.astype(np.float64) ** 2 - 1)).sum())


class _Grid(NamedTuple):
    """Bins of equal width."""

    low: float
    scale: float
    bins: int

    def places(self, values: Floats) -> NDArray[np.int32]:
        """Which bin each number is in."""
        where = np.empty(len(values), dtype=np.int32)
        for part in _parts(len(values)):
            where[part] = (values[part] - self.low) * self.scale
        return where


def _grid(values: Floats, most: int) -> _Grid | None:
    """Bins for all values, none where these are the same."""
    low, high, bins = values.min(), values.max(), min(2 << len(values).bit_length(), most)
    return _Grid(low, (bins - 1) / (high - low), bins) if high > low else None


def _tied(sizes: Ints) -> float:
    """Sum t^3 - t over bins of t numbers."""
    shared = np.bincount(sizes)
    return float((shared * np.arange(len(shared), dtype=np.float64) * (np.arange(len(shared)) ** 2 - 1.0)).sum())


def _ranks_by_bins(values: Floats, some: Floats) -> tuple[Floats, float] | None:
    """As :func:`_ranks_by_sorting`, where only the values that share a narrow bin with one of ``some`` are sorted.

    None where a bin holds so many values that ties could change the spread of the ranks by 1e-9 of itself.
    """
    grid = _grid(values, BINS)
    if grid is None:
        return None
    own, where = grid.places(some), grid.places(values)
    sizes = np.bincount(where, minlength=grid.bins)
    if _tied(sizes) > UNTIED * float(len(values)) ** 3:
        return None
    wanted = np.zeros(grid.bins, dtype=bool)
    wanted[own] = True
    near = np.sort(np.concatenate([values[part][wanted[where[part]]] for part in _parts(len(values))]))
    first = np.searchsorted(grid.places(near), own)
    before = np.cumsum(sizes)[own] - sizes[own]
    return np.asarray(_places(near, some)[0] - first + before, dtype=np.float64), 0.0


def _parts(count: int) -> Iterator[slice]:
    """Stretches that stay close to the processor."""
    return (slice(start, start + MANY) for start in range(0, count, MANY))
