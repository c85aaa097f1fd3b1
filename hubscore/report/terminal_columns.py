"""The columns of a ranking that a terminal shows, and which of them give way first where there is little room."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import NamedTuple

from hubscore.column_table import Show, TableColumn, columns_in
from hubscore.errors import UsageError
from hubscore.report.cells import estimate_with_interval, plain_cell, shown_columns
from hubscore.report.estimate_bar import estimate_bars
from hubscore.report.flat_rows import baseline_names, score_names
from hubscore.report.headline import star
from hubscore.report.notes import marks, undefined_everywhere
from hubscore.text import clean, count, number
from hubscore.types import Ranking, ScoreDescription

GAP = 2
BASELINES_SHOWN = ("downloads", "capacity")
"""Size stands in the table as parameters; these follow it while there is room."""
FIRST_SCORES = 6
"""That are worth more than parameters, licence and mean rank; the others are worth less."""
_STYLES: Mapping[Show, str] = {
    "place": "bold",
    "model": "bold",
    "text": "dim",
    "accuracy": "green",
    "combined": "bold green",
    "estimate": "green",
}
_ESTIMATES: tuple[Show, ...] = ("combined", "accuracy", "estimate")
"""What rows are ordered by: the first of these that a ranking has stands beside rank and model."""
_FIRST = ("measured_accuracy", "head_accuracy", "expected", "rows", "p_best", "history", "reported")
"""What follows while there is room, before the bar and the scores."""
_BAR = "bar"
_LAST = ("parameters", "downloads", "capacity", "license", "mean_rank")
"""What gives way first, the last of them first of all."""


@dataclass(frozen=True)
class TableView:
    """What of a ranking a terminal shows.

    Attributes:
        most: rows; all where it is none.
        columns: names of columns, as ``RANK`` and ``MODEL`` are; those that fit where there are none.
        wide: whether all columns are shown, however wide the table becomes.
    """

    most: int | None = None
    columns: tuple[str, ...] = ()
    wide: bool = False


class TerminalColumn(NamedTuple):
    """A column as it is printed."""

    name: str
    header: str
    cells: list[str]
    style: str = ""
    left: bool = False
    place: float = 1000.0

    @property
    def width(self) -> int:
        """Columns of the terminal that it takes, with the gap behind it."""
        return max(map(len, (self.header, *self.cells))) + GAP


def terminal_columns(ranking: Ranking, width: int, view: TableView) -> list[TerminalColumn]:
    """Return the columns to print.

    Rank and model are always there, then the estimate that orders the rows, first without its interval where that does
    not fit. The others follow while there is room: what was measured, a bar of the estimate, scores from the left,
    parameters, baselines, licence and mean rank.

    Args:
        ranking: any.
        width: columns of the terminal.
        view: what was asked for.
    """
    if view.columns:
        return _named(ranking, view.columns)
    leads = _leads(ranking)
    optional = [column for column in _optional(ranking) if column.name not in {lead.name for lead in leads}]
    if view.wide:
        return sorted([*_with_marks(leads, ranking), *optional], key=lambda column: column.place)
    fixed = _fitting(leads, ranking, width)
    room = width - sum(column.width for column in fixed) + GAP
    chosen = []
    for column in optional if len(fixed) == len(leads) else ():
        if column.width <= room:
            chosen.append(column)
            room -= column.width
    return sorted([*fixed, *chosen], key=lambda column: column.place)


def needed_width(columns: Sequence[TerminalColumn]) -> int:
    """Return how many columns of a terminal a table takes that cuts nothing off."""
    return sum(column.width for column in columns) - GAP


def absent_columns(ranking: Ranking, names: Sequence[str]) -> list[str]:
    """Return which of some columns a ranking does not have."""
    known = _by_key([*_leads(ranking), *_optional(ranking)])
    return [name for name in names if column_key(name) not in known]


def check_columns(names: Sequence[str], scores: Sequence[str]) -> None:
    """Raise unless every name can be a column of some ranking; call it before the work starts.

    Args:
        names: as they were typed.
        scores: that are known.

    Raises:
        UsageError: one cannot.
    """
    listed = columns_in("terminal")
    titles = [one.title_in("terminal").upper().replace(" ", "_") for one in listed]
    known = {column_key(name) for name in (*titles, *(one.name for one in listed), *BASELINES_SHOWN, _BAR, *scores)}
    for name in names:
        if column_key(name) not in known and column_key(name.partition("@")[0]) not in known:
            near = get_close_matches(column_key(name), known, 1)
            why = f"there are {', '.join((*titles, _BAR.upper(), *BASELINES_SHOWN))}, and every score"
            fix = f"--columns {near[0]}" if near else "--columns MODEL"
            raise UsageError(f"There is no column '{clean(name)}'", why, fix)


def column_key(name: str) -> str:
    """Return what names of columns are compared by."""
    return name.strip().lower().replace(" ", "_")


def _named(ranking: Ranking, names: Sequence[str]) -> list[TerminalColumn]:
    leads = _leads(ranking)
    known = _by_key([*leads, *_optional(ranking)])
    chosen = [known[key] for key in dict.fromkeys(map(column_key, names)) if key in known]
    always = [column for column in leads[:2] if column not in chosen]
    return [*always, *chosen]


def _by_key(columns: Sequence[TerminalColumn]) -> dict[str, TerminalColumn]:
    """Return columns by their names and by what stands above them; of two alike the first."""
    found = dict[str, TerminalColumn]()
    for column in columns:
        found.setdefault(column_key(column.name), column)
        found.setdefault(column_key(column.header), column)
    return found


def _fitting(leads: Sequence[TerminalColumn], ranking: Ranking, width: int) -> list[TerminalColumn]:
    """Return rank, model and estimate, as much of them as fits; marks stand behind names where they fit."""
    short = [*leads[:2], *(_short(column) for column in leads[2:])]
    for tried in (_with_marks(leads, ranking), list(leads), short):
        if needed_width(tried) <= width:
            return tried
    return list(leads[:2])


def _with_marks(leads: Sequence[TerminalColumn], ranking: Ranking) -> list[TerminalColumn]:
    return [
        column._replace(
            cells=[cell + marks(row, "terminal") for cell, row in zip(column.cells, ranking.rows, strict=True)]
        )
        if column.name == "model"
        else column
        for column in leads
    ]


def _short(column: TerminalColumn) -> TerminalColumn:
    """Return an estimate without its interval."""
    return column._replace(cells=[cell.partition(" [")[0] for cell in column.cells])


def _leads(ranking: Ranking) -> list[TerminalColumn]:
    """Return rank, model, and the estimate that orders the rows."""
    shown = shown_columns("terminal", ranking)
    present = {column.show for column in shown}
    estimate = next((show for show in _ESTIMATES if show in present), None)
    columns = [_column(column, ranking) for column in shown if column.show in ("place", "model", estimate)]
    order = ("rank", "model")
    return sorted(columns, key=lambda column: order.index(column.name) if column.name in order else len(order))


def _optional(ranking: Ranking) -> list[TerminalColumn]:
    """Return the other columns, what is worth most first."""
    listed = {column.name: _column(column, ranking) for column in shown_columns("terminal", ranking)}
    listed |= _baselines(ranking) | _bar(ranking)
    scores = _scores(ranking)
    first = [listed.pop(name) for name in (*_FIRST, _BAR) if name in listed]
    last = [listed.pop(name) for name in _LAST if name in listed]
    return [*first, *scores[:FIRST_SCORES], *listed.values(), *last, *scores[FIRST_SCORES:]]


def _column(column: TableColumn, ranking: Ranking) -> TerminalColumn:
    estimate = column.show in ("accuracy", "estimate")
    cells = [
        estimate_with_interval(column, row) if estimate else plain_cell(column, row, ranking) for row in ranking.rows
    ]
    if column.show == "model":
        cells = [cell + star(row) for cell, row in zip(cells, ranking.rows, strict=True)]
    return TerminalColumn(
        column.name,
        column.title_in("terminal").upper().replace(" ", "_"),
        cells,
        _STYLES.get(column.show, ""),
        left=column.show in ("model", "text"),
        place=column.where["terminal"],
    )


def _bar(ranking: Ranking) -> dict[str, TerminalColumn]:
    """Return the bars of expected accuracies, behind these; one model alone has nothing to be compared with."""
    scale, bars = estimate_bars(ranking.rows)
    if not scale or len(ranking) < 2:
        return {}
    behind = next(column.where["terminal"] for column in columns_in("terminal") if column.name == "expected")
    return {_BAR: TerminalColumn(_BAR, scale, bars, "green", left=True, place=behind + 0.5)}


def _baselines(ranking: Ranking) -> dict[str, TerminalColumn]:
    known = [name for name in BASELINES_SHOWN if name in baseline_names(ranking)]
    return {
        name: TerminalColumn(name, name, [count(row.baselines.get(name)) for row in ranking.rows], "dim", place=900.0)
        for name in known
    }


def _scores(ranking: Ranking) -> list[TerminalColumn]:
    empty = undefined_everywhere(ranking)
    names = [name for name in _by_worth(ranking) if name not in empty]
    return [
        TerminalColumn(name, clean(name), [number(row.scores.get(name)) for row in ranking.rows], place=500.0)
        for name in names
    ]


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
