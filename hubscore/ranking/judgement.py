"""Second step of a ranking: the order, its ties, what agrees with what, and what a reader must know first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hubscore.ranking.agreement import between_scores, unlabeled, unordered, warnings, with_baselines
from hubscore.ranking.compute import ComputedScores
from hubscore.ranking.contamination import declares_this_data
from hubscore.ranking.missing import warnings as missing_warnings
from hubscore.ranking.order import Order, order_models
from hubscore.ranking.pool import Pool
from hubscore.ranking.rows import RowContext
from hubscore.ranking.saturation import SaturatedScore, saturated
from hubscore.ranking.saturation import warnings as saturation_warnings
from hubscore.types import Agreement


@dataclass(frozen=True)
class Judgement:
    """What the scores say.

    Attributes:
        order: of the models, with consensus, intervals and tie groups.
        agreement: tau-b between scores, and of the consensus with each baseline.
        saturated: by name, the scores on which several models have the best possible value.
        warnings: what a reader must know before believing the order.
    """

    order: Order
    agreement: Agreement
    saturated: Mapping[str, SaturatedScore]
    warnings: tuple[str, ...]


def judge(pool: Pool, computed: ComputedScores, contexts: Mapping[str, RowContext]) -> Judgement:
    """Put the models in order, and say how far the order can be believed.

    Args:
        pool: the checkpoints.
        computed: their scores.
        contexts: what else is known of each, by model; its baselines are compared with the order.
    """
    probe, reference = pool.probe, pool.results[0].reference
    known = {model: context.candidate for model, context in contexts.items()}
    declared = [model for model, one in known.items() if declares_this_data(one, probe.dataset, known)]
    order = order_models(computed.table, computed.resampled, declared)
    names = next(iter(contexts.values())).baselines
    taus = with_baselines(
        order.consensus, {name: [contexts[model].baselines[name] for model in order.table.models] for name in names}
    )
    full = saturated(order.table, len(probe.classes), probe.target)
    said = (
        *unlabeled(order.table, reference.model if reference else None),
        *unordered(order.table, order.consensus),
        *_trained_on_it(declared, probe.dataset, len(known)),
        *warnings(taus, len(contexts)),
        *missing_warnings(order, computed.resampled),
        *saturation_warnings(full.values()),
    )
    return Judgement(order, Agreement(between_scores(order.table), taus), full, said)


def _trained_on_it(models: Sequence[str], dataset: str, total: int) -> list[str]:
    """Say which models' cards name the data set, and what that does to the order."""
    if not models:
        return []
    names = ", ".join(sorted(models)[:3]) + (f" and {len(models) - 3} more" if len(models) > 3 else "")
    kept = "all do, so the order says nothing" if len(models) == total else "another model is put first"
    return [
        f"{names}: the card declares {dataset} as training data, so scores on it are no evidence of transfer; {kept}"
    ]
