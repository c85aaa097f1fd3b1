"""The order of the models, and how sure it is."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from hubscore.numerics.workspace import Floats
from hubscore.ranking.columns import Table
from hubscore.ranking.consensus import averaged, consensus, mean_rank
from hubscore.ranking.uncertainty import Spread, jackknife, of_a_mean, score_errors, simulate, spread, tie_groups


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
        certain: intervals, none without subsamples or with a single model.
        judged: numbers of the models that ``certain`` is about.
        error: standard errors, shape (columns, models), NaN where there are none.
        width: half the 95 % intervals, the same shape.
        declared: numbers of the models that were trained on this data, by their cards; none of them comes first.
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


def order_models(table: Table, resampled: ResampledValues | None = None, declared: Collection[str] = ()) -> Order:
    """Put the models in order of their consensus; equals in order of mean rank, then of name.

    Args:
        table: values on the full sample, or means over fresh probes.
        resampled: values on the draws, for the intervals; without them only equal models are tied.
        declared: models that were trained on this data: another one comes first, and they share no place with it.
    """
    enters = averaged(table)
    agreed, plain = consensus(table, enters), mean_rank(table)
    sequence = sorted(
        range(len(table.models)), key=lambda i: (*_last(-float(agreed[i])), *_last(float(plain[i])), table.models[i])
    )
    judged = tuple(i for i in range(len(table.models)) if not np.isnan(agreed[i]))
    error = width = np.full(table.values.shape, np.nan)
    certain = None
    if resampled is not None:
        error, width = score_errors(resampled.values, table.values, resampled.plan, resampled.scale)
        if len(judged) > 1:
            certain = _spread(table, enters, agreed, resampled, judged)
    tied = agreed[:, None] == agreed[None, :]
    if certain is not None:
        tied[np.ix_(judged, judged)] = certain.tied
    known = frozenset(i for i, model in enumerate(table.models) if model in declared)
    first = next((i for i in sequence if i not in known and i in judged), None)
    if known and first is not None:
        sequence = [first, *(i for i in sequence if i != first)]
        for i in known:
            tied[first, i] = tied[i, first] = False
    groups = tuple(tie_groups(sequence, tied))
    return Order(table, enters, agreed, plain, tuple(sequence), groups, certain, judged, error, width, known)


def _spread(
    table: Table, enters: NDArray[np.bool_], agreed: Floats, resampled: ResampledValues, judged: Sequence[int]
) -> Spread:
    tables = simulate(resampled.values, table.values, resampled.plan, resampled.scale)
    simulated = np.stack([consensus(table.with_values(values), enters) for values in tables])
    return spread(agreed[list(judged)], simulated[:, list(judged)])


def _last(value: float) -> tuple[bool, float]:
    """Sort key that puts NaN behind every number."""
    return bool(np.isnan(value)), 0.0 if np.isnan(value) else float(value)
