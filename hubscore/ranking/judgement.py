"""Second step of a ranking: the order, its ties, what agrees with what, and what a reader must know first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from hubscore.calibration.calibration import Calibration
from hubscore.calibration.evidence import SCORES
from hubscore.calibration.prediction import NoPrediction
from hubscore.ranking.agreement import between_scores, unlabeled, unordered, warnings, with_baselines
from hubscore.ranking.cautions import cautions
from hubscore.ranking.compute import ComputedScores
from hubscore.ranking.contamination import declares_this_data, hub_name
from hubscore.ranking.estimate_warnings import warnings as estimate_warnings
from hubscore.ranking.expected import Estimates, expect
from hubscore.ranking.missing import warnings as missing_warnings
from hubscore.ranking.order import Order, order_models
from hubscore.ranking.pool import Pool
from hubscore.ranking.row_context import RowContext
from hubscore.ranking.saturation import SaturatedScore, saturated
from hubscore.ranking.saturation import warnings as saturation_warnings
from hubscore.types import Agreement, Probe


@dataclass(frozen=True)
class Judgement:
    """What the scores say.

    Attributes:
        order: of the models, with consensus, intervals and tie groups.
        agreement: tau-b between scores, and of the consensus and the expected accuracies with each baseline.
        saturated: by name, the scores on which several models have the best possible value.
        warnings: what a reader must know before believing the order.
        estimates: behind the order; or why it is by consensus.
    """

    order: Order
    agreement: Agreement
    saturated: Mapping[str, SaturatedScore]
    warnings: tuple[str, ...]
    estimates: Estimates | NoPrediction


def judge(
    pool: Pool,
    computed: ComputedScores,
    *,
    calibration: Calibration | None = None,
    seed: int = 0,
    among: int = 0,
) -> Judgement:
    """Put the models in order, and say how far the order can be believed.

    Args:
        pool: the checkpoints.
        computed: their scores.
        calibration: what turns the kernel probes into expected accuracies; the one of the package by default.
        seed: of the worlds.
        among: how many checkpoints these are the best of, where others were stopped before.
    """
    probe, reference, contexts = pool.probe, pool.results[0].reference, pool.contexts
    known = {model: context.candidate for model, context in contexts.items()}
    declared = [model for model, one in known.items() if declares_this_data(one, hub_name(probe), known)]
    estimates = _estimates(pool, computed, contexts, calibration or Calibration.default())
    foreseen = estimates.prediction if isinstance(estimates, Estimates) else None
    order = order_models(computed.table, computed.resampled, declared, expected=foreseen, seed=seed, among=among)
    agreement = _agreement(order, contexts)
    full = saturated(order.table, len(probe.classes), probe.target)
    told = [one for name, one in full.items() if foreseen is None or name not in SCORES]
    said = (
        *unlabeled(order.table, reference.model if reference else None),
        *(unordered(order.table, order.consensus) if foreseen is None else ()),
        *trained_on_it(declared, probe.dataset, len(known)),
        *_said_of(estimates, order, pool),
        *warnings(agreement.with_baselines, len(contexts)),
        *missing_warnings(order, computed.resampled, whole=probe.is_whole),
        *saturation_warnings(told, whole=probe.is_whole),
        *cautions(order.table, len(probe), _classes(probe), whole=probe.is_whole),
    )
    return Judgement(order, agreement, full, said, estimates)


def _classes(probe: Probe) -> int:
    return 0 if probe.labels is None or probe.target != "classification" else len(np.unique(probe.labels))


def _estimates(
    pool: Pool, computed: ComputedScores, contexts: Mapping[str, RowContext], calibration: Calibration
) -> Estimates | NoPrediction:
    reasons = {
        model: {name: score.reason for name, score in scores.items() if score.reason is not None}
        for model, scores in computed.scored.items()
    }
    extractions = {model: context.extraction for model, context in contexts.items()}
    return expect(computed.table, pool.probe, extractions, reasons, calibration)


def _agreement(order: Order, contexts: Mapping[str, RowContext]) -> Agreement:
    """Return tau-b between scores, and of consensus and expected accuracies with what costs nothing to know."""
    names = next(iter(contexts.values())).baselines
    baselines = {name: [contexts[model].baselines[name] for model in order.table.models] for name in names}
    return Agreement(
        between_scores(order.table),
        with_baselines(order.consensus, baselines),
        None if order.expected is None else with_baselines(order.expected.angle, baselines),
    )


def _said_of(estimates: Estimates | NoPrediction, order: Order, pool: Pool) -> list[str]:
    labels, there = pool.probe.labels, pool.probe.class_rows
    if isinstance(estimates, NoPrediction) or labels is None:
        return []
    return estimate_warnings(estimates, order, labels, [one.numbers.looks for one in pool.models.values()], there)


def trained_on_it(models: Sequence[str], dataset: str, total: int) -> list[str]:
    """Say which models' cards name the data set, and what that does to the order."""
    if not models:
        return []
    names = ", ".join(sorted(models)[:3]) + (f" and {len(models) - 3} more" if len(models) > 3 else "")
    kept = "all do, so the order says nothing" if len(models) == total else "another model is put first"
    return [
        f"{names}: the card declares {dataset} as training data, so scores on it are no evidence of transfer; {kept}"
    ]
