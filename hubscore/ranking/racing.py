"""A race over the rows of a probe: which candidates may still become first, and are worth more rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike

from hubscore.calibration.scale import to_angle
from hubscore.numerics.workspace import Ints
from hubscore.ranking.worlds import draw_worlds
from hubscore.types import Row

FIRST_SHARE, FIRST_PER_CLASS, FIRST_LEAST = 0.1, 4, 40
"""The first stage has a tenth of the rows, at least so many of each class and so many in all."""
GROWTH = 2.5
"""A stage has so many times the rows of the one before."""
TOP = 3
"""A race is about the first so many."""
RISK = 0.1
"""How many of the first three a stage may be expected to stop."""
RISK_BEST = 0.02
"""Probability with which a stage may stop the best."""
MANY = 24
"""Most candidates that run on because they may be among the first three, and are surely not the best."""
WORLDS = 2000
LEAST = 6
"""Candidates that are never stopped, so that the first three of the ranking have somebody to be compared with."""


def stage_sizes(samples: int, classes: int = 1) -> tuple[int, ...]:
    """Return how many rows the stages before the last one have; the last one has all.

    Args:
        samples: rows of the probe.
        classes: of its labels; 1 where there are none.

    Returns:
        Rising numbers, none where the probe is too small for a race.

    Example:
        >>> stage_sizes(500, 10), stage_sizes(400, 100), stage_sizes(60, 2)
        ((50, 125, 312), (), (40,))
    """
    size, sizes = max(FIRST_SHARE * samples, float(FIRST_PER_CLASS * classes), float(FIRST_LEAST)), list[int]()
    while size * 1.4 < samples:
        sizes.append(int(size))
        size *= GROWTH
    return tuple(sizes)


def stage_order(labels: ArrayLike | None, samples: int) -> Ints:
    """Return row numbers in the order in which stages take them: one of each class a round, in the order of the probe.

    Args:
        labels: classes, shape (samples,); anything else leaves the rows as they stand, which is at random.
        samples: rows of the probe.

    Example:
        >>> stage_order([0, 0, 0, 1, 1, 2], 6).tolist()
        [0, 3, 5, 1, 4, 2]
    """
    if labels is None or np.ndim(labels) != 1 or np.asarray(labels).dtype.kind not in "iub":
        return np.arange(samples, dtype=np.int64)
    codes = np.unique(np.asarray(labels), return_inverse=True)[1]
    turn = np.empty(samples, dtype=np.int64)
    for code in range(codes.max(initial=-1) + 1):
        mine = np.flatnonzero(codes == code)
        turn[mine] = np.arange(len(mine))
    return np.lexsort((codes, turn)).astype(np.int64)


def survivors(rows: Sequence[Row], *, least: int = LEAST, seed: int = 0) -> frozenset[str]:
    """Return the models that may still become one of the first.

    Where there are expected accuracies, worlds are drawn from them. All run on that may become the best: but for those
    that together are it with :data:`RISK_BEST` at most. So do those that may become one of the first three, up to
    :data:`MANY`, but for those among which no more than :data:`RISK` of the first three are to be expected. Neither
    risk grows with the number of candidates. Where the order is by consensus, those are stopped that surely are behind
    three others, by intervals that hold for all pairs at once.

    Args:
        rows: of a ranking of the candidates on the same rows, best first.
        least: how many are kept in any case.
        seed: of the worlds.
    """
    kept = {row.model for row in rows[:least]}
    best, first = chances(rows, seed)
    if not best:
        return frozenset(kept | {row.model for row in rows if row.rank_ci is None or row.rank_ci[0] <= TOP})
    top = _but_for(rows, first, RISK)
    kept.update([row.model for row in rows if row.model in top][:MANY])
    return frozenset(kept | _but_for(rows, best, RISK_BEST))


def chances(rows: Sequence[Row], seed: int = 0) -> tuple[dict[str, float], dict[str, float]]:
    """Return the share of the worlds in which each model is the best, and in which it is among the first three; of
    those with an expected accuracy.
    """
    known = sorted((row.model, row.expected, row.expected_sd) for row in rows if row.expected_sd is not None)
    sure = [(model, expected, sd) for model, expected, sd in known if expected is not None and sd is not None]
    if not sure:
        return {}, {}
    names, expected, errors = zip(*sure, strict=True)
    worlds = draw_worlds(to_angle(np.asarray(expected)), np.asarray(errors), count=WORLDS, seed=seed)
    shares = []
    for most in (1, min(TOP, len(names))):
        leading = np.argpartition(-worlds, most - 1, axis=1)[:, :most]
        counts = np.bincount(leading.ravel(), minlength=len(names)) / len(worlds)
        shares.append(dict(zip(names, counts.tolist(), strict=True)))
    return shares[0], shares[1]


def _but_for(rows: Sequence[Row], chances: Mapping[str, float], risk: float) -> set[str]:
    """Return the models but for the least probable, which together have no more than the risk; of a model without an
    expected accuracy nothing is known, and it stays.
    """
    kept, lost = {row.model for row in rows if row.model not in chances}, 0.0
    judged = [row for row in rows if row.model in chances]
    for row in sorted(judged, key=lambda row: (chances[row.model], -row.rank, row.model)):
        lost += chances[row.model]
        if lost > risk:
            kept.add(row.model)
    return kept
