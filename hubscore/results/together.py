"""A leaderboard as its readers see it: for the rows of each data set one pool of all runs over them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from hubscore.results.leaderboard import BOARD, tidy
from hubscore.results.union import union_of

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

Board = tuple[str | None, ...]
"""Values of :data:`hubscore.results.leaderboard.BOARD`: which rows of which data set."""


def together(table: pa.Table, scores: Mapping[str, Any]) -> pa.Table:
    """Return the union of the runs over the rows of each data set, as :mod:`hubscore.results.union` says.

    A run that has its rows to itself stays as it is. Every line keeps the run that it is from.

    Args:
        table: a leaderboard, one line for each model of each run.
        scores: descriptions by name, as in ``scores.json``.
    """
    import pyarrow as pa

    table = tidy(table)
    parts = []
    for places in boards(table).values():
        lines = table.take(pa.array(places, pa.int64()))
        parts.append(_united(lines, scores) if len(set(lines["run"].to_pylist())) > 1 else lines)
    return pa.concat_tables(parts, promote_options="default") if parts else table


def boards(table: pa.Table) -> dict[Board, list[int]]:
    """Return the places of the lines over each probe."""
    found: dict[Board, list[int]] = {}
    for place, key in enumerate(zip(*(table[name].to_pylist() for name in BOARD), strict=True)):
        found.setdefault(key, []).append(place)
    return found


def _united(lines: pa.Table, scores: Mapping[str, Any]) -> pa.Table:
    import pyarrow as pa

    made = union_of(_columns(lines), scores)
    table = lines.take(pa.array(made.lines, pa.int64()))
    for name, values in made.values.items():
        known = name in table.column_names
        kind = table.schema.field(name).type if known else pa.float64()
        told = pa.array(values, pa.float64(), from_pandas=True).cast(kind)
        table = (
            table.set_column(table.column_names.index(name), name, told) if known else table.append_column(name, told)
        )
    return table


def _columns(lines: pa.Table) -> dict[str, NDArray[Any]]:
    """Return numbers as floats, NaN where there is none, and texts as objects."""
    import pyarrow.types as kinds

    found: dict[str, NDArray[Any]] = {}
    for name in lines.column_names:
        kind = lines.schema.field(name).type
        if kinds.is_integer(kind) or kinds.is_floating(kind):
            values = lines[name].to_pylist()
            found[name] = np.array([np.nan if value is None else value for value in values], dtype=np.float64)
        elif kinds.is_string(kind) or kinds.is_large_string(kind):
            found[name] = np.array(lines[name].to_pylist(), dtype=object)
    return found
