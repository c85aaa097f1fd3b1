"""The one number that a card gets of a model: what orders the ranking, never without what it means."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from hubscore.calibration.shipped import BRIEF, RECIPE, is_shipped
from hubscore.modalities.registry import items_of
from hubscore.publish.cards.entry import CardEntry
from hubscore.report.cells import percent
from hubscore.text import clean
from hubscore.types import ExpectedAccuracies, Json

TASK = "Transferability estimate (hubscore)"
TASK_TYPE = "transferability-estimate"
"""No pipeline tag: the Hub's client merges results of one task, data set, configuration, split and revision, so that an
author's accuracy on the same data would get our source, or our estimate theirs.
"""
EXPECTED = "hubscore_expected_accuracy"
CONSENSUS = "hubscore_consensus_percentile"


@dataclass(frozen=True)
class Estimate:
    """What orders the ranking, of one model.

    Attributes:
        kind: ``type`` of the metric.
        name: what it is, of what recipe, from how many rows; says that it is an estimate.
        value: with its interval, and with the place in the pool; text, so that no table can sort it among accuracies.
        args: the same for programs.
    """

    kind: str
    name: str
    value: str
    args: Json


def estimate_of(entry: CardEntry) -> Estimate | None:
    """Return what a card is told of a model; none where it has neither an expected accuracy nor a consensus."""
    if entry.by_accuracy:
        return _expected(entry)
    if entry.percentile is None:
        return None
    name = f"Consensus percentile of transferability scores ({_caution(entry, ', not an accuracy')})"
    # Where expected accuracies order the others, a model without one comes last, which says nothing of its consensus.
    ordered = entry.ranking.record.ordered_by == CONSENSUS or all(row.expected is None for row in entry.ranking.rows)
    rank, interval = (entry.row.rank, entry.row.rank_ci) if ordered else (entry.consensus_rank, None)
    value = f"percentile {entry.percentile:.1f}, {_place(entry, rank, interval)}"
    return Estimate(CONSENSUS, name, value, {"percentile": entry.percentile, **_args(entry, rank, interval)})


def make_result(entry: CardEntry) -> Json:
    """Return the entry of ``model-index`` for one model; without metrics where there is nothing to say."""
    probe = entry.ranking.probe
    told = estimate_of(entry)
    dataset = {"type": entry.dataset, "name": _dataset_name(entry)}
    dataset |= {key: clean(value) for key, value in (("config", probe.config), ("split", probe.split)) if value}
    metrics = [] if told is None else [{"type": told.kind, "name": told.name, "value": told.value, "args": told.args}]
    return {
        "task": {"type": TASK_TYPE, "name": TASK},
        "dataset": {**dataset, "revision": entry.revision},
        "metrics": metrics,
        "source": {"name": "hubscore", "url": entry.url},
    }


def rows_looked_at(entry: CardEntry) -> str:
    """Say over how many rows of the data the estimate was made; empty where a file does not say."""
    return "" if entry.samples is None else f"{entry.samples:,} {items_of(entry.ranking.probe.modality)}"


def _expected(entry: CardEntry) -> Estimate:
    row, known = entry.row, entry.ranking.record.expected
    recipe = _recipe(known)
    level = known.level if known is not None and known.level is not None else 0.9
    args: dict[str, Any] = {"expected": _short(row.expected)}
    told = percent(row.expected or 0.0)
    if row.expected_ci is not None:
        low, high = row.expected_ci
        told += f" ({100 * level:.0f} % interval {100 * low:.0f} to {100 * high:.0f} %)"
        args |= {"low": _short(low), "high": _short(high)}
    fitted = known.calibration.get("modality") if known is not None else None
    other = fitted is not None and fitted != entry.ranking.probe.modality
    calibrated = f", calibrated on {clean(str(fitted))} data" if other else ""
    caution = f"{calibrated}, not measured"
    if row.combined is not None and row.measured is not None:  # these two together order the first models
        one = row.measured
        told = f"{percent(row.combined)} from {told} expected and {percent(one.accuracy)} measured on {one.images}"
        caution = f"{calibrated} and a short fine-tuning on {one.train_images}"
        args |= {"combined": _short(row.combined), "measured": _short(one.accuracy)}
    name = f"Expected accuracy {recipe} ({_caution(entry, caution)})"
    value = f"{told}, {_place(entry, row.rank, row.rank_ci)}"
    return Estimate(EXPECTED, name, value, {**args, **_args(entry, row.rank, row.rank_ci)})


def _recipe(known: ExpectedAccuracies | None) -> str:
    """Return what fine-tuning the accuracies are of, for those who have a card and no page of hubscore's."""
    if known is not None and is_shipped(known.calibration) and known.truth == known.calibration["provenance"]["truth"]:
        return f"{BRIEF}, {RECIPE}"
    return clean(known.truth if known is not None else "") or "after fine-tuning"


def _caution(entry: CardEntry, told: str) -> str:
    rows = rows_looked_at(entry)
    declared = "; its card names this data as training data" if entry.row.declares_this_data else ""
    return f"transferability estimate{f' from {rows}' if rows else ''}{told}{declared}"


def _place(entry: CardEntry, rank: int | None, interval: tuple[float, float] | None) -> str:
    between = f" ({interval[0]:.0f} to {interval[1]:.0f})" if interval is not None else ""
    return f"rank {rank} of {entry.candidates} candidates{between}"


def _args(entry: CardEntry, rank: int | None, interval: tuple[float, float] | None) -> Json:
    told: dict[str, Any] = {"rank": rank}
    if interval is not None:
        told |= {"rank_low": _short(interval[0]), "rank_high": _short(interval[1])}
    told |= {"candidates": entry.candidates, "samples": entry.samples}
    told |= {"declares_this_data": True} if entry.row.declares_this_data else {}
    return {key: value for key, value in told.items() if value is not None}


def _short(value: float | None) -> float | None:
    return value if value is None or isinstance(value, int) else float(f"{value:.4g}")


def _dataset_name(entry: CardEntry) -> str:
    rows = rows_looked_at(entry)
    split = clean(entry.ranking.probe.split or "")
    told = ", ".join(part for part in (split, f"{rows} looked at" if rows else "") if part)
    return f"{entry.dataset} ({told})" if told else entry.dataset
