"""How well one table of relations between tasks or models matches another.

Tables have a row per target and a column per source; larger values promise more. Sources that tie share their places:
the measures give the mean over all ways to break ties. A value that is NaN counts as the lowest: such a source cannot
be picked.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hubscore.errors import Undefined, UsageError

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


def precision_at(k: int, values: ArrayLike, relevant: ArrayLike, *, left_out: ArrayLike | None = None) -> float:
    """Return the share of the k best-valued sources that are relevant, mean over targets (P@K).

    Args:
        k: how many sources are picked for each target.
        values: shape (t targets, s sources).
        relevant: shape (t, s), which sources are truly good for which target; targets with none are left out of the
            mean.
        left_out: shape (t, s), sources that are no candidates for a target, as a task for itself; by default the
            diagonal of a square table.

    Returns:
        0 to 1, higher is better.

    Raises:
        Undefined: no target has a relevant source.
        UsageError: shapes disagree, or ``k`` is not between 1 and the number of candidates.

    Source:
        Song et al., Deep Model Transferability from Attribution Maps, NeurIPS 2019, section 4.2.

    Example:
        >>> precision_at(1, [[0, 3, 2], [5, 0, 4], [1, 2, 0]], [[0, 1, 0], [0, 0, 1], [0, 1, 0]])
        0.6666666666666666
    """
    found, _ = pr_curve(values, relevant, left_out=left_out)
    return float(found[_place(k, len(found))])


def recall_at(k: int, values: ArrayLike, relevant: ArrayLike, *, left_out: ArrayLike | None = None) -> float:
    """Return the share of the relevant sources that are among the k best-valued, mean over targets (R@K).

    Args:
        k: how many sources are picked for each target.
        values: shape (t targets, s sources).
        relevant: shape (t, s).
        left_out: shape (t, s), sources that are no candidates; by default the diagonal of a square table.

    Returns:
        0 to 1, higher is better.

    Raises:
        Undefined: no target has a relevant source.
        UsageError: shapes disagree, or ``k`` is not between 1 and the number of candidates.

    Source:
        Song et al., NeurIPS 2019, section 4.2.

    Example:
        >>> recall_at(1, [[0, 3, 2], [5, 0, 4], [1, 2, 0]], [[0, 1, 1], [0, 0, 1], [0, 1, 0]])
        0.5
    """
    _, found = pr_curve(values, relevant, left_out=left_out)
    return float(found[_place(k, len(found))])


def pr_curve(values: ArrayLike, relevant: ArrayLike, *, left_out: ArrayLike | None = None) -> tuple[Floats, Floats]:
    """Return P@K and R@K for every K.

    Args:
        values: shape (t targets, s sources).
        relevant: shape (t, s).
        left_out: shape (t, s), sources that are no candidates; by default the diagonal of a square table.

    Returns:
        Precision and recall, both of shape (c,), c the fewest candidates that a target has.

    Raises:
        Undefined: no target has a relevant source.
        UsageError: shapes disagree.

    Example:
        >>> precision, recall = pr_curve([[3, 2, 1]], [[1, 0, 1]])
        >>> recall.tolist()
        [0.5, 0.5, 1.0]
    """
    table, truth, candidates = tables(values, relevant, left_out)
    hits = []
    for row, good, chosen in zip(table, truth.astype(bool), candidates, strict=True):
        if (good & chosen).any():
            hits.append(np.cumsum(by_place(row[chosen], good[chosen].astype(np.float64))))
    if not hits:
        raise Undefined("P@K and R@K are undefined", "no target has a relevant source", "compare with other relations")
    reach = min(len(row) for row in hits)
    precision = np.mean([row[:reach] / np.arange(1, reach + 1) for row in hits], axis=0)
    return precision, np.mean([row[:reach] / row[-1] for row in hits], axis=0)


def chance(relevant: ArrayLike, *, left_out: ArrayLike | None = None) -> float:
    """Return the P@K of picking at random, whatever the K.

    Args:
        relevant: shape (t targets, s sources).
        left_out: shape (t, s), sources that are no candidates; by default the diagonal of a square table.

    Returns:
        0 to 1.

    Raises:
        Undefined: no target has a relevant source.

    Example:
        >>> chance([[0, 1, 0], [1, 0, 0], [0, 0, 0]])
        0.5
    """
    precision, _ = pr_curve(np.zeros(np.shape(relevant)), relevant, left_out=left_out)
    return float(precision[0])


def spearman(values: ArrayLike, reference: ArrayLike) -> float:
    """Return the rank correlation of two tables, cell by cell; the diagonal of square ones is left out.

    Args:
        values: shape (t targets, s sources).
        reference: shape (t, s).

    Returns:
        -1 to 1.

    Raises:
        Undefined: fewer than three cells are defined in both, or all are equal in one.
        UsageError: shapes disagree.

    Example:
        >>> round(spearman([[0, 1, 2], [1, 0, 3], [2, 3, 0]], [[0, 2, 4], [2, 0, 9], [4, 9, 0]]), 4)
        1.0
    """
    from scipy.stats import spearmanr

    return float(spearmanr(*_cells("Spearman's correlation", values, reference)).statistic)


def pearson(values: ArrayLike, reference: ArrayLike) -> float:
    """Return the linear correlation of two tables, cell by cell; the diagonal of square ones is left out.

    Args:
        values: shape (t targets, s sources).
        reference: shape (t, s).

    Returns:
        -1 to 1.

    Raises:
        Undefined: fewer than three cells are defined in both, or all are equal in one.
        UsageError: shapes disagree.

    Example:
        >>> round(pearson([[0, 1, 2], [1, 0, 3], [2, 3, 0]], [[0, 3, 5], [3, 0, 7], [5, 7, 0]]), 4)
        1.0
    """
    from scipy.stats import pearsonr

    return float(pearsonr(*_cells("Pearson's correlation", values, reference)).statistic)


def _place(k: int, reach: int) -> int:
    if not 1 <= k <= reach:
        raise UsageError(f"Cannot pick {k} of {reach} sources", "", f"choose a number between 1 and {reach}")
    return k - 1


def tables(values: ArrayLike, other: ArrayLike, left_out: ArrayLike | None) -> tuple[Floats, NDArray[Any], Bools]:
    """Return both tables and which sources are candidates; undefined values become the lowest."""
    table, truth = np.array(values, dtype=np.float64), np.asarray(other)
    if table.ndim != 2 or table.shape != truth.shape:
        raise UsageError(
            f"Cannot compare tables of shape {table.shape} and {truth.shape}",
            "",
            "one row per target, one column per source",
        )
    square = table.shape[0] == table.shape[1]
    out = (
        np.asarray(left_out, bool)
        if left_out is not None
        else np.eye(len(table), dtype=bool)
        if square
        else np.zeros(table.shape, bool)
    )
    if out.shape != table.shape:
        raise UsageError(f"Cannot leave out cells of shape {out.shape}", f"the tables have shape {table.shape}")
    table[np.isnan(table)] = -np.inf
    return table, truth, ~out


def by_place(values: Floats, gains: Floats) -> Floats:
    """Return the expected gain at each place, from the largest value down; places of tied values share theirs."""
    _, group, sizes = np.unique(-values, return_inverse=True, return_counts=True)
    return np.repeat(np.bincount(group, gains) / sizes, sizes)


def _cells(measure: str, values: ArrayLike, reference: ArrayLike) -> tuple[Floats, Floats]:
    first, second = (np.asarray(table, dtype=np.float64) for table in (values, reference))
    if first.ndim != 2 or first.shape != second.shape:
        raise UsageError(
            f"Cannot compare tables of shape {first.shape} and {second.shape}",
            "",
            "one row per target, one column per source",
        )
    use = np.isfinite(first) & np.isfinite(second)
    if first.shape[0] == first.shape[1]:
        np.fill_diagonal(use, False)
    if use.sum() < 3:
        raise Undefined(
            f"{measure} is undefined", f"{int(use.sum())} relations are defined in both tables, and 3 are needed"
        )
    for name, table in (("values", first), ("reference values", second)):
        if np.ptp(table[use]) == 0:
            raise Undefined(f"{measure} is undefined", f"all {name} are equal")
    return first[use], second[use]
