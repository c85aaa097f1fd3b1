"""The order of the models, and how sure it is."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import compress, islice

import numpy as np
from numpy.typing import NDArray

from hubscore.calibration.prediction import Prediction
from hubscore.numerics.workspace import Floats
from hubscore.ranking.columns import Table
from hubscore.ranking.consensus import averaged, consensus, mean_rank
from hubscore.ranking.standing import standing_errors, standings, usual_noise
from hubscore.ranking.uncertainty import (
    Spread,
    error_parts,
    error_weights,
    jackknife,
    of_a_mean,
    score_errors,
    simulate,
    spread,
    tie_groups,
)
from hubscore.ranking.worlds import Outcomes, alike, outcomes

_AT_ONCE = 500_000
"""Numbers of simulated tables whose consensus is taken together."""


@dataclass(frozen=True)
class ResampledValues:
    """Values on the subsamples of one probe, or on several fresh probes.

    Attributes:
        values: shape (R, columns, models), NaN where not recomputed or undefined.
        plan: per column on how many of the first draws it was recomputed.
        kept: samples in a draw.
        n: samples in the probe that was subsampled; none for fresh probes.
        gaps: by column, why it has no value on a draw although it has one on the whole probe.
    """

    values: Floats
    plan: Sequence[int]
    kept: int
    n: int | None
    gaps: Mapping[str, str] = field(default_factory=dict)

    @property
    def scale(self) -> float:
        """What turns the spread of the draws into a standard error."""
        return of_a_mean(len(self.values)) if self.n is None else jackknife(self.kept, self.n)


@dataclass(frozen=True)
class Order:
    """Models from best to worst; arrays are in the order of ``table.models``.

    Attributes:
        table: the values.
        enters: which columns the consensus averages.
        consensus: shape (models,), NaN where no such column is defined.
        mean_rank: shape (models,).
        sequence: model numbers, best first.
        groups: tie group of each place in ``sequence``.
        certain: intervals of the consensus, none without subsamples or with a single model.
        judged: numbers of the models that ``certain`` is about.
        error: standard errors, shape (columns, models), NaN where there are none.
        width: half the 95 % intervals, the same shape.
        declared: numbers of the models that were trained on this data, by their cards; none of them comes first.
        expected: accuracies after fine-tuning; the models are in their order where there are any.
        outcomes: what worlds drawn from their errors say of the models in ``foreseen``.
        foreseen: numbers of the models that have an expected accuracy.
        fresh: values on several fresh probes, shape (probes, columns, models), none where there is one probe.
        fresh_consensus: on each of them, shape (probes, models).
    """

    table: Table
    enters: NDArray[np.bool_]
    consensus: Floats
    mean_rank: Floats
    sequence: tuple[int, ...]
    groups: tuple[int, ...]
    certain: Spread | None
    judged: tuple[int, ...]
    error: Floats
    width: Floats
    declared: frozenset[int] = frozenset()
    expected: Prediction | None = None
    outcomes: Outcomes | None = None
    foreseen: tuple[int, ...] = ()
    fresh: Floats | None = None
    fresh_consensus: Floats | None = None


def order_models(
    table: Table,
    resampled: ResampledValues | None = None,
    declared: Collection[str] = (),
    *,
    expected: Prediction | None = None,
    seed: int = 0,
    among: int = 0,
) -> Order:
    """Put the models in order of their expected accuracy, or of their consensus where there is none.

    Models without an expected accuracy stand behind those that have one, by consensus. Equals are in order of
    consensus, then of mean rank, then of name.

    Args:
        table: values on the full sample, or means over fresh probes.
        resampled: values on the draws, for the intervals of scores and consensus.
        declared: models that were trained on this data: another one comes first, and they share no place with it.
        expected: what a calibration predicts of the table's models.
        seed: of the worlds.
        among: how many models these are the best of, where others were stopped before.
    """
    enters = averaged(table)
    agreed, plain = consensus(table, enters), mean_rank(table)
    angle = np.full(len(agreed), np.nan) if expected is None else np.round(expected.angle, 12)
    judged = tuple(np.flatnonzero(~np.isnan(agreed)).tolist())
    error = width = np.full(table.values.shape, np.nan)
    certain = None
    if resampled is not None:
        error, width = score_errors(resampled.values, table.values, resampled.plan, resampled.scale)
        if len(judged) > 1:
            certain = _spread(table, enters, agreed, resampled, judged)
    order = Order(
        table, enters, agreed, plain, _sequence(table, angle, agreed, plain), (), certain, judged, error, width
    )
    known = frozenset(i for i, model in enumerate(table.models) if model in declared)
    foreseen = tuple(np.flatnonzero(~np.isnan(angle)).tolist())
    worlds = _drawn(expected, foreseen, known, seed) if expected is not None and foreseen else None
    order = replace(order, declared=known, expected=expected, outcomes=worlds, foreseen=foreseen)
    return _with_groups(_with_fresh(order, resampled), among)


def _with_fresh(order: Order, resampled: ResampledValues | None) -> Order:
    """Keep what each of several probes says, with a consensus of its own."""
    if resampled is None or resampled.n is not None:
        return order
    agreed = [consensus(order.table.with_values(values), order.enters) for values in resampled.values]
    return replace(order, fresh=resampled.values, fresh_consensus=np.stack(agreed))


def _sequence(table: Table, *worths: Floats) -> tuple[int, ...]:
    """Return model numbers, best first: by expected accuracy, then consensus, then mean rank, then name."""
    angle, agreed, plain = worths
    keys = [
        (*_last(-float(angle[i])), *_last(-float(agreed[i])), *_last(float(plain[i])), model)
        for i, model in enumerate(table.models)
    ]
    return tuple(sorted(range(len(keys)), key=keys.__getitem__))


def _drawn(expected: Prediction, foreseen: Sequence[int], declared: Collection[int], seed: int) -> Outcomes:
    """Draw worlds of the models that have an expected accuracy; those trained on this data are never the best."""
    mine = list(foreseen)
    eligible = np.array([i not in declared for i in mine])
    return outcomes(expected.angle[mine], expected.sd_within[mine], eligible, seed=seed)


def _with_groups(order: Order, among: int) -> Order:
    """Put a model first that was not trained on this data, and join the models that cannot be told apart."""
    tied = _tied(order, among)
    sequence, mine = list(order.sequence), set(order.foreseen or order.judged)
    first = next((i for i in sequence if i not in order.declared and i in mine), None)
    if order.declared and first is not None:
        sequence = [first, *(i for i in sequence if i != first)]

        def shared(one: int, other: int) -> bool:
            return not (one == first and other in order.declared) and tied(one, other)

        return replace(order, sequence=tuple(sequence), groups=tuple(tie_groups(sequence, shared)))
    return replace(order, groups=tuple(tie_groups(sequence, tied)))


def _tied(order: Order, among: int) -> Callable[[int, int], bool]:
    """Return what says which models cannot be told apart: by their outcomes, the others by their consensus."""
    judged = {model: place for place, model in enumerate(order.judged)} if order.certain is not None else {}
    foreseen = {model: place for place, model in enumerate(order.foreseen)} if order.expected is not None else {}
    by_outcome: Callable[[int, int], bool] | None = None
    if order.expected is not None and foreseen:
        mine, rows = list(order.foreseen), order.expected.sd_rows
        angle, within = order.expected.angle[mine], order.expected.sd_within[mine]
        by_outcome = alike(angle, within, None if rows is None else rows[mine], among=among)

    def tied(one: int, other: int) -> bool:
        if by_outcome is not None and (one in foreseen or other in foreseen):
            return one in foreseen and other in foreseen and by_outcome(foreseen[one], foreseen[other])
        if order.certain is not None and one in judged and other in judged:
            return order.certain.tied(judged[one], judged[other])
        return bool(order.consensus[one] == order.consensus[other])

    return tied


def _spread(
    table: Table, enters: NDArray[np.bool_], agreed: Floats, resampled: ResampledValues, judged: Sequence[int]
) -> Spread:
    draws, plan, mine = resampled.values, resampled.plan, list(judged)
    shown = np.asarray(enters)
    tables = simulate(draws[:, shown], table.values[shown], list(compress(plan, shown)), resampled.scale)
    entering = replace(table, columns=tuple(compress(table.columns, shown)), values=table.values[shown])
    every, at_once = np.ones(len(entering.columns), dtype=bool), max(1, _AT_ONCE // max(entering.values.size, 1))
    batches = iter(lambda: list(islice(tables, at_once)), [])  # a thousand tables one by one would take half a second
    simulated = np.concatenate([consensus(entering.with_values(np.stack(batch)), every) for batch in batches])
    parts = error_parts(draws, table.values, plan, resampled.scale)
    noise = usual_noise(parts)
    parts = standing_errors(table, enters, parts, noise)
    errors = error_weights(draws.shape) @ parts[:, mine]
    return spread(agreed[mine], simulated[:, mine], standings(table, enters, noise)[mine], errors)


def _last(value: float) -> tuple[bool, float]:
    """Sort key that puts NaN behind every number."""
    return bool(np.isnan(value)), 0.0 if np.isnan(value) else float(value)
