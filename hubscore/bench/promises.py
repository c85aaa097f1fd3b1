"""Whether what a ranking promises came true: its expected accuracies, its rank intervals, P(best) and its shortlist."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

from hubscore.types import Ranking, Row

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Promises:
    """How much of what a ranking promised came true; a part that it does not promise is none.

    Attributes:
        models: how many have an accuracy.
        expected_error: mean absolute error of the expected accuracy, 0 to 1.
        expected_bias: mean of expected less measured accuracy.
        expected_coverage: share of accuracies inside the 90 % interval of the expected accuracy.
        rank_coverage: share of models whose true rank is inside the rank interval.
        p_best: P(best) of the truly best model; of several, the sum.
        p_best_brier: sum over models of the squared distance of P(best) from who was the best (1 or 0); 0 to 2, lower
            is better.
        shortlist: how many models are on it.
        shortlist_holds_best: whether the truly best model is on it.
        shortlist_regret: accuracy lost by fine-tuning only the shortlist.
        undefined: by name, why a part has no value though the ranking promises it.
    """

    models: int
    expected_error: float | None = None
    expected_bias: float | None = None
    expected_coverage: float | None = None
    rank_coverage: float | None = None
    p_best: float | None = None
    p_best_brier: float | None = None
    shortlist: int = 0
    shortlist_holds_best: bool | None = None
    shortlist_regret: float | None = None
    undefined: Mapping[str, str] = field(default_factory=dict)


def check_promises(ranking: Ranking, accuracies: Mapping[str, float]) -> Promises:
    """Compare what a ranking promises with accuracies.

    Ranks, P(best) and the shortlist are about all ranked models: where some have no accuracy, the best may be among
    them, and these parts are undefined.

    Args:
        ranking: with its promises.
        accuracies: by the name of the row's model; at least one.
    """
    rows = [row for row in ranking if row.model in accuracies]
    truth = np.array([accuracies[row.model] for row in rows])
    made = _with_expected(Promises(len(rows)), rows, truth)
    missing = len(ranking) - len(rows)
    if missing:
        why = f"{missing} of {len(ranking)} ranked models have no accuracy, and the best may be among them"
        there = {
            "rank_coverage": any(row.rank_ci for row in rows),
            "p_best": any(row.p_best is not None for row in rows),
            "shortlist": any(row.shortlist for row in ranking),
        }
        return replace(made, undefined={name: why for name, promised in there.items() if promised})
    return _with_shortlist(_with_best(_with_ranks(made, rows, truth), rows, truth), rows, truth)


def _with_expected(made: Promises, rows: Sequence[Row], truth: Floats) -> Promises:
    off = [row.expected - value for row, value in zip(rows, truth, strict=True) if row.expected is not None]
    inside = [
        row.expected_ci[0] <= value <= row.expected_ci[1]
        for row, value in zip(rows, truth, strict=True)
        if row.expected_ci is not None
    ]
    if not off:
        return made
    return replace(
        made,
        expected_error=float(np.abs(off).mean()),
        expected_bias=float(np.mean(off)),
        expected_coverage=float(np.mean(inside)) if inside else None,
    )


def _with_ranks(made: Promises, rows: Sequence[Row], truth: Floats) -> Promises:
    """Count an interval as right where it meets the ranks over which equal accuracies may be spread."""
    first, last = rankdata(-truth, method="min"), rankdata(-truth, method="max")
    inside = [
        row.rank_ci[0] <= high and low <= row.rank_ci[1]
        for row, low, high in zip(rows, first, last, strict=True)
        if row.rank_ci is not None
    ]
    return replace(made, rank_coverage=float(np.mean(inside))) if inside else made


def _with_best(made: Promises, rows: Sequence[Row], truth: Floats) -> Promises:
    if any(row.p_best is None for row in rows):
        return made
    told = np.array([row.p_best for row in rows], dtype=np.float64)
    best = (truth == truth.max()).astype(np.float64)
    off = ((told - best / best.sum()) ** 2).sum()
    return replace(made, p_best=float(told @ best), p_best_brier=float(off))


def _with_shortlist(made: Promises, rows: Sequence[Row], truth: Floats) -> Promises:
    chosen = np.array([row.shortlist for row in rows], dtype=bool)
    if not chosen.any():
        return made
    lost = float(truth.max() - truth[chosen].max())
    return replace(made, shortlist=int(chosen.sum()), shortlist_holds_best=lost == 0, shortlist_regret=lost)
