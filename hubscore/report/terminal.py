"""A ranking on a terminal: as many scores as fit, no name cut off, and what must be said below it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from rich.table import Table
from rich.text import Text

from hubscore.column_table import Show, TableColumn, columns_in
from hubscore.report.cells import estimate_with_interval, plain_cell, shown_columns
from hubscore.report.flat_rows import baseline_names, score_names
from hubscore.report.headline import headlines, star
from hubscore.report.notes import (
    baseline_line,
    marks,
    marks_explained,
    not_measured,
    ties,
    undefined_everywhere,
    undefined_lines,
)
from hubscore.text import clean, count, number
from hubscore.types import Ranking, ScoreDescription

GAP = 2
BASELINES_SHOWN = ("downloads", "capacity")
"""Size stands in the table as parameters; these follow it while there is room."""
_STYLES: Mapping[Show, str] = {
    "place": "bold",
    "model": "bold",
    "text": "dim",
    "accuracy": "green",
    "combined": "bold green",
    "estimate": "green",
}
_ESTIMATES: tuple[Show, ...] = ("combined", "accuracy", "estimate")
"""What rows are ordered by: a terminal always shows the first of these that a ranking has, beside rank and model."""
_NEXT: tuple[Show, ...] = ("measured", "accuracy")
"""What follows first while there is room."""


class _Column(NamedTuple):
    header: str
    cells: list[str]
    style: str = ""
    left: bool = False
    listed: str = ""

    @property
    def width(self) -> int:
        return (
            max(len(self.header), *(len(cell) for cell in self.cells)) + GAP if self.cells else len(self.header) + GAP
        )


def terminal_table(ranking: Ranking, width: int) -> Table:
    """Return the table for a terminal of this many columns.

    Rank, model and the estimate that orders the rows are always there; what else the column table lists for terminals
    follows while it fits, and then scores.
    """
    table = Table(box=None, pad_edge=False, padding=(0, GAP, 0, 0), header_style="bold")
    for column in _chosen(ranking, width):
        table.add_column(
            Text(column.header), justify="left" if column.left else "right", style=column.style, no_wrap=True
        )
    for cells in zip(*(column.cells for column in _chosen(ranking, width)), strict=True):
        table.add_row(*(Text(cell) for cell in cells))
    return table


def first_rows(ranking: Ranking, most: int | None) -> Ranking:
    """Return a ranking of the first rows alone; of all where ``most`` is none."""
    return ranking if most is None else replace(ranking, rows=ranking.rows[:most])


def text_table(ranking: Ranking, width: int = 100, most: int = 20) -> str:
    """Return a short table without colours: what ``print(ranking)`` shows.

    Args:
        ranking: any.
        width: characters.
        most: rows.
    """
    from io import StringIO

    from rich.console import Console

    dataset = clean(ranking.probe.dataset or "an unnamed data set")
    skipped = f", {len(ranking.skipped)} skipped" if ranking.skipped else ""
    head = f"Ranking of {len(ranking)} model{'s' if len(ranking) != 1 else ''} on {dataset}{skipped}"
    if not ranking.rows:
        return head
    shown = replace(ranking, rows=ranking.rows[:most])
    written = StringIO()
    needed = sum(column.width for column in _fixed(shown, width))
    console = Console(file=written, width=max(width, needed), color_system=None, highlight=False, markup=False)
    console.print(terminal_table(shown, width))
    lines = [head, *headlines(ranking)[:1], *(line.rstrip() for line in written.getvalue().splitlines())]
    rest = len(ranking) - len(shown)
    return "\n".join([*lines, *([f"... and {rest} more: to_pandas() has all rows and scores"] if rest else [])])


def footer(ranking: Ranking, width: int | None = None, most: int | None = None) -> list[str]:
    """Return the lines below a table of that width and so many rows; without a width, those that hold for every form of
    output.
    """
    lines = []
    if width is not None:
        seen, empty = (
            {column.header for column in _chosen(first_rows(ranking, most), width)},
            undefined_everywhere(ranking),
        )
        unseen = [clean(name) for name in score_names(ranking) if name not in empty and clean(name) not in seen]
        if unseen:
            lines.append(
                f"{len(unseen)} more scores do not fit here ({', '.join(unseen)}): --format json, or --out ranking.html"
            )
        lines += [clean(line) for line in undefined_lines(ranking)]
        lines += [ties(ranking), *marks_explained(ranking, "terminal"), baseline_line(ranking), not_measured(ranking)]
    return lines


def _chosen(ranking: Ranking, width: int) -> list[_Column]:
    fixed, optional = _fixed(ranking, width), [*_listed(ranking), *_optional(ranking)]
    room = width - sum(column.width for column in fixed) + GAP
    chosen = []
    for column in optional:
        if column.width <= room:
            chosen.append(column)
            room -= column.width
    order = {column.title_in("terminal"): place for place, column in enumerate(columns_in("terminal"))}
    return sorted([*fixed, *chosen], key=lambda column: order.get(column.listed, len(order)))


def _fixed(ranking: Ranking, width: int) -> list[_Column]:
    """Return what is always there; marks stand behind names where they fit."""
    leads = _leads(ranking)
    full = [_column(column, ranking, marked=True) for column in leads]
    if sum(column.width for column in full) - GAP <= width:
        return full
    return [_column(column, ranking) for column in leads]


def _listed(ranking: Ranking) -> list[_Column]:
    """Return what else the column table lists, what was measured and expected first."""
    leads = _leads(ranking)
    others = [column for column in shown_columns("terminal", ranking) if column not in leads]
    others.sort(key=lambda column: _NEXT.index(column.show) if column.show in _NEXT else len(_NEXT))
    return [_column(column, ranking) for column in others]


def _leads(ranking: Ranking) -> list[TableColumn]:
    shown = shown_columns("terminal", ranking)
    present = {column.show for column in shown}
    estimate = next((show for show in _ESTIMATES if show in present), None)
    return [column for column in shown if column.show in ("place", "model", estimate)]


def _column(column: TableColumn, ranking: Ranking, *, marked: bool = False) -> _Column:
    estimate = column.show in ("accuracy", "estimate")
    cells = [
        estimate_with_interval(column, row) if estimate else plain_cell(column, row, ranking) for row in ranking.rows
    ]
    if column.show == "model":
        behind = [star(row) + (marks(row, "terminal") if marked else "") for row in ranking.rows]
        cells = [cell + more for cell, more in zip(cells, behind, strict=True)]
    header = column.title_in("terminal").upper().replace(" ", "_")
    return _Column(
        header,
        cells,
        _STYLES.get(column.show, ""),
        left=column.show in ("model", "text"),
        listed=column.title_in("terminal"),
    )


def _optional(ranking: Ranking) -> list[_Column]:
    empty = undefined_everywhere(ranking)
    scores = [
        _Column(clean(name), [number(row.scores.get(name)) for row in ranking.rows])
        for name in _by_worth(ranking)
        if name not in empty
    ]
    known = [name for name in BASELINES_SHOWN if name in baseline_names(ranking)]
    beside = [_Column(name, [count(row.baselines.get(name)) for row in ranking.rows], "dim") for name in known]
    return [*scores[:1], *beside, *scores[1:]] if scores else beside


def _by_worth(ranking: Ranking) -> Sequence[str]:
    """One score of each family first, so that a narrow terminal still shows different kinds of evidence."""
    names = [name for name in score_names(ranking)]
    described = {name: ranking.scores.get(name, ScoreDescription()) for name in names}
    turn: dict[str, int] = {}
    keys = {}
    for position, name in enumerate(names):
        family = described[name].family or "other"
        turn[family] = turn.get(family, 0) + 1
        keys[name] = (described[name].averaged is False, turn[family], position)
    return sorted(names, key=lambda name: keys[name])
