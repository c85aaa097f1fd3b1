"""The order of the models, and how sure it is."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from hubscore.calibration.prediction import Prediction
from hubscore.numerics.workspace import Floats
from hubscore.ranking.columns import Table
from hubscore.ranking.consensus import averaged, consensus, mean_rank
from hubscore.ranking.uncertainty import Spread, jackknife, of_a_mean, score_errors, simulate, spread, tie_groups
from hubscore.ranking.worlds import Outcomes, outcomes, tied


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


def order_models(
    table: Table,
    resampled: ResampledValues | None = None,
    declared: Collection[str] = (),
    *,
    expected: Prediction | None = None,
    seed: int = 0,
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
    return _with_groups(replace(order, declared=known, expected=expected, outcomes=worlds, foreseen=foreseen))


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


def _with_groups(order: Order) -> Order:
    """Put a model first that was not trained on this data, and join the models that cannot be told apart."""
    alike = _alike(order)
    sequence, mine = list(order.sequence), order.foreseen or order.judged
    first = next((i for i in sequence if i not in order.declared and i in mine), None)
    if order.declared and first is not None:
        sequence = [first, *(i for i in sequence if i != first)]
        for i in order.declared:
            alike[first, i] = alike[i, first] = False
    return replace(order, sequence=tuple(sequence), groups=tuple(tie_groups(sequence, alike)))


def _alike(order: Order) -> NDArray[np.bool_]:
    """Say which models cannot be told apart: by their outcomes, the others by their consensus."""
    alike: NDArray[np.bool_] = order.consensus[:, None] == order.consensus[None, :]
    if order.certain is not None:
        alike[np.ix_(order.judged, order.judged)] = order.certain.tied
    if order.expected is not None and order.foreseen:
        mine = list(order.foreseen)
        alike[mine, :] = alike[:, mine] = False
        alike[np.ix_(mine, mine)] = tied(order.expected.angle[mine], order.expected.sd_within[mine])
    return alike


def _spread(
    table: Table, enters: NDArray[np.bool_], agreed: Floats, resampled: ResampledValues, judged: Sequence[int]
) -> Spread:
    tables = simulate(resampled.values, table.values, resampled.plan, resampled.scale)
    simulated = np.stack([consensus(table.with_values(values), enters) for values in tables])
    return spread(agreed[list(judged)], simulated[:, list(judged)])


def _last(value: float) -> tuple[bool, float]:
    """Sort key that puts NaN behind every number."""
    return bool(np.isnan(value)), 0.0 if np.isnan(value) else float(value)
