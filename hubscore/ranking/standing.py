"""Where a model stands among the others, on a scale on which errors add up: what pairs of models are compared by."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hubscore.numerics.workspace import Floats
from hubscore.ranking.columns import Table

NORMAL = 1.349
"""Distance of the quartiles of a normal variable, in standard deviations."""


def standings(table: Table, enters: NDArray[np.bool_], noise: Floats | None = None) -> Floats:
    r"""Average each model's scores in units of their spread, within families and then over families.

    .. math:: d_i = \frac{1}{F} \sum_f \frac{1}{|f|} \sum_{k \in f} \frac{v_{ki} - \mathrm{median}(v_k)}{s_k}

    The spread s is that of the quartiles. A consensus averages ranks in its place, which makes it robust; but ranks of
    equal models always cover the whole scale, so that errors of ranks say little of who is equal.

    Args:
        table: values of shape (columns, models).
        enters: which columns count, as for the consensus.
        noise: the usual error of each column's values, shape (columns,). A score whose values differ by less than
            that, because nearly all have the best that there is, weighs by its noise in place of its spread: otherwise
            it alone would tie all models.

    Returns:
        Shape (models,), larger is better, NaN for a model that none of the scores is defined for.
    """
    middle = np.array([_median(row) for row in table.oriented])[:, None]
    return _averaged(table, enters, (table.oriented - middle) * _weights(table, noise)[:, None])


def standing_errors(table: Table, enters: NDArray[np.bool_], errors: Floats, noise: Floats | None = None) -> Floats:
    """Return what errors of the scores do to the standings, which they do linearly.

    Args:
        table: values of shape (columns, models).
        enters: which columns count.
        errors: of the values, shape (R, columns, models).
        noise: as for the standings.

    Returns:
        Shape (R, models), 0 where a model has no score.
    """
    signs = np.array([float(column.sign) for column in table.columns])
    factors = (signs * _weights(table, noise))[:, None]
    shown = np.where(np.isnan(table.values), np.nan, errors * factors)
    return np.nan_to_num(np.stack([_averaged(table, enters, one) for one in shown]))


def _averaged(table: Table, enters: NDArray[np.bool_], values: Floats) -> Floats:
    means = []
    for family in table.families:
        members = [i for i, column in enumerate(table.columns) if enters[i] and column.info.family == family]
        if members:
            means.append(_mean(values[sorted(members, key=lambda i: table.columns[i].name)]))
    return _mean(np.stack(means)) if means else np.full(len(table.models), np.nan)


def usual_noise(parts: Floats) -> Floats:
    """Return the usual error of each column's values: the median over models, shape (columns,).

    Args:
        parts: what weighted sums of are the errors, shape (R, columns, models).
    """
    return np.asarray(np.median(np.sqrt((parts**2).sum(axis=0)), axis=-1), dtype=np.float64)


def _weights(table: Table, noise: Floats | None = None) -> Floats:
    """Return 1 over the spread of each column, or over its noise where that is more; 0 where all values are equal."""
    found, least = [], np.zeros(len(table.columns)) if noise is None else noise
    for row, error in zip(table.oriented, least, strict=True):
        values = row[np.isfinite(row)]
        low, high = np.quantile(values, [0.25, 0.75]) if values.size else (0.0, 0.0)
        spread = (high - low) / NORMAL or (float(values.std()) if values.size else 0.0)
        says = spread > 1e-12 * max(abs(low), abs(high), 1e-300)
        found.append(1 / max(spread, float(error)) if says else 0.0)
    return np.array(found)


def _median(row: Floats) -> float:
    values = row[np.isfinite(row)]
    return float(np.median(values)) if values.size else 0.0


def _mean(values: Floats) -> Floats:
    """Mean over the first axis of what is defined; NaN where nothing is."""
    count = (~np.isnan(values)).sum(axis=0)
    total: Floats = np.nansum(values, axis=0)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)
