"""The order of a ranking as an HTML table: intervals drawn, scores shaded by place, reasons where there is no value."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple

from hubscore.column_table import Show, TableColumn
from hubscore.report.cells import plain_cell, shown_columns
from hubscore.report.flat_rows import baseline_names, score_names
from hubscore.report.headline import star
from hubscore.report.notes import marks, undefined_everywhere
from hubscore.report.templating import render_part
from hubscore.text import DASH, count, number
from hubscore.types import Ranking, Row, ScoreDescription

HUB = "https://huggingface.co"
FAMILIES = ("probability", "discriminant", "evidence", "neighbour", "probe", "coding")
_HUB_ID = re.compile(r"[A-Za-z0-9][\w.-]*/[\w.-]+")
_SHA = re.compile(r"[0-9a-f]{40}")
_HEADER_CLASSES: Mapping[Show, str] = {
    "place": "rank",
    "model": "model",
    "text": "text",
    "interval": "text",
    "accuracies": "text",
}
_CELL_CLASSES: Mapping[Show, str] = {**_HEADER_CLASSES, "text": "text dim"}
_COUNTS = frozenset({"size", "downloads", "likes"})


@dataclass(frozen=True)
class Cell:
    """What a cell of a table shows.

    Attributes:
        text: its text, or a picture that a template made.
        kind: its classes in the style sheet.
        title: what is told where one points at it.
        background: its colour, as the style sheet's ``rgb()`` takes it.
        bold: whether the text is.
        href: where the text leads.
        after: what stands behind the text.
        small: what stands small behind that.
        lower: whether it is the name of a score of which lower is better.
    """

    text: str
    kind: str = ""
    title: str = ""
    background: str = ""
    bold: bool = False
    href: str = ""
    after: str = ""
    small: str = ""
    lower: bool = False


class Line(NamedTuple):
    """A model's cells, and whether it is the first of those it is tied with."""

    cells: list[Cell]
    begins_group: bool


class OrderTable(NamedTuple):
    """The table of models.

    Attributes:
        fixed: how many columns stand before the scores.
        groups: what stands above the others, with how many columns.
        header: the columns.
        rows: the models, best first.
    """

    fixed: int
    groups: list[tuple[str, int]]
    header: list[Cell]
    rows: list[Line]


def order_table(ranking: Ranking) -> OrderTable:
    """Return the table of models, best first."""
    names, baselines = shown_scores(ranking), baseline_names(ranking)
    shades = {name: _shades(ranking, name) for name in names}
    families = [(kind, list(members)) for kind, members in groupby(names, key=lambda name: family(ranking, name))]
    starts = {members[0] for _, members in families}
    columns = shown_columns("html", ranking)
    lines, previous = [], None
    for row in ranking.rows:
        cells = [_fixed_cell(column, row, ranking) for column in columns]
        cells += [_score(row, name, shades[name], name in starts) for name in names]
        cells += [_baseline(row, name, first=i == 0) for i, name in enumerate(baselines)]
        lines.append(Line(cells, row.tie_group != previous))
        previous = row.tie_group
    header = [Cell(column.title, _HEADER_CLASSES.get(column.show, ""), column.help) for column in columns]
    header += [_score_header(ranking, name, first=name in starts) for name in names]
    header += [Cell(name, "first" if i == 0 else "") for i, name in enumerate(baselines)]
    groups = [(kind, len(members)) for kind, members in families]
    return OrderTable(len(columns), groups + ([("baselines", len(baselines))] if baselines else []), header, lines)


def shown_scores(ranking: Ranking) -> list[str]:
    """Scores that some model has, family by family in the order of the consensus, the others last."""
    empty = undefined_everywhere(ranking)
    kinds = {name: i for i, name in enumerate(FAMILIES)}
    names = [name for name in score_names(ranking) if name not in empty]
    return sorted(names, key=lambda name: kinds.get(family(ranking, name), len(kinds)))


def family(ranking: Ranking, name: str) -> str:
    """The family of a score, as the ranking describes it."""
    return described(ranking, name).family or "other"


def described(ranking: Ranking, name: str) -> ScoreDescription:
    """What the ranking says of a score; nothing but the defaults where it says nothing."""
    return ranking.scores.get(name, ScoreDescription())


def _score_header(ranking: Ranking, name: str, *, first: bool) -> Cell:
    score = described(ranking, name)
    return Cell(name, "first" if first else "", score.title or name, lower=score.lower_is_better)


def _fixed_cell(column: TableColumn, row: Row, ranking: Ranking) -> Cell:
    kind, text = _CELL_CLASSES.get(column.show, ""), plain_cell(column, row, ranking)
    if column.show == "model":
        return Cell(text, kind, href=_address(row, ranking), after=star(row).strip(), small=marks(row, "html").strip())
    if column.show in ("interval", "accuracies"):
        level = 90 if column.show == "accuracies" else 95
        value = getattr(row, column.name.removesuffix("_ci"), None)
        return Cell(interval_picture(value, column.value(row), level), kind)
    bold = column.show == "accuracy" or (column.show == "estimate" and row.expected is None)
    return Cell(text, kind, bold=bold)


def _address(row: Row, ranking: Ranking) -> str:
    """Return the page of a model's revision, where it has one."""
    if not (_HUB_ID.fullmatch(row.model) and _SHA.fullmatch(row.revision)):
        return ""
    endpoint = (ranking.record.endpoint or HUB).rstrip("/")
    base = endpoint if endpoint.startswith(("https://", "http://")) else HUB
    return f"{base}/{row.model}/tree/{row.revision}"


def interval_picture(value: float | None, bounds: tuple[float, float] | None, level: int = 95) -> str:
    """Draw a value between 0 and 1 as a dot, its interval of so many per cent as a band."""
    if value is None:
        return ""
    band, told = None, f"{value:.2f}"
    if bounds is not None:
        low, high = (4 + 142 * bound for bound in bounds)
        band = {"start": f"{low:.1f}", "width": f"{max(high - low, 1):.1f}"}
        told += f", {level} % interval {bounds[0]:.2f} to {bounds[1]:.2f}"
    return render_part("interval.svg", told=told, band=band, dot=f"{4 + 142 * value:.1f}")


def _score(row: Row, name: str, shades: Mapping[str, float], first: bool) -> Cell:
    edge = "first" if first else ""
    if name not in row.scores:
        return Cell(DASH, f"none {edge}".strip(), row.undefined.get(name, "not computed"))
    error, bounds = row.score_sd.get(name), row.score_ci.get(name)
    told = ""
    if error is not None and bounds is not None:
        told = f"standard error {number(error)}, 95 % interval {number(bounds[0])} to {number(bounds[1])}"
    return Cell(number(row.scores[name]), edge, told, f"var(--blue) / {0.04 + 0.34 * shades[row.model]:.2f}")


def _shades(ranking: Ranking, name: str) -> dict[str, float]:
    """Place of each model within a score, 0 worst to 1 best; equals share a shade."""
    sign = -1 if described(ranking, name).lower_is_better else 1
    values = {row.model: sign * row.scores[name] for row in ranking.rows if name in row.scores}
    steps = sorted(set(values.values()))
    return {model: steps.index(value) / (len(steps) - 1) if len(steps) > 1 else 0.5 for model, value in values.items()}


def _baseline(row: Row, name: str, *, first: bool) -> Cell:
    value = row.baselines.get(name)
    why = row.undefined.get(name, "not known") if value is None else ""
    told = count(value) if name in _COUNTS or value is None or float(value).is_integer() else number(value)
    return Cell(told, "dim first" if first else "dim", why)
