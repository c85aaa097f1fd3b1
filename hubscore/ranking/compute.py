"""First step of a ranking: every column of every checkpoint, with what its intervals are made from."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from threadpoolctl import threadpool_limits

from hubscore.ranking.capacity import with_capacity
from hubscore.ranking.columns import FAMILIES, Column, Table, choose, listed, unlabeled_families
from hubscore.ranking.missing import reasons
from hubscore.ranking.multi_probe import score_probes
from hubscore.ranking.order import ResampledValues
from hubscore.ranking.pool import Pool, candidate_of
from hubscore.ranking.request import Request
from hubscore.ranking.resampling import plan_resamples, recompute
from hubscore.ranking.scoring import Scored, options_for, score_all, tabulate
from hubscore.ranking.uncertainty import draw_subsamples

Progress = Callable[[int, int], None]
"""Called with steps done and steps in all."""


@dataclass(frozen=True)
class ComputedScores:
    """What was computed.

    Attributes:
        table: the values.
        scored: values and reasons, for the columns that were computed.
        resampled: values on subsamples or further probes, none where there are no intervals.
        options: that the ranking set, by score name.
    """

    table: Table
    scored: Scored
    resampled: ResampledValues | None
    options: Mapping[str, Mapping[str, Any]]


def compute_scores(pool: Pool, request: Request, progress: Progress | None = None) -> ComputedScores:
    """Compute every column of every checkpoint, on the whole probe and on what its intervals come from.

    Args:
        pool: the checkpoints.
        request: which scores, and how many subsamples.
        progress: called with steps done and steps in all.
    """
    columns = choose(request.scores, reduce=request.reduce, lacking=pool.results[0].lacking())
    heads = all(inputs.plain.logits is not None for inputs in pool.models.values())
    options = options_for(columns, seed=request.seed, heads=heads)
    # Thousands of small matrices: one BLAS thread is several times faster than many that wait for each other, and
    # repeats exactly.
    resampled: ResampledValues | None
    with threadpool_limits(1):
        if len(pool.inputs) > 1:
            ticks = _Ticks(len(pool.models) * len(pool.inputs), progress)
            scored, resampled = score_probes(pool.inputs, columns, options, ticks)
        else:
            scored, resampled = _subsampled(pool, columns, options, request, progress)
        families = unlabeled_families(columns) if pool.probe.labels is None else FAMILIES
        table = tabulate(scored, columns, families)
        if request.capacity:
            table, resampled = _with_capacity(pool, table, resampled)
    return ComputedScores(table, scored, resampled, options)


class _Ticks:
    """Counts steps for whoever watches."""

    def __init__(self, total: int, progress: Progress | None) -> None:
        self.done, self.total, self.progress = 0, total, progress

    def __call__(self) -> None:
        self.done += 1
        if self.progress is not None:
            self.progress(self.done, self.total)


def _subsampled(
    pool: Pool,
    columns: Sequence[Column],
    options: Mapping[str, Mapping[str, Any]],
    request: Request,
    progress: Progress | None,
) -> tuple[Scored, ResampledValues | None]:
    """Score the whole probe, and its subsamples."""
    probe, inputs = pool.probe, pool.models
    rows = []
    if request.subsamples > 1:
        labels = probe.labels if probe.target == "classification" else None
        rows = draw_subsamples(labels, len(probe), count=request.subsamples, seed=request.seed)
    ticks = _Ticks(len(inputs) * (1 + len(rows)), progress)
    scored = score_all(inputs, columns, options, ticks)
    if not rows:
        return scored, None
    plan = plan_resamples(columns, len(rows), listed(request.resample))
    values, missing = recompute(inputs, columns, rows, options, plan, ticks)
    return scored, ResampledValues(values, plan, len(rows[0]), len(probe), reasons(tabulate(scored, columns), missing))


def _with_capacity(pool: Pool, table: Table, resampled: ResampledValues | None) -> tuple[Table, ResampledValues | None]:
    layers = {model: candidate_of(inputs).layers for model, inputs in pool.models.items()}
    if resampled is not None:
        values = with_capacity(table.with_values(resampled.values), layers).values
        resampled = replace(resampled, values=values, plan=[*resampled.plan, *resampled.plan])
    return with_capacity(table, layers), resampled
