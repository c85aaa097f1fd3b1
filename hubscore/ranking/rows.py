"""The rows of a ranking, from the order and everything known about each checkpoint."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from hubscore.calibration.prediction import NoPrediction
from hubscore.ranking.best_layer import layer_note
from hubscore.ranking.capacity import NO_LAYERS, SAME_EVERYWHERE
from hubscore.ranking.columns import Column
from hubscore.ranking.contamination import same_classes
from hubscore.ranking.expected import Estimates, notes_of
from hubscore.ranking.order import Order
from hubscore.ranking.row_context import RowContext
from hubscore.ranking.scoring import Scored
from hubscore.types import Extraction, Probe, Row


def make_rows(
    order: Order,
    scored: Scored,
    contexts: Mapping[str, RowContext],
    probe: Probe,
    estimates: Estimates | NoPrediction | None = None,
) -> tuple[Row, ...]:
    """Return one row per model, best first.

    Args:
        order: of the models.
        scored: scores and reasons, for the columns that were computed.
        contexts: by model.
        probe: whose classes and target the declared ranges depend on.
        estimates: behind the order, none where it is by consensus.
    """
    starts, rows = dict[int, int](), []
    for place, (number, group) in enumerate(zip(order.sequence, order.groups, strict=True), start=1):
        rank, model = starts.setdefault(group, place), order.table.models[number]
        row = _row(order, number, rank, group, scored, contexts[model], probe)
        told = notes_of(model, estimates, declared=number in order.declared)
        row = replace(row, notes=(*told, *layer_note(contexts[model].extraction)))
        rows.append(with_estimate(row, order, number))
    return tuple(rows)


def with_estimate(row: Row, order: Order, number: int) -> Row:
    """Return a row with its expected accuracy and what worlds say of it; its rank is then one by fine-tuning."""
    prediction, worlds = order.expected, order.outcomes
    if prediction is None or worlds is None:
        return row
    if number not in order.foreseen:
        return replace(row, rank_ci=None)
    place = order.foreseen.index(number)
    best, worst = (int(bound) for bound in worlds.rank_ci[place])
    return replace(
        row,
        expected=float(prediction.expected[number]),
        expected_ci=(float(prediction.low[number]), float(prediction.high[number])),
        expected_sd=float(prediction.sd_within[number]),
        p_best=None if number in order.declared else float(worlds.p_best[place]),
        shortlist=bool(worlds.shortlist[place]),
        # A model shares the rank of its group's first member, which the worlds may not give it.
        rank_ci=(min(best, row.rank), max(worst, row.rank)),
    )


def _row(order: Order, number: int, rank: int, group: int, scored: Scored, context: RowContext, probe: Probe) -> Row:
    candidate, model = context.candidate, order.table.models[number]
    consensus_ci, rank_ci = _intervals(order, number, rank)
    values = {column.name: float(order.table.values[i, number]) for i, column in enumerate(order.table.columns)}
    return Row(
        rank=rank,
        model=model,
        revision=candidate.revision,
        library=candidate.library,
        parameters=candidate.parameters,
        license=candidate.license,
        scores={name: value for name, value in values.items() if not math.isnan(value)},
        undefined={
            **{
                column.name: _reason(column, scored[model], context)
                for column in order.table.columns
                if math.isnan(values[column.name])
            },
            **context.unknown,
        },
        consensus=_number(order.consensus[number]),
        consensus_ci=consensus_ci,
        rank_ci=rank_ci,
        tie_group=group,
        mean_rank=_number(order.mean_rank[number]),
        score_sd=_errors(order, number),
        score_ci=_score_intervals(order, number, probe),
        baselines=dict(context.baselines),
        layers=candidate.layers,
        bytes=candidate.bytes,
        family=candidate.family,
        seconds=_seconds(context.extraction),
        rows=len(probe),
        declares_this_data=number in order.declared,
        same_classes=same_classes(candidate.label_names, probe.classes),
        probe_scores=_on_probes(order, number),
    )


def _on_probes(order: Order, number: int) -> dict[str, tuple[float | None, ...]]:
    """Return what each of several fresh probes says of a model."""
    if order.fresh is None or order.fresh_consensus is None:
        return {}
    named = {column.name: order.fresh[:, i, number] for i, column in enumerate(order.table.columns)}
    every = {"consensus": order.fresh_consensus[:, number], **named}
    return {
        name: tuple(_number(float(value)) for value in values)
        for name, values in every.items()
        if not np.isnan(values).all()
    }


def _seconds(extraction: Extraction) -> float | None:
    """Wall time of an extraction: its total where it says so, else what its stages add up to."""
    stages = extraction.seconds
    return round(stages.get("total", sum(stages.values())), 3) if stages else None


def _intervals(order: Order, number: int, rank: int) -> tuple[tuple[float, float] | None, tuple[float, float] | None]:
    if order.certain is None or number not in order.judged:
        return None, None
    place = order.judged.index(number)
    low, high = (float(bound) for bound in order.certain.consensus_ci[place])
    best, worst = (int(bound) for bound in order.certain.rank_ci[place])
    # A model that shares the rank of its group's first member may itself be surely behind another one of the group.
    return (low, high), (min(best, rank), max(worst, rank))


def _errors(order: Order, number: int) -> dict[str, float]:
    return {
        column.name: float(error)
        for column, error in zip(order.table.columns, order.error[:, number], strict=True)
        if not math.isnan(error)
    }


def _score_intervals(order: Order, number: int, probe: Probe) -> dict[str, tuple[float, float]]:
    found = {}
    for i, column in enumerate(order.table.columns):
        value, width = order.table.values[i, number], order.width[i, number]
        if not np.isnan(width):
            low, high = column.bounds(len(probe.classes), probe.target)
            found[column.name] = (
                float(max(value - width, min(low, value))),
                float(min(value + width, max(high, value))),
            )
    return found


def _reason(column: Column, scores: Mapping[str, object], context: RowContext) -> str:
    score = scores.get(column.base or column.name)
    reason = getattr(score, "reason", None)
    if reason:
        return str(reason)
    return SAME_EVERYWHERE if context.candidate.layers else NO_LAYERS


def _number(value: float) -> float | None:
    return None if math.isnan(value) else float(value)
