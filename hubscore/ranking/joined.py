"""Rankings of parts of the candidates, over the same rows, put together as one."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import Any, get_args

import numpy as np

from hubscore.calibration.calibration import Calibration
from hubscore.calibration.evidence import SCORES as EVIDENCE
from hubscore.calibration.prediction import NoPrediction
from hubscore.errors import UsageError
from hubscore.ranking.agreement import between_scores, warnings, with_baselines
from hubscore.ranking.cautions import cautions
from hubscore.ranking.columns import FAMILIES, Column, Table, choose, unlabeled_families
from hubscore.ranking.consensus import recipe
from hubscore.ranking.estimate_record import describe_estimates, ordered_by
from hubscore.ranking.expected import Estimates, expect, notes_of
from hubscore.ranking.judgement import trained_on_it
from hubscore.ranking.order import Order, order_models
from hubscore.ranking.rows import with_estimate
from hubscore.ranking.saturation import SaturatedScore, saturated
from hubscore.ranking.saturation import warnings as saturation_warnings
from hubscore.scores.info import SCORES
from hubscore.types import (
    Agreement,
    Ranking,
    Row,
    RunRecord,
    ScoreDescription,
    Skipped,
    Target,
    Uncertainty,
)

_POOL = "it compares all networks with each other, and these were ranked in parts"
_OF_OTHERS: dict[str, Any] = {
    "consensus_ci": None,
    "rank_ci": None,
    "expected": None,
    "expected_ci": None,
    "expected_sd": None,
    "p_best": None,
    "shortlist": False,
    "history": None,
}
_TEXT = (
    "Put together from {count} rankings of parts of the candidates over the same rows. Scores are those of the"
    " parts; expected accuracies, consensus, order, ties, P(best) and the shortlist were made anew over all. Scores"
    " that compare networks with each other are undefined, and the consensus has no intervals."
)


def join_rankings(
    parts: Sequence[Ranking], *, skipped: Sequence[Skipped] = (), seed: int = 0, calibration: Calibration | None = None
) -> Ranking:
    """Put rankings of different models on the same probe together.

    What is known of one model stays as its part has it; what compares models is made anew over all of them. Only
    scores that compare networks with each other (``ncti``, ``etran``, what adds capacity) cannot be: they are
    undefined, with that reason. Where two parts have a model, the first one counts.

    Args:
        parts: at least one; made with the same options by the same version.
        skipped: what no part has.
        seed: of the worlds.
        calibration: what turns the kernel probes into expected accuracies, over all models at once; the one of the
            package by default.

    Raises:
        UsageError: they are about different rows, or were not made alike.

    Example:
        >>> whole = join_rankings([Ranking.load("a.json"), Ranking.load("b.json")])  # doctest: +SKIP
    """
    first = _alike(parts)
    if len(parts) == 1:
        return replace(first, skipped=(*first.skipped, *skipped))
    known = {row.model: row for part in reversed(parts) for row in part.rows}
    rows = [_plain(known[model], parts) for model in sorted(known)]
    table, record = _table(rows, first), _record(parts)
    estimates = expect(table, *_seen(first, record, rows), calibration or Calibration.default())
    foreseen = estimates.prediction if isinstance(estimates, Estimates) else None
    declared = [row.model for row in rows if row.declares_this_data]
    order = order_models(table, None, declared, expected=foreseen, seed=seed)
    agreement, full = _agreement(order, rows), saturated(table, len(first.probe.classes), _target(first))
    said = (
        _TEXT.format(count=len(parts)),
        *trained_on_it(declared, first.probe.dataset or "this data", len(rows)),
        *warnings(agreement.with_baselines, len(rows)),
        *saturation_warnings(
            (one for name, one in full.items() if foreseen is None or name not in EVIDENCE), whole=first.probe.is_whole
        ),
        *cautions(table, first.probe.size or 0, _classes(first), whole=first.probe.is_whole),
    )
    rule, words = ordered_by(estimates)
    told = replace(record, ordered_by=rule, order_text=words, expected=describe_estimates(estimates), warnings=said)
    return replace(
        first,
        rows=_ordered(rows, order, estimates),
        skipped=_skipped(parts, skipped, known),
        agreement=agreement,
        scores=_described(first, order, full),
        record=replace(told, recipe=recipe(table, order.enters)),
    )


def _classes(ranking: Ranking) -> int:
    return len(ranking.probe.classes) if _target(ranking) == "classification" else 0


def _alike(parts: Sequence[Ranking]) -> Ranking:
    """Return the first, after checking that the others can stand beside it."""
    if not parts:
        raise UsageError("There is no ranking to put together", "none was given", "give at least one")
    first = parts[0]
    for part in parts[1:]:
        ours, theirs = first.probe, part.probe
        if not ours.fingerprint or ours.fingerprint != theirs.fingerprint:
            why = f"their rows differ ({ours.dataset}, {theirs.dataset})"
        elif first.record.options != part.record.options or first.record.transform != part.record.transform:
            why = "they were made with different options"
        elif first.record.versions.get("hubscore") != part.record.versions.get("hubscore"):
            why = "they were made by different versions of hubscore"
        else:
            continue
        raise UsageError("The rankings cannot be put together", why, "rank all candidates with the same command")
    return first


def _plain(row: Row, parts: Sequence[Ranking]) -> Row:
    """Take off what a row says of the other models of its part."""
    pool = {name for part in parts for name, about in part.scores.items() if about.pool}
    mine = {name: value for name, value in row.scores.items() if name not in pool}
    lost = dict.fromkeys((name for name in row.scores if name in pool), _POOL)
    fresh = {name: values for name, values in row.probe_scores.items() if name in mine}
    return replace(row, scores=mine, undefined={**row.undefined, **lost}, probe_scores=fresh, **_OF_OTHERS)


def _table(rows: Sequence[Row], first: Ranking) -> Table:
    """Return the values of the columns that a part has and this version knows."""
    columns: list[Column] = []
    for name, about in first.scores.items():
        if not about.pool and name.partition("@")[0] in SCORES.names():
            columns += [one for one in choose([name]) if one.name == name]
    values = [[row.scores.get(column.name, math.nan) for row in rows] for column in columns]
    families = FAMILIES if first.probe.labelled is not False else unlabeled_families(columns)
    table = np.array(values, dtype=np.float64).reshape(len(columns), len(rows))
    return Table(tuple(row.model for row in rows), tuple(columns), table, families)


def _seen(first: Ranking, record: RunRecord, rows: Sequence[Row]) -> tuple[Any, Any, Any]:
    """Return what the estimate reads of probe, extractions and reasons, as the records have it."""
    probe, extractions = first.probe, record.extractions
    labels = np.arange(max(len(probe.classes), probe.n_classes or 0)) if probe.labelled is not False else None
    seen = _Seen(_target(first), labels, probe.size, probe.modality)
    sizes = {row.model: SimpleNamespace(input_size=extractions.get(row.model, {}).get("input_size")) for row in rows}
    return seen, sizes, {row.model: row.undefined for row in rows}


@dataclass(frozen=True)
class _Seen:
    """Of a probe, what an estimate reads."""

    target: Target | None
    labels: np.ndarray | None
    size: int
    modality: str

    def __len__(self) -> int:
        return self.size


def _ordered(rows: Sequence[Row], order: Order, estimates: Estimates | NoPrediction) -> tuple[Row, ...]:
    """Return the rows in their order, with what it says of them."""
    starts, placed = dict[int, int](), list[Row]()
    for place, (number, group) in enumerate(zip(order.sequence, order.groups, strict=True), start=1):
        row = replace(
            rows[number],
            rank=starts.setdefault(group, place),
            tie_group=group,
            consensus=_number(order.consensus[number]),
            mean_rank=_number(order.mean_rank[number]),
            notes=notes_of(rows[number].model, estimates, declared=number in order.declared),
        )
        placed.append(with_estimate(row, order, number))
    return tuple(placed)


def _described(first: Ranking, order: Order, full: Mapping[str, SaturatedScore]) -> dict[str, ScoreDescription]:
    table = order.table
    return {
        column.name: replace(
            first.scores[column.name],
            averaged=bool(order.enters[i]),
            defined=int((~np.isnan(table.values[i])).sum()),
            saturated=full[column.name].describe() if column.name in full else None,
        )
        for i, column in enumerate(table.columns)
    }


def _agreement(order: Order, rows: Sequence[Row]) -> Agreement:
    baselines = {name: [row.baselines.get(name) for row in rows] for name in rows[0].baselines}
    return Agreement(
        between_scores(order.table),
        with_baselines(order.consensus, baselines),
        None if order.expected is None else with_baselines(order.expected.angle, baselines),
    )


def _target(ranking: Ranking) -> Target | None:
    return next((kind for kind in get_args(Target) if kind == ranking.probe.target), None)


def _skipped(parts: Sequence[Ranking], more: Sequence[Skipped], known: dict[str, Row]) -> tuple[Skipped, ...]:
    found = {one.model: one for one in (*more, *(item for part in reversed(parts) for item in part.skipped))}
    return tuple(one for model, one in found.items() if model not in known)


def _record(parts: Sequence[Ranking]) -> RunRecord:
    """Return what the parts' records say together."""
    records = [part.record for part in parts]
    costs = [record.milliseconds for record in records]
    left_out: dict[str, list[str]] = {}
    for reason, names in (item for record in records for item in record.left_out.items()):
        known = left_out.setdefault(reason, [])
        known += [name for name in names if name not in known]
    return replace(
        records[0],
        extractions={model: told for record in records for model, told in record.extractions.items()},
        milliseconds={name: round(sum(cost.get(name, 0.0) for cost in costs), 1) for name in costs[0]},
        forward_images=sum(record.forward_images or 0 for record in records),
        left_out=left_out,
        uncertainty=Uncertainty(text="The parts' intervals of the consensus are about fewer models, and left out."),
    )


def _number(value: float) -> float | None:
    return None if math.isnan(value) else float(value)
