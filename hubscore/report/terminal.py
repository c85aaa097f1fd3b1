"""A ranking on a terminal: as many scores as fit, no name cut off, and what must be said below it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from rich.table import Table
from rich.text import Text

from hubscore.column_table import Show, columns_in
from hubscore.report.cells import consensus_with_interval, plain_cell
from hubscore.report.flat_rows import baseline_names, score_names
from hubscore.report.notes import NOT_MEASURED, baseline_line, marks, marks_explained, ties, undefined_everywhere
from hubscore.text import clean, count, number
from hubscore.types import Ranking, ScoreDescription

GAP = 2
BASELINES_SHOWN = ("downloads", "capacity")
"""Size stands in the table as parameters; these follow it while there is room."""
_STYLES: Mapping[Show, str] = {"place": "bold", "model": "bold", "text": "dim", "estimate": "green"}


class _Column(NamedTuple):
    header: str
    cells: list[str]
    style: str = ""
    left: bool = False

    @property
    def width(self) -> int:
        return (
            max(len(self.header), *(len(cell) for cell in self.cells)) + GAP if self.cells else len(self.header) + GAP
        )


def terminal_table(ranking: Ranking, width: int) -> Table:
    """Return the table for a terminal of this many columns.

    What the column table lists for terminals is always there; scores follow while they fit.
    """
    table = Table(box=None, pad_edge=False, padding=(0, GAP, 0, 0), header_style="bold")
    for column in _chosen(ranking, width):
        table.add_column(
            Text(column.header), justify="left" if column.left else "right", style=column.style, no_wrap=True
        )
    for cells in zip(*(column.cells for column in _chosen(ranking, width)), strict=True):
        table.add_row(*(Text(cell) for cell in cells))
    return table


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
    needed = sum(column.width for column in _fixed(shown))
    console = Console(file=written, width=max(width, needed), color_system=None, highlight=False, markup=False)
    console.print(terminal_table(shown, width))
    lines = [head, *(line.rstrip() for line in written.getvalue().splitlines())]
    rest = len(ranking) - len(shown)
    return "\n".join([*lines, *([f"... and {rest} more: to_pandas() has all rows and scores"] if rest else [])])


def footer(ranking: Ranking, width: int | None = None) -> list[str]:
    """Return the lines below a table of that width; without one, those that hold for every form of output."""
    lines = []
    if width is not None:
        seen, empty = {column.header for column in _chosen(ranking, width)}, undefined_everywhere(ranking)
        unseen = [clean(name) for name in score_names(ranking) if name not in empty and clean(name) not in seen]
        if unseen:
            lines.append(
                f"{len(unseen)} more scores do not fit here ({', '.join(unseen)}): --format json, or --out ranking.html"
            )
        lines += [f"{clean(name)} is undefined for every model: {clean(reason)}" for name, reason in empty.items()]
        lines += [ties(ranking), *marks_explained(ranking, "terminal"), baseline_line(ranking), NOT_MEASURED]
    return lines


def _chosen(ranking: Ranking, width: int) -> list[_Column]:
    fixed, optional = _fixed(ranking), _optional(ranking)
    room = width - sum(column.width for column in fixed) + GAP
    chosen = []
    for column in optional:
        if column.width <= room:
            chosen.append(column)
            room -= column.width
    return [*fixed, *chosen]


def _fixed(ranking: Ranking) -> list[_Column]:
    found = []
    for column in columns_in("terminal"):
        estimate = column.show == "estimate"
        cells = [consensus_with_interval(row) if estimate else plain_cell(column, row, ranking) for row in ranking.rows]
        if column.show == "model":
            cells = [cell + marks(row, "terminal") for cell, row in zip(cells, ranking.rows, strict=True)]
        header = column.title_in("terminal").upper().replace(" ", "_")
        found.append(_Column(header, cells, _STYLES.get(column.show, ""), left=column.show in ("model", "text")))
    return found


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
