"""The capacity ensemble: standardise a score over the pool and add each network's depth (PARC, Eq. 6)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from hubscore.numerics.workspace import Floats
from hubscore.ranking.columns import Column, Table

SAME_EVERYWHERE = "every model has the same value, so there is nothing to standardise"
NO_LAYERS = "its number of layers is not known"


def capacity_columns(columns: Sequence[Column]) -> tuple[Column, ...]:
    """Return one ``+l`` column for each column."""
    return tuple(Column(f"{column.name}+l", column.info, column.reduce, base=column.name) for column in columns)


def with_capacity(table: Table, layers: Mapping[str, int | None]) -> Table:
    r"""Add to every column its ensemble with capacity.

    .. math:: s'_i = (s_i - \bar s) / \operatorname{sd}(s) + l_i / \max_j l_j

    over the models for which the score is defined, with the population deviation; lower-is-better scores are turned
    round first.

    Args:
        table: values of shape (..., columns, models).
        layers: depth by model.

    Returns:
        The table with as many columns again, ``+l`` ones, higher is better, NaN where score or layers are unknown.

    Source:
        Bolya, Mittapalli, Hoffman, NeurIPS 2021, Eq. 6.
    """
    oriented = table.oriented
    depth = np.array([layers.get(model) or np.nan for model in table.models], dtype=float)
    share = depth / np.nanmax(depth) if np.isfinite(depth).any() else depth
    return Table(
        table.models,
        (*table.columns, *capacity_columns(table.columns)),
        np.concatenate([table.values, _standardised(oriented) + share], axis=-2),
    )


def _standardised(values: Floats) -> Floats:
    defined = ~np.isnan(values)
    count = np.maximum(defined.sum(axis=-1, keepdims=True), 1)
    centred = values - np.nansum(values, axis=-1, keepdims=True) / count
    deviation = np.sqrt(np.nansum(centred**2, axis=-1, keepdims=True) / count)
    largest = np.where(defined, np.abs(values), 0.0).max(axis=-1, keepdims=True, initial=0.0)
    constant = deviation <= 1e-12 * largest
    return np.where(constant, np.nan, centred / np.where(constant, 1.0, deviation))
