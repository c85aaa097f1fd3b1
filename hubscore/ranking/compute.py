"""First step of a ranking: every column of every checkpoint, with what its intervals are made from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from hubscore.ranking.capacity import with_capacity
from hubscore.ranking.columns import FAMILIES, Table, unlabeled_families
from hubscore.ranking.missing import reasons
from hubscore.ranking.multi_probe import average_probes
from hubscore.ranking.order import ResampledValues
from hubscore.ranking.pool import Pool
from hubscore.ranking.resampling import join_draws
from hubscore.ranking.score_inputs import ScoreInputs
from hubscore.ranking.scorer import Options, Scorer
from hubscore.ranking.scoring import Scored, join_parts, tabulate


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


def compute_scores(pool: Pool, scorer: Scorer) -> ComputedScores:
    """Compare the checkpoints on the columns that are defined over the set, and arrange all columns.

    Args:
        pool: the checkpoints, each scored by itself.
        scorer: that scored them.
    """
    columns, options = scorer.columns, scorer.options(heads=pool.heads)
    each = [_join_probe(pool, scorer, options, number) for number in range(len(pool.results))]
    scored, resampled = each[0], None
    if len(each) > 1:
        scored, resampled = average_probes(each, columns, min(one.samples for one in pool.models.values()))
    families = unlabeled_families(columns) if pool.probe.labels is None else FAMILIES
    table = tabulate(scored, columns, families)
    if scorer.rows:
        resampled = _subsampled(pool, scorer, options, table)
    if scorer.request.capacity:
        table, resampled = _with_capacity(pool, table, resampled)
    return ComputedScores(table, scored, resampled, options)


def _join_probe(pool: Pool, scorer: Scorer, options: Options, number: int) -> Scored:
    parts = {model: one.numbers.probes[number].chosen(heads=pool.heads) for model, one in pool.models.items()}
    whole = pool.results[number].probe.is_whole
    return join_parts(parts, scorer.columns, options, lambda: _inputs(pool, number), whole=whole)


def _subsampled(pool: Pool, scorer: Scorer, options: Options, table: Table) -> ResampledValues:
    """Arrange the values on the subsamples."""
    drawn = {
        model: [variants.chosen(heads=pool.heads) for variants in one.numbers.drawn]
        for model, one in pool.models.items()
    }

    def inputs(number: int) -> dict[str, ScoreInputs]:
        return {model: one.turned().subset(scorer.rows[number]) for model, one in _inputs(pool, 0).items()}

    values, missing = join_draws(drawn, scorer.columns, scorer.due, options, list(pool.models), inputs)
    kept, total = len(scorer.rows[0]), len(pool.probe)
    return ResampledValues(values, scorer.plan, kept, total, reasons(table, missing))


def _inputs(pool: Pool, number: int) -> dict[str, ScoreInputs]:
    """Return the inputs of every checkpoint on one probe, where they were kept."""
    return {model: one.inputs[number] for model, one in pool.models.items() if one.inputs}


def _with_capacity(pool: Pool, table: Table, resampled: ResampledValues | None) -> tuple[Table, ResampledValues | None]:
    layers = {model: one.context.candidate.layers for model, one in pool.models.items()}
    if resampled is not None:
        values = with_capacity(table.with_values(resampled.values), layers).values
        resampled = replace(resampled, values=values, plan=[*resampled.plan, *resampled.plan])
    return with_capacity(table, layers), resampled
