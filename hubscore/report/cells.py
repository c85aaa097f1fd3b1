"""How the values of the column table are written in plain text."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from hubscore.column_table import Place, Show, TableColumn, columns_in
from hubscore.report.notes import place
from hubscore.text import DASH, clean, count, number
from hubscore.types import Measured, Ranking, Row


def plain_cell(column: TableColumn, row: Row, ranking: Ranking) -> str:
    """Return what a column shows of a row, without markup; a dash where there is no value.

    Args:
        column: from :data:`hubscore.column_table.COLUMNS`.
        row: of the ranking.
        ranking: of which the mark of tied ranks depends.
    """
    if column.show == "place":
        return place(row, ranking)
    if column.show in ("measured", "head"):
        return measured(row.measured if column.show == "measured" else row.head)
    value = column.value(row)
    return DASH if value is None else _FORMATS[column.show](value)


def shown_columns(where: Place, ranking: Ranking) -> tuple[TableColumn, ...]:
    """Return the columns of a place, without sparse ones that no row has (in old rankings, or without subsamples) and
    without those that say the same of every row, where such say nothing.
    """

    def says(column: TableColumn) -> bool:
        values = {column.value(row) for row in ranking.rows} if column.varied else set()
        sparse = column.sparse and all(column.value(row) is None for row in ranking.rows)
        return not sparse and (not column.varied or len(values) > 1)

    return tuple(column for column in columns_in(where) if says(column))


def estimate_with_interval(column: TableColumn, row: Row) -> str:
    """Return an expected accuracy or a consensus with its interval, short enough for a terminal."""
    return accuracy_with_interval(row) if column.show == "accuracy" else consensus_with_interval(row)


def accuracy_with_interval(row: Row) -> str:
    """Return the expected accuracy with its interval.

    Example:
        >>> accuracy_with_interval(Row(1, "org/net", "", "timm", expected=0.834, expected_ci=(0.75, 0.899)))
        '83 % [75, 90]'
    """
    if row.expected is None:
        return DASH
    if row.expected_ci is None:
        return percent(row.expected)
    return f"{percent(row.expected)} [{100 * row.expected_ci[0]:.0f}, {100 * row.expected_ci[1]:.0f}]"


def measured(found: Measured | None) -> str:
    """Return a measured accuracy and on how many images.

    Example:
        >>> measured(Measured(accuracy=0.81, images=100, epochs=2, seconds=9.0, train_images=300))
        '81 % of 100'
    """
    return DASH if found is None else f"{percent(found.accuracy)} of {found.images}"


def percent(share: float) -> str:
    """Write a share of 1.

    Example:
        >>> percent(0.834), percent(0.004), percent(0.0)
        ('83 %', '<1 %', '0 %')
    """
    return "<1 %" if 0 < share < 0.005 else f"{100 * share:.0f} %"


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
    "accuracy": lambda value: f"{100 * value:.0f} %",
    "chance": percent,
    "combined": percent,
    "measured": percent,
    "head": percent,
    "interval": lambda value: between(value, 2),
    "accuracies": lambda value: f"{100 * value[0]:.0f} to {100 * value[1]:.0f} %",
    "ranks": lambda value: between(value, 0),
}
