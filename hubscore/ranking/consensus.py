"""From many scores to one order: mid-rank percentiles, averaged in families, then over families."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from hubscore.numerics.ranks import mid_ranks
from hubscore.numerics.workspace import Floats
from hubscore.ranking.columns import FAMILIES, Table
from hubscore.types import Recipe

MINIMUM_SHARE = 0.8
"""A score that is defined for less of the pool is shown and not averaged."""
RECIPE = (
    "Each score gives every model for which it is defined its mid-rank percentile: the share of models below, plus half"
    " the share of equals, itself included; values that agree in nine digits are equal; lower-is-better scores are"
    " negated. Percentiles are averaged within a family of scores, then over families. A score defined for under"
    " 80 % of the pool is shown, not averaged; nothing missing is filled in; baselines, label-free scores,"
    " comparisons with a reference network and scores that stand beside the consensus (kernel probes) do not enter."
    " A pool of one model has consensus 0.5 by this definition."
)
UNLABELED_RECIPE = " There are no labels, so only these families enter instead: "


def percentiles(values: Floats) -> Floats:
    r"""Return each model's mid-rank percentile within each score.

    .. math:: p_i = (|\{j: v_j < v_i\}| + |\{j: v_j = v_i\}| / 2) / m

    Args:
        values: shape (..., models), larger is better, NaN where undefined.

    Returns:
        Same shape, over the m defined models: between 1/(2m) and 1 - 1/(2m), higher is better, NaN where undefined.

    Example:
        >>> percentiles(np.array([3.0, 1.0, 1.0, np.nan])).round(3)
        array([0.833, 0.333, 0.333,   nan])
    """
    rising, defined = _mid_ranks(values)
    return (rising - 0.5) / np.maximum(defined, 1)


def ranks(values: Floats) -> Floats:
    """Return each model's mid-rank within each score, 1 is best; shapes as in :func:`percentiles`."""
    rising, defined = _mid_ranks(values)
    return defined + 1 - rising


def averaged(table: Table) -> NDArray[np.bool_]:
    """Say which columns enter the consensus, shape (columns,).

    A column enters when its score says so, its family is one of the table's, it is defined for at least 80 % of the
    models, and it is not the plain form of a column that has capacity added.
    """
    share = (~np.isnan(table.values)).mean(axis=-1) if table.models else np.zeros(len(table.columns))
    replaced = {column.base for column in table.columns}
    listed = [
        column.info.averaged and column.info.family in table.families and column.name not in replaced
        for column in table.columns
    ]
    return np.asarray(listed, dtype=bool) & (share >= MINIMUM_SHARE - 1e-12)


def consensus(table: Table, enters: Sequence[bool] | NDArray[np.bool_]) -> Floats:
    """Average percentiles within families, then over families.

    Args:
        table: values of shape (columns, models), or (tables, columns, models) for several at once.
        enters: which columns count, from :func:`averaged`.

    Returns:
        Shape (models,) or (tables, models), between 0 and 1, higher is better, NaN for a model that none of the scores
        is defined for; the same bits for one table as for several.
    """
    places = percentiles(table.oriented)
    means = []
    for family in table.families:
        members = [i for i, column in enumerate(table.columns) if enters[i] and column.info.family == family]
        if members:
            # Summed in the order of names: the same floats whatever order the scores were asked for in.
            members.sort(key=lambda i: table.columns[i].name)
            means.append(_mean(np.take(places, members, axis=-2)))
    if not means:
        return np.full((*places.shape[:-2], len(table.models)), np.nan)
    return np.round(_mean(np.stack(means, axis=-2)), 12)


def mean_rank(table: Table) -> Floats:
    """Plain mean over the defined scores of the rank within each, shape (models,); 1 is best, NaN without any.

    Scores that no average counts take part only where there are no others.
    """
    replaced = {column.base for column in table.columns}
    plain = [i for i, column in enumerate(table.columns) if column.name not in replaced]
    rows = [i for i in plain if table.columns[i].info.averaged] or plain
    rows.sort(key=lambda i: table.columns[i].name)
    return np.round(_mean(ranks(table.oriented[rows])), 12) if rows else np.full(len(table.models), np.nan)


def recipe(table: Table, enters: NDArray[np.bool_]) -> Recipe:
    """Return how the consensus came about, in words and as data, for the record."""
    families = {
        family: [
            column.name
            for column, is_in in zip(table.columns, enters, strict=True)
            if is_in and column.info.family == family
        ]
        for family in table.families
    }
    return Recipe(
        text=RECIPE if table.families == FAMILIES else f"{RECIPE}{UNLABELED_RECIPE}{', '.join(table.families)}.",
        families={family: members for family, members in families.items() if members},
        minimum_share=MINIMUM_SHARE,
        not_averaged={
            column.name: _why_not(table, i)
            for i, (column, is_in) in enumerate(zip(table.columns, enters, strict=True))
            if not is_in
        },
    )


def _why_not(table: Table, row: int) -> str:
    column = table.columns[row]
    if not column.info.averaged:
        return "stands beside the consensus"
    if column.info.family not in table.families:
        return f"{column.info.family} scores do not enter"
    if column.name in {other.base for other in table.columns}:
        return f"{column.name}+l enters instead"
    defined = int((~np.isnan(table.values[row])).sum())
    return f"defined for {defined} of {len(table.models)} models, under {MINIMUM_SHARE:.0%}"


def _mid_ranks(values: Floats) -> tuple[Floats, Floats]:
    """Return mid-ranks among the defined values of each row, 1 is the smallest, and how many are defined."""
    missing = np.isnan(values)
    # Thirty bits: a saturated 1 - 1e-15 is a 1, and the order does not hang on the number of BLAS threads.
    mantissa, exponent = np.frexp(np.where(missing, -np.inf, values))
    rounded = np.ldexp(np.round(np.ldexp(mantissa, 30)), exponent - 30)
    below = missing.sum(axis=-1, keepdims=True)
    rising = mid_ranks(rounded) - below
    return np.where(missing, np.nan, rising), (values.shape[-1] - below).astype(np.float64)


def _mean(values: Floats) -> Floats:
    """Mean over the last axis but one of what is defined; NaN where nothing is."""
    count = (~np.isnan(values)).sum(axis=-2)
    total: Floats = np.nansum(values, axis=-2)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)
