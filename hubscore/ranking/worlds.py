"""Worlds: outcomes of fine-tuning as they might turn out, drawn from how wrong expected accuracies have been."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hubscore.numerics.studentized_range import range_quantile
from hubscore.numerics.workspace import Floats, Ints

COUNT = 4000
CONFIDENCE = 0.9
"""With which a shortlist holds the truly best."""
LEVEL = 0.95
"""Of the intervals of ranks."""
_AT_ONCE = 2_000_000
"""Numbers that are drawn at once, so that memory does not grow with the number of worlds."""


@dataclass(frozen=True, eq=False)
class Outcomes:
    """What the worlds say, shape (models,) or as given.

    Attributes:
        p_best: share of the worlds in which a model is the best of those that may be; they add up to 1.
        rank_ci: 95 % interval of the rank, shape (models, 2).
        shortlist: whether a model is in the smallest set that holds the best with :data:`CONFIDENCE`.
    """

    p_best: Floats
    rank_ci: Ints
    shortlist: NDArray[np.bool_]


def draw_worlds(angle: Floats, sd: Floats, *, count: int = COUNT, seed: int = 0) -> Floats:
    r"""Draw how fine-tuning might turn out.

    .. math:: w_{ij} = a_j + s_j g_{ij}, \quad g_{ij} \sim N(0, 1)

    The error that all models of a data set share moves all of them alike and says nothing of their order: it is left
    out.

    Args:
        angle: a, predictions on the scale of :mod:`hubscore.calibration.scale`, shape (models,); in the order of the
            models' names, so that a draw does not depend on the order of candidates.
        sd: s, standard deviation of a model's own error, shape (models,).
        count: worlds.
        seed: of the draw.

    Returns:
        Shape (count, models); larger is better.

    Example:
        >>> draw_worlds(np.array([0.5, 1.0]), np.array([0.0, 0.0]), count=2).tolist()
        [[0.5, 1.0], [0.5, 1.0]]
    """
    return np.concatenate([np.empty((0, len(angle))), *_blocks(angle, sd, count, seed)])


def outcomes(
    angle: Floats,
    sd: Floats,
    eligible: NDArray[np.bool_] | None = None,
    *,
    confidence: float = CONFIDENCE,
    count: int = COUNT,
    seed: int = 0,
) -> Outcomes:
    """Draw worlds and say what they have in common, in memory that does not hold all of them.

    Args:
        angle: as in :func:`draw_worlds`, without NaN.
        sd: likewise.
        eligible: which models may be the best; all by default. The others have ranks and nothing else.
        confidence: of the shortlist.
        count: worlds.
        seed: of the draw.
    """
    free = np.ones(len(angle), dtype=bool) if eligible is None else eligible
    won, ranks, place = np.zeros(len(angle)), np.empty((count, len(angle)), dtype=np.int32), 0
    for worlds in _blocks(angle, sd, count, seed):
        if free.any():
            won += len(worlds) * p_best(np.where(free, worlds, -np.inf))
        ranks[place : place + len(worlds)] = ranks_of(worlds)
        place += len(worlds)
    chances = won / count
    chosen = np.zeros(len(angle), dtype=bool)
    if free.any():
        chosen[shortlist(chances, confidence, best_first=np.argsort(-angle, kind="stable").tolist())] = True
    return Outcomes(chances, rank_intervals(ranks), chosen & free)


def p_best(worlds: Floats) -> Floats:
    """Return the share of the worlds in which each model is the best; equals share a world.

    Args:
        worlds: shape (count, models), larger is better.

    Returns:
        Shape (models,), adding up to 1.

    Example:
        >>> p_best(np.array([[1.0, 2.0], [3.0, 2.0], [2.0, 2.0], [0.0, 1.0]])).tolist()
        [0.375, 0.625]
    """
    top = worlds == worlds.max(axis=1, keepdims=True)
    return np.asarray((top / top.sum(axis=1, keepdims=True)).mean(axis=0), dtype=np.float64)


def ranks_of(worlds: Floats) -> NDArray[np.int32]:
    """Return the rank of every model in every world, 1 is best; two models are never equal where they have errors."""
    order = np.argsort(-worlds, axis=1)
    ranks = np.empty(worlds.shape, dtype=np.int32)
    places = np.broadcast_to(np.arange(1, worlds.shape[1] + 1, dtype=np.int32), worlds.shape)
    np.put_along_axis(ranks, order, places, axis=1)
    return ranks


def rank_intervals(ranks: NDArray[np.int32], level: float = LEVEL) -> Ints:
    """Return the narrowest central interval of each model's rank that holds at least ``level`` of the worlds.

    Args:
        ranks: shape (count, models), from :func:`ranks_of`.
        level: of the interval.

    Returns:
        Shape (models, 2).

    Example:
        >>> rank_intervals(np.array([[1, 2], [1, 2], [2, 1]], dtype=np.int32)).tolist()
        [[1, 2], [1, 2]]
    """
    tail = (1 - level) / 2
    low, high = int(np.floor(tail * len(ranks))), int(np.ceil((1 - tail) * len(ranks))) - 1
    ends = np.partition(ranks, (low, high), axis=0)[[low, high]]
    return np.asarray(ends.T, dtype=np.int64)


def shortlist(p_best: Floats, confidence: float = CONFIDENCE, *, best_first: Sequence[int] | None = None) -> list[int]:
    """Return the smallest set of models that holds the truly best with a probability.

    Args:
        p_best: shape (models,).
        confidence: the probability.
        best_first: models in order, to choose among equally probable ones; their numbers by default.

    Returns:
        Numbers of models, the most probable first.

    Example:
        >>> shortlist(np.array([0.2, 0.5, 0.05, 0.25])), shortlist(np.array([0.2, 0.8]), 0.8)
        ([1, 3, 0], [1])
    """
    order = sorted(best_first if best_first is not None else range(len(p_best)), key=lambda i: -p_best[i])
    held = np.cumsum(p_best[order])
    return order[: int(np.searchsorted(held, confidence - 1e-9)) + 1]


def alike(
    angle: Floats,
    sd: Floats,
    sd_rows: Floats | None = None,
    confidence: float = CONFIDENCE,
    *,
    among: int = 0,
) -> Callable[[int, int], bool]:
    r"""Return what says of two models whether they cannot be told apart.

    They cannot where neither is the better one in as many worlds as a shortlist asks for; nor where the finite rows of
    the probe alone may have put one of so many equal models that far ahead of another:

    .. math:: |a_i - a_j| \le \max(z_{0.9} \sqrt{s_i^2 + s_j^2}, \; q_{0.95, m} \sqrt{(r_i^2 + r_j^2) / 2})

    Errors are independent and normal, so the share of the worlds is known without drawing; q is the quantile of the
    range of m normal variables, so that in a pool of equals no pair is told apart in 95 of 100 probes.

    Args:
        angle: a, shape (models,).
        sd: s, shape (models,).
        sd_rows: r, the part of the error that other rows would change, shape (models,); none where it is not known.
        confidence: from which on one model is surely the better one.
        among: how many models these were chosen from by such values, where there were more.
    """
    from scipy.special import ndtri

    sure, many = float(ndtri(confidence)), range_quantile(max(len(angle), among)) / np.sqrt(2)
    rows = np.zeros(len(angle)) if sd_rows is None else sd_rows

    def tied(one: int, other: int) -> bool:
        reach = max(sure * np.hypot(sd[one], sd[other]), many * np.hypot(rows[one], rows[other]))
        return bool(abs(angle[one] - angle[other]) <= reach + 1e-12)

    return tied


def _blocks(angle: Floats, sd: Floats, count: int, seed: int) -> Iterator[Floats]:
    """Draw worlds block by block; the same ones whatever the size of a block."""
    rng, models = np.random.default_rng([seed, len(angle)]), len(angle)
    step = max(1, _AT_ONCE // max(models, 1))
    for start in range(0, count, step):
        yield angle + sd * rng.standard_normal((min(step, count - start), models))
