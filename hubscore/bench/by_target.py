"""P@K and R@K of each target by itself, and the priority of each source for it.

Tables have a row per target and a column per source; larger values promise more.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from hubscore.bench.relations import Floats, by_place, tables


def by_target(values: ArrayLike, relevant: ArrayLike, *, left_out: ArrayLike | None = None) -> tuple[Floats, Floats]:
    """Return P@K and R@K of every target, for every K; :func:`~hubscore.bench.relations.pr_curve` has their means.

    Args:
        values: shape (t targets, s sources); NaN counts as the lowest.
        relevant: shape (t, s), which sources are truly good for which target.
        left_out: shape (t, s), sources that are no candidates; by default the diagonal of a square table.

    Returns:
        Precision and recall, both of shape (t, c), c the fewest candidates that a target has; a target without a
        relevant source has NaN.

    Raises:
        UsageError: shapes disagree.

    Source:
        Song et al. (DEPARA), CVPR 2020, Table 1.

    Example:
        >>> precision, recall = by_target([[9, 3, 2], [5, 9, 4], [1, 2, 9]], [[0, 1, 1], [0, 0, 1], [0, 1, 0]])
        >>> precision[:, 0].tolist(), recall[:, 0].tolist()
        ([1.0, 0.0, 1.0], [0.5, 0.0, 1.0])
    """
    table, truth, candidates = tables(values, relevant, left_out)
    reach = int(candidates.sum(axis=1).min(initial=table.shape[1]))
    precision, recall = np.full((2, len(table), reach), np.nan)
    for place, (row, good, chosen) in enumerate(zip(table, truth.astype(bool), candidates, strict=True)):
        total = int((good & chosen).sum())
        if total:
            hits = np.cumsum(by_place(row[chosen], good[chosen].astype(np.float64)))[:reach]
            precision[place], recall[place] = hits / np.arange(1, reach + 1), hits / total
    return precision, recall


def priorities(values: ArrayLike, *, left_out: ArrayLike | None = None) -> Floats:
    """Return the priority of each source for each target: 1 for the best, tied sources share the mean of theirs.

    Args:
        values: shape (t targets, s sources); NaN counts as the lowest.
        left_out: shape (t, s), sources that are no candidates; by default the diagonal of a square table.

    Returns:
        Shape (t, s); NaN where a source is no candidate.

    Raises:
        UsageError: shapes disagree.

    Example:
        >>> priorities([[9, 3, 2], [5, 9, 5], [1, 2, 9]]).tolist()
        [[nan, 1.0, 2.0], [1.5, nan, 1.5], [2.0, 1.0, nan]]
    """
    from scipy.stats import rankdata

    table, _, candidates = tables(values, np.zeros(np.shape(values)), left_out)
    found: Floats = np.full(table.shape, np.nan)
    for place, (row, chosen) in enumerate(zip(table, candidates, strict=True)):
        found[place, chosen] = rankdata(-row[chosen])
    return found
