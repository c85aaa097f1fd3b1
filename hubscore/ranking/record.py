"""What somebody needs to judge and repeat a ranking: options, recipe, and what ran it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from hubscore.ranking.consensus import recipe
from hubscore.ranking.missing import defined_on
from hubscore.ranking.order import Order, Resampled
from hubscore.ranking.rows import RowContext
from hubscore.ranking.saturation import Saturated
from hubscore.ranking.scoring import Scored
from hubscore.ranking.uncertainty import LEVEL, SIMULATED
from hubscore.run.environment import environment
from hubscore.types import Extraction, Json, Probe

_CONSENSUS = (
    f"The consensus is made again from {SIMULATED} tables of scores simulated with these errors and the correlations"
    " between scores and models that the draws show. Two models are tied when the 95 % interval of the difference of"
    " their consensus, taken pair by pair, contains 0; walking down the order, a model joins a group when it is tied"
    " with the group's first member. The interval of a rank counts the models that are surely better and surely worse."
    " An interval is about the consensus that a probe without sampling error would give; at the ends of the scale it"
    " has one side only, and is somewhat narrow for the mean of the consensus over other probes of this size."
)


@dataclass(frozen=True)
class Request:
    """What was asked of a ranking."""

    scores: str | tuple[str, ...]
    reduce: int | None
    capacity: bool
    subsamples: int
    probes: int
    seed: int
    resample: tuple[str, ...]
    label_texts: tuple[tuple[int, ...], ...] | None = None
    """Shapes of the class-text embeddings, where they are given."""


def make_record(
    request: Request,
    order: Order,
    scored: Scored,
    facts: Mapping[str, RowContext],
    resampled: Resampled | None,
    warnings: Sequence[str],
) -> Json:
    """Return the reproduction record of a ranking; the caller adds what it knows of its own part."""
    asked = asdict(request)
    return {
        **environment(),
        "seeds": {"ranking": request.seed},
        "options": {key: _listed(value) for key, value in asked.items()},
        "recipe": recipe(order.table, order.enters),
        "uncertainty": _uncertainty(order, resampled),
        "warnings": list(warnings),
        "extractions": {model: _extraction(fact.extraction) for model, fact in sorted(facts.items())},
        "milliseconds": {
            column: round(sum(scores[column].milliseconds or 0.0 for scores in scored.values()), 1)
            for column in next(iter(scored.values()))
        },
    }


def _listed(value: Any) -> Any:
    """Turn tuples into the lists that a saved ranking has when it comes back."""
    return [_listed(item) for item in value] if isinstance(value, tuple) else value


def describe_columns(
    order: Order, options: Mapping[str, Mapping[str, Any]], probe: Probe, full: Mapping[str, Saturated]
) -> Json:
    """Return what each score is, whether the consensus averages it, and for how many models it is defined.

    Args:
        order: of the models.
        options: that the ranking set, by score name.
        probe: whose target the range may depend on.
        full: columns that have reached the end of their range for several models.
    """
    defined = (order.table.values == order.table.values).sum(axis=1)
    return {
        column.name: {
            **column.describe(options.get(column.info.name, {}), probe.target),
            **{"averaged": bool(order.enters[i]), "defined": int(defined[i])},
            **({"saturated": full[column.name].to_json()} if column.name in full else {}),
        }
        for i, column in enumerate(order.table.columns)
    }


def describe_probe(probe: Probe, *fresh: Probe) -> Json:
    """Return what names the rows of a probe again, and those of further ones; neither labels nor images."""
    facts = replace(probe, labels=None).to_json()
    del facts["labels"]
    others = {
        "fresh": [
            {key: getattr(other, key) for key in ("seed", "fingerprint")} | {"indices": list(other.indices)}
            for other in fresh
        ]
    }
    return facts | {"samples": len(probe), "labelled": probe.labels is not None} | (others if fresh else {})


def _uncertainty(order: Order, resampled: Resampled | None) -> Json:
    if resampled is None:
        return {
            "subsamples": 0,
            "text": "No intervals were asked for, or nothing could be left out; only equal models are tied.",
        }
    names = [column.name for column in order.table.columns]
    count = len(resampled.values)
    if resampled.n is None:
        return {
            "subsamples": 0,
            "probes": count,
            "samples": resampled.kept,
            "level": LEVEL,
            "text": (
                f"{count} fresh probes drawn with different seeds, {count} extractions of every model: each score is"
                " the mean over the probes, its standard error their deviation over the square root of their number,"
                " with 95 % t intervals. Probes of one split may share rows, so the intervals are too narrow where the"
                " probes together are a large part of it. " + _CONSENSUS
            ),
        }
    return {
        "subsamples": count,
        "samples_kept": resampled.kept,
        "samples": resampled.n,
        "level": LEVEL,
        "recomputed": dict(zip(names, resampled.plan, strict=True)),
        "defined": dict(zip(names, defined_on(order.table.values, resampled).min(axis=1).tolist(), strict=True)),
        "text": (
            f"{count} stratified subsamples of {resampled.kept} of {resampled.n} samples without replacement, the same"
            " for every model; standard error of a score with the delete-d jackknife factor sqrt(m/(n-m)), 95 % t"
            " intervals round the full-sample value. "
            + _CONSENSUS
            + " Scores that were recomputed on no subsample, or that a model lacks on one of them (defined on fewer"
            " than were recomputed), stay as they are, which makes the intervals of the consensus too narrow by their"
            " share."
        ),
    }


def _extraction(extraction: Extraction) -> Json:
    facts = replace(extraction, features={}, logits=None, attributions=None).to_json()
    return {
        key: facts[key]
        for key in ("key", "revision", "transform", "input_size", "dtype", "device", "seconds", "versions", "layers")
    }
