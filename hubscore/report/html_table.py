"""The order of a ranking as an HTML table: intervals drawn, scores shaded by place, reasons where there is no value."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping, Sequence
from itertools import groupby

from hubscore.column_table import Show, TableColumn
from hubscore.report.cells import plain_cell, shown_columns
from hubscore.report.flat_rows import baseline_names, score_names
from hubscore.report.headline import star
from hubscore.report.notes import marks, undefined_everywhere
from hubscore.text import DASH, clean, count, number
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


def h(text: object) -> str:
    """Return text that HTML shows as it is; every string that comes from outside goes through here."""
    return html.escape(clean(text), quote=True)


def order_table(ranking: Ranking) -> str:
    """Return the table of models, best first."""
    names, baselines = shown_scores(ranking), baseline_names(ranking)
    shades = {name: _shades(ranking, name) for name in names}
    starts = {
        name for _, members in groupby(names, key=lambda name: family(ranking, name)) for name in list(members)[:1]
    }
    columns = shown_columns("html", ranking)
    body, previous = [], None
    for row in ranking.rows:
        cells = [_fixed_cell(column, row, ranking) for column in columns]
        cells += [_score(row, name, shades[name], name in starts) for name in names]
        cells += [_baseline(row, name, first=i == 0) for i, name in enumerate(baselines)]
        body.append(f'<tr class="{"group" if row.tie_group != previous else ""}">{"".join(cells)}</tr>')
        previous = row.tie_group
    head = _head(ranking, columns, names, baselines, starts)
    return f'<div class="scroll"><table class="order">{head}<tbody>{"".join(body)}</tbody></table></div>'


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


def _head(
    ranking: Ranking,
    columns: Sequence[TableColumn],
    names: Sequence[str],
    baselines: Sequence[str],
    starts: set[str],
) -> str:
    runs = [(kind, len(list(members))) for kind, members in groupby(names, key=lambda name: family(ranking, name))]
    above = "".join(f'<th class="first" colspan="{size}">{h(kind)}</th>' for kind, size in runs)
    above += f'<th class="first" colspan="{len(baselines)}">baselines</th>' if baselines else ""
    cells = [_score_header(ranking, name, first=name in starts) for name in names]
    cells += [f'<th class="{"first" if i == 0 else ""}">{h(name)}</th>' for i, name in enumerate(baselines)]
    fixed = "".join(_fixed_header(column) for column in columns)
    empty = f'<th class="rank"></th><th class="model"></th><th colspan="{len(columns) - 2}"></th>'
    return f'<thead><tr class="families">{empty}{above}</tr><tr>{fixed}{"".join(cells)}</tr></thead>'


def _fixed_header(column: TableColumn) -> str:
    kind = _HEADER_CLASSES.get(column.show)
    marked = f" class='{kind}'" if kind else ""
    told = f' title="{h(column.help)}"' if column.help else ""
    return f"<th{marked}{told}>{h(column.title)}</th>"


def _score_header(ranking: Ranking, name: str, *, first: bool) -> str:
    score = described(ranking, name)
    arrow = ' <span title="lower is better">&darr;</span>' if score.lower_is_better else ""
    return f'<th class="{"first" if first else ""}" title="{h(score.title or name)}">{h(name)}{arrow}</th>'


def _fixed_cell(column: TableColumn, row: Row, ranking: Ranking) -> str:
    kind = _CELL_CLASSES.get(column.show)
    text = h(plain_cell(column, row, ranking))
    if column.show == "model":
        link, told = _link(row, ranking) + star(row), marks(row, "html")
        text = f"{link} <small>{h(told)}</small>" if told else link
    elif column.show == "accuracy" or (column.show == "estimate" and row.expected is None):
        text = f"<b>{text}</b>"
    elif column.show in ("interval", "accuracies"):
        level = 90 if column.show == "accuracies" else 95
        text = interval_picture(getattr(row, column.name.removesuffix("_ci"), None), column.value(row), level)
    return f'<td class="{kind}">{text}</td>' if kind else f"<td>{text}</td>"


def _link(row: Row, ranking: Ranking) -> str:
    if not (_HUB_ID.fullmatch(row.model) and _SHA.fullmatch(row.revision)):
        return h(row.model)
    endpoint = (ranking.record.endpoint or HUB).rstrip("/")
    base = endpoint if endpoint.startswith(("https://", "http://")) else HUB
    return f'<a href="{h(base)}/{h(row.model)}/tree/{h(row.revision)}" rel="noopener noreferrer">{h(row.model)}</a>'


def interval_picture(value: float | None, bounds: tuple[float, float] | None, level: int = 95) -> str:
    """Draw a value between 0 and 1 as a dot, its interval of so many per cent as a band."""
    if value is None:
        return ""
    band, told = "", f"{value:.2f}"
    if bounds is not None:
        low, high = (4 + 142 * bound for bound in bounds)
        band = f'<rect class="band" x="{low:.1f}" y="5" width="{max(high - low, 1):.1f}" height="8" rx="4"/>'
        told += f", {level} % interval {bounds[0]:.2f} to {bounds[1]:.2f}"
    return (
        f'<svg class="span" viewBox="0 0 150 18" role="img" aria-label="{told}"><title>{told}</title>'
        f'<rect class="track" x="4" y="8" width="142" height="2" rx="1"/>{band}'
        f'<circle class="dot" cx="{4 + 142 * value:.1f}" cy="9" r="4"/></svg>'
    )


def _score(row: Row, name: str, shades: Mapping[str, float], first: bool) -> str:
    edge = "first" if first else ""
    if name not in row.scores:
        return f'<td class="none {edge}" title="{h(row.undefined.get(name, "not computed"))}">{DASH}</td>'
    error, bounds = row.score_sd.get(name), row.score_ci.get(name)
    told = ""
    if error is not None and bounds is not None:
        told = f"standard error {number(error)}, 95 % interval {number(bounds[0])} to {number(bounds[1])}"
    shade = f"background:rgb(var(--blue) / {0.04 + 0.34 * shades[row.model]:.2f})"
    return f'<td class="{edge}" style="{shade}" title="{told}">{number(row.scores[name])}</td>'


def _shades(ranking: Ranking, name: str) -> dict[str, float]:
    """Place of each model within a score, 0 worst to 1 best; equals share a shade."""
    sign = -1 if described(ranking, name).lower_is_better else 1
    values = {row.model: sign * row.scores[name] for row in ranking.rows if name in row.scores}
    steps = sorted(set(values.values()))
    return {model: steps.index(value) / (len(steps) - 1) if len(steps) > 1 else 0.5 for model, value in values.items()}


def _baseline(row: Row, name: str, *, first: bool) -> str:
    value = row.baselines.get(name)
    why = f' title="{h(row.undefined.get(name, "not known"))}"' if value is None else ""
    told = count(value) if name in _COUNTS or value is None or float(value).is_integer() else number(value)
    return f'<td class="dim {"first" if first else ""}"{why}>{told}</td>'
