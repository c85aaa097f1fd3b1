"""What somebody needs to judge and repeat a ranking: options, recipe, and what ran it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from hubscore.ranking.compute import ComputedScores
from hubscore.ranking.consensus import recipe
from hubscore.ranking.estimate_record import describe_estimates, ordered_by
from hubscore.ranking.judgement import Judgement
from hubscore.ranking.missing import defined_on
from hubscore.ranking.order import Order, ResampledValues
from hubscore.ranking.row_context import RowContext
from hubscore.ranking.score_inputs import CUT, LAYER
from hubscore.ranking.uncertainty import LEVEL, SIMULATED
from hubscore.types import (
    Extraction,
    Json,
    Probe,
    ProbeDescription,
    RankingOptions,
    RunRecord,
    ScoreDescription,
    Uncertainty,
)

_CONSENSUS = (
    f"The consensus is made again from {SIMULATED} tables of scores simulated with these errors and the correlations"
    " between scores and models that the draws show. Two models are tied when their standings differ by less than the"
    " reaches of both: a standing is the mean of a model's scores in units of their spread, averaged as the consensus"
    " averages percentiles, and reaches are such that of a pool of equal models no pair is told apart in 95 of 100"
    " probes, however many there are. Walking down the order, a model joins a group when it is tied with the group's"
    " first member. The interval of a rank counts the models that are surely better and surely worse. An interval is"
    " about the consensus that a probe without sampling error would give; at the ends of the scale it has one side"
    " only, and is somewhat narrow for the mean of the consensus over other probes of this size."
)

_WORLDS = " Ranks, their intervals and ties follow from the expected accuracies here, not from the consensus."


def complete_record(
    known: RunRecord,
    options: RankingOptions,
    computed: ComputedScores,
    judgement: Judgement,
    contexts: Mapping[str, RowContext],
) -> RunRecord:
    """Return the reproduction record of a ranking.

    Args:
        known: what is known of the run already: what ran it, when, and for how many images.
        options: what was asked.
        computed: the scores.
        judgement: what they say.
        contexts: by model.
    """
    order = judgement.order
    rule, words = ordered_by(judgement.estimates)
    return replace(
        known,
        ordered_by=rule,
        order_text=words,
        expected=describe_estimates(judgement.estimates),
        seeds={"ranking": options.seed or 0},
        options=options,
        recipe=recipe(order.table, order.enters),
        uncertainty=_uncertainty(order, computed.resampled),
        warnings=judgement.warnings,
        extractions={model: _extraction(context.extraction) for model, context in sorted(contexts.items())},
        milliseconds={
            column: round(sum(scores[column].milliseconds or 0.0 for scores in computed.scored.values()), 1)
            for column in next(iter(computed.scored.values()))
        },
    )


def describe_columns(
    judgement: Judgement, options: Mapping[str, Mapping[str, Any]], probe: Probe
) -> dict[str, ScoreDescription]:
    """Return what each score is, whether the consensus averages it, and for how many models it is defined.

    Args:
        judgement: of the models.
        options: that the ranking set, by score name.
        probe: whose target the range may depend on.
    """
    order = judgement.order
    defined = (order.table.values == order.table.values).sum(axis=1)
    found = {}
    for i, column in enumerate(order.table.columns):
        saturated = judgement.saturated.get(column.name)
        found[column.name] = replace(
            column.describe(options.get(column.info.name, {}), probe.target),
            averaged=bool(order.enters[i]),
            defined=int(defined[i]),
            saturated=None if saturated is None else saturated.describe(),
        )
    return found


def describe_probe(probe: Probe, *fresh: Probe) -> ProbeDescription:
    """Return what names the rows of a probe again, and those of further ones; neither labels nor items."""
    return ProbeDescription(
        dataset=probe.dataset,
        config=probe.config,
        split=probe.split,
        revision=probe.revision,
        indices=tuple(int(index) for index in probe.indices),
        classes=probe.classes,
        target=probe.target,
        fingerprint=probe.fingerprint,
        seed=probe.seed,
        dropped=probe.dropped,
        notes=probe.notes,
        population=probe.population,
        image_column=probe.input_column,
        label_column=probe.label_column,
        label_source=probe.label_source,
        bytes_read=probe.bytes_read,
        modality=probe.modality,
        samples=len(probe),
        labelled=probe.labels is not None,
        fresh=tuple(
            {"seed": other.seed, "fingerprint": other.fingerprint, "indices": list(other.indices)} for other in fresh
        ),
    )


def _uncertainty(order: Order, resampled: ResampledValues | None) -> Uncertainty:
    if resampled is None:
        alone = "; only equal models are tied" if order.expected is None else ""
        return Uncertainty(
            text=f"No intervals of scores and consensus were asked for, or nothing could be left out{alone}."
        )
    names = [column.name for column in order.table.columns]
    after = _CONSENSUS + ("" if order.expected is None else _WORLDS)
    count = len(resampled.values)
    if resampled.n is None:
        return Uncertainty(
            subsamples=0,
            probes=count,
            samples=resampled.kept,
            level=LEVEL,
            text=(
                f"{count} fresh probes drawn with different seeds, {count} extractions of every model: each score is"
                " the mean over the probes, its standard error their deviation over the square root of their number,"
                " with 95 % t intervals. Probes of one split may share rows, so the intervals are too narrow where the"
                " probes together are a large part of it. " + after
            ),
        )
    return Uncertainty(
        subsamples=count,
        samples_kept=resampled.kept,
        samples=resampled.n,
        level=LEVEL,
        recomputed=dict(zip(names, resampled.plan, strict=True)),
        defined=dict(zip(names, defined_on(order.table.values, resampled).min(axis=1).tolist(), strict=True)),
        text=(
            f"{count} stratified subsamples of {resampled.kept} of {resampled.n} samples without replacement, the same"
            " for every model; standard error of a score with the delete-d jackknife factor sqrt(m/(n-m)), 95 % t"
            " intervals round the full-sample value. "
            + after
            + " Scores that were recomputed on no subsample, or that a model lacks on one of them (defined on fewer"
            " than were recomputed), stay as they are, which makes the intervals of the consensus too narrow by their"
            " share."
        ),
    )


def _extraction(extraction: Extraction) -> Json:
    values = replace(extraction, features={}, logits=None, attributions=None, layer_kernel=None).to_json()
    kept = {
        key: values[key]
        for key in ("key", "revision", "transform", "input_size", "dtype", "device", "seconds", "versions", "layers")
    }
    return kept | {key: values["notes"][key] for key in (CUT, LAYER, "layer_kernel") if key in values["notes"]}
