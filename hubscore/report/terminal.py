"""A ranking on a terminal: as many scores as fit, no name cut off, and what must be said below it."""

from __future__ import annotations

from dataclasses import replace

from rich.table import Table
from rich.text import Text

from hubscore.bench.probe_spread import reported_line
from hubscore.report.flat_rows import score_names
from hubscore.report.headline import headlines
from hubscore.report.notes import (
    baseline_line,
    cut_lines,
    marks_explained,
    not_measured,
    ties,
    undefined_everywhere,
    undefined_lines,
)
from hubscore.report.terminal_columns import GAP, TableView, absent_columns, needed_width, terminal_columns
from hubscore.text import clean
from hubscore.types import Ranking

_EVERYTHING = TableView()
MOST_HIDDEN = 6
"""Scores without room that are named."""


def terminal_table(ranking: Ranking, width: int, view: TableView = _EVERYTHING) -> Table:
    """Return the table for a terminal of this many columns.

    Where not even rank and model fit, the model's name goes on in the next line; where columns were asked for by name,
    or all of them, the table is as wide as they need.

    Args:
        ranking: any.
        width: columns of the terminal.
        view: which rows and columns.
    """
    shown = first_rows(ranking, view.most)
    columns = terminal_columns(shown, width, view)
    needed = needed_width(columns)
    table = Table(box=None, pad_edge=False, padding=(0, GAP, 0, 0), header_style="bold")
    if needed > width and (view.wide or view.columns):
        table.width = needed
    for column in columns:
        folds = column.name == "model" and table.width is None and needed > width
        table.add_column(
            Text(column.header),
            justify="left" if column.left else "right",
            style=column.style,
            no_wrap=not folds,
            min_width=None if folds else column.width - GAP,
            overflow="fold",
        )
    for cells in zip(*(column.cells for column in columns), strict=True):
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
    needed = needed_width(terminal_columns(shown, 0, _EVERYTHING))
    width = max(width, needed)
    console = Console(file=written, width=width, color_system=None, highlight=False, markup=False)
    console.print(terminal_table(shown, width))
    lines = [head, *headlines(ranking)[:1], *(line.rstrip() for line in written.getvalue().splitlines())]
    rest = len(ranking) - len(shown)
    return "\n".join([*lines, *([f"... and {rest} more: to_pandas() has all rows and scores"] if rest else [])])


def footer(ranking: Ranking, width: int | None = None, view: TableView = _EVERYTHING) -> list[str]:
    """Return the lines below a table of that width and view; without a width, those that hold for every form of
    output.
    """
    lines = []
    if width is not None and view.columns:
        missing = absent_columns(ranking, view.columns)
        lines += [f"This ranking has no column {', '.join(map(clean, missing))}"] if missing else []
    if width is not None:
        columns = terminal_columns(first_rows(ranking, view.most), width, view)
        if not view.columns:
            lines += _unseen(ranking, {column.header for column in columns})
        lines += [clean(line) for line in (*undefined_lines(ranking), *cut_lines(ranking))]
        lines += [ties(ranking), *marks_explained(ranking, "terminal"), baseline_line(ranking), not_measured(ranking)]
        lines += [line for line in (reported_line(ranking),) if line]
    return lines


def _unseen(ranking: Ranking, seen: set[str]) -> list[str]:
    """Say which scores and estimates the table has no room for."""
    empty = undefined_everywhere(ranking)
    hidden = [clean(name) for name in score_names(ranking) if name not in empty and clean(name) not in seen]
    lead = [column.header for column in terminal_columns(ranking, 10**6, _EVERYTHING)[:3]]
    told = [f"{name} does not fit here: --wide" for name in lead if name not in seen]
    if hidden:
        some = hidden if len(hidden) <= MOST_HIDDEN else [*hidden[: MOST_HIDDEN - 1], "..."]
        told.append(
            f"{len(hidden)} more scores do not fit here ({', '.join(some)}): --wide, --format json, or"
            " --out ranking.html"
        )
    return told
