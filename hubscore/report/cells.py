"""How the values of the column table are written in plain text."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from hubscore.column_table import Show, TableColumn
from hubscore.report.notes import place
from hubscore.text import DASH, clean, count, number
from hubscore.types import Ranking, Row


def plain_cell(column: TableColumn, row: Row, ranking: Ranking) -> str:
    """Return what a column shows of a row, without markup; a dash where there is no value.

    Args:
        column: from :data:`hubscore.column_table.COLUMNS`.
        row: of the ranking.
        ranking: of which the mark of tied ranks depends.
    """
    if column.show == "place":
        return place(row, ranking)
    value = column.value(row)
    return DASH if value is None else _FORMATS[column.show](value)


def consensus_with_interval(row: Row) -> str:
    """Return the consensus with its interval, short enough for a terminal."""
    if row.consensus is None:
        return DASH
    if row.consensus_ci is None:
        return f"{row.consensus:.2f}"
    return f"{row.consensus:.2f} [{row.consensus_ci[0]:.2f}, {row.consensus_ci[1]:.2f}]"


def between(bounds: tuple[float, float], digits: int) -> str:
    """Write an interval.

    Example:
        >>> between((0.614, 0.8), 2), between((1, 3), 0)
        ('0.61 to 0.80', '1 to 3')
    """
    return f"{bounds[0]:.{digits}f} to {bounds[1]:.{digits}f}"


_FORMATS: Mapping[Show, Callable[[Any], str]] = {
    "text": lambda value: clean(value) or DASH,
    "model": clean,
    "place": str,
    "count": count,
    "bytes": lambda value: f"{count(value)}B",
    "number": number,
    "estimate": number,
    "tenths": lambda value: f"{value:.1f}",
    "seconds": lambda value: f"{value:.1f}",
    "interval": lambda value: between(value, 2),
    "ranks": lambda value: between(value, 0),
}
