"""The ranking: one row per model, what it is, what was estimated, and what a rule of thumb says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import columns as shown_columns
import measured
import pandas as pd
from boards import PAGE, SMALL_FIRST, ordering, sort_column
from column_table import COLUMNS, TableColumn
from licences import COMMERCIAL
from markup import nothing, table
from notices import baselines, cautions, empty, heading, misread, shortlist
from page import Page
from pins import absent, pinned, unpinned
from state import MOST_MODELS, query
from text import DASH, count, h, interval, known, link, number, percent
from together import counted, origin, whose

_HELP = {column.title: column.help for column in COLUMNS} | {column.name: column.help for column in COLUMNS}
_FLAGS = tuple(column for column in COLUMNS if "space" in column.beside)
_NEEDLE = (
    '<svg viewBox="0 0 16 16" aria-hidden="true"><path d="M5 1h6v1l-1 1v4l2 2v1H8.6L8 15l-.6-5H4V9l2-2V3L5 2z"/></svg>'
)


def render(page: Page) -> str:
    """Return the table of the chosen board."""
    if page.chosen.board is None:
        return heading(page) + empty(page)
    below = unpinned(page)
    pages = max(1, -(-len(below) // PAGE))
    now = min(page.state.page, pages)
    rows = below.iloc[(now - 1) * PAGE : now * PAGE]
    return (
        heading(page)
        + cautions(page)
        + misread(page)
        + _lacking(page)
        + shortlist(page)
        + measured.words(page.chosen.rows)
        + _tally(page)
        + _table(page, rows)
        + _pager(len(below), now, pages)
        + _basket(page)
        + baselines(page)
    )


def _tally(page: Page) -> str:
    every = counted(page.chosen.rows)
    told = f"{len(page.chosen.shown)} of {every}" if page.state.filtered else every
    kept = len(pinned(page))
    told += f", {kept} pinned on top" if kept else ""
    sort = _sorted(page)
    behind = "" if page.chosen.foreseen else "; tied models stand in the order of their names"
    by = f"rank{behind}" if sort == "rank" else sort
    if sort == ordering(page.chosen.rows):
        by = f"rank, and within tie groups by {'expected accuracy' if page.chosen.foreseen else sort}"
    turned = ", the other way round" if page.state.reverse else ""
    state = replace(page.state, data=page.chosen.board.key if page.chosen.board else "", run=page.chosen.run)
    link = f'<a href="leaderboard.csv?{h(query(state))}" download>Download these as CSV</a>'
    return f'<div class="tally"><span role="status">{told}, by {h(by)}{turned}</span>{link}</div>'


def _lacking(page: Page) -> str:
    """Say which columns and pinned models this run does not have, and what the filter of licences lets through."""
    told = []
    for what, names in (("columns", shown_columns.lacking(page)), ("pinned models", absent(page))):
        if names:
            told.append(f"Not in this run: the {what if len(names) > 1 else what[:-1]} {', '.join(names)}.")
    if COMMERCIAL in page.state.licenses:
        told.append(
            "Commercial use: models whose card names a licence that is known to allow it, some with conditions; read it"
            " before you rely on it."
        )
    return "".join(f'<p class="dim" role="status">{h(line)}</p>' for line in told)


def _basket(page: Page) -> str:
    """Show what was picked with +, and the way from there to the comparison; nothing before anything was picked."""
    models = page.state.models
    if not models:
        return ""
    names = "".join(
        f'<li><button type="button" data-drop="{h(name)}" title="take it out" aria-label="Take {h(name)} out">'
        f"{h(name.rpartition('/')[2])} &times;</button></li>"
        for name in models
    )
    data = page.chosen.board.key if page.chosen.board else ""
    there = h(query(replace(page.state, view="compare", data=data)))
    more = (
        f'<a class="go" href="?{there}" data-go>Compare these {len(models)}</a>'
        if len(models) > 1
        else f'<span class="dim">Pick one to {MOST_MODELS - 1} more with + to compare.</span>'
    )
    return f'<div class="basket" role="region" aria-label="To compare"><ul>{names}</ul>{more}</div>'


def _sorted(page: Page) -> str:
    column = sort_column(page.chosen.rows, page.state.sort)
    return column if column in ("rank", ordering(page.chosen.rows)) else page.state.sort


def _table(page: Page, rows: pd.DataFrame) -> str:
    above = pinned(page)
    if not len(rows) and not len(above):
        why = "Loosen one: a model whose size is not known passes no limit of size."
        return nothing("No model passes these filters.", why)
    body = "".join(_line(page, *line, pin=True) for line in _with_shades(page, above))
    body += "".join(_line(page, *line) for line in _with_shades(page, rows))
    return table("order", _head(page), body, label="Ranking", fit=False)


def _with_shades(page: Page, rows: pd.DataFrame) -> Iterator[tuple[dict[Any, Any], Any, dict[Any, float]]]:
    """Return the lines as records, each with the tie group above it and the shades of its scores."""
    groups = [None, *rows["tie_group"]][: len(rows)]
    return zip(rows.to_dict("records"), groups, page.chosen.shades.loc[rows.index].to_dict("records"), strict=True)


def _head(page: Page) -> str:
    cells = [_header(page, "rank", "rank", "rank"), _header(page, "model", "model", "model")]
    estimates = [*measured.titles(page.chosen.rows), *_estimates(page)]
    cells += [_header(page, *one) if one[0] else _plain(*one[1:]) for one in estimates]
    baselines, facts, scores = (shown_columns.baselines(page), shown_columns.facts(page), shown_columns.scores(page))
    cells += [_header(page, name, name, f"{_first(i)} dim", f"baseline: {name}") for i, name in enumerate(baselines)]
    cells += [
        _header(page, one.flat_names("leaderboard")[0], one.title_in("space"), _kind(one, i))
        for i, one in enumerate(facts)
    ]
    cells += [_header(page, name, name, _first(i), page.facts(name).get("title")) for i, name in enumerate(scores)]
    dated = shown_columns.dated(page)
    cells += [_header(page, "date", "date", "text first")] if dated else []
    groups = (("baselines", baselines), ("facts", facts), ("scores (estimates)", scores), ("run", (1,) * dated))
    spans = f'<td class="rank"></td><td class="model"></td><th colspan="{len(estimates)}">estimate</th>' + "".join(
        f'<th class="first" colspan="{len(names)}">{told}</th>' for told, names in groups if names
    )
    return f'<tr class="kinds">{spans}</tr><tr>{"".join(cells)}</tr>'


def _first(place: int) -> str:
    return "first" if place == 0 else ""


def _plain(told: str, kind: str = "") -> str:
    return f'<th scope="col" class="{kind}" title="{h(_HELP.get(told, ""))}">{h(told)}</th>'


def _header(page: Page, name: str, told: str, kind: str, title: Any = None) -> str:
    arrow, sort = "", ""
    if name == _sorted(page):
        upward = (name in page.chosen.lower or name in ("rank", *SMALL_FIRST)) != page.state.reverse
        arrow, sort = (" ▴", "ascending") if upward else (" ▾", "descending")
    low = ' <small title="lower is better">↓ better</small>' if name in page.chosen.lower else ""
    marked = f' aria-sort="{sort}"' if sort else ""
    return (
        f'<th scope="col" class="{kind}"{marked} title="{h(title or _HELP.get(name, ""))}">'
        f'<button type="button" data-sort="{h(name)}">{h(told)}{arrow}</button>{low}</th>'
    )


def _estimates(page: Page) -> list[tuple[str, str, str]]:
    """Return the columns of estimates: what to sort by, where that can be done, title and class."""
    if not page.chosen.foreseen:
        return [("consensus", "consensus", ""), ("", "95 % interval", "text"), ("", "rank 95 %", "")]
    return [
        ("expected", "expected accuracy", ""),
        ("", "90 % interval", "text"),
        ("", "P(best)", ""),
        ("", "rank 95 %", ""),
        ("consensus", "consensus", ""),
    ]


def _expected(row: dict[str, Any]) -> str:
    """Return the cells of a model's expected accuracy."""
    told = f"<b>{percent(row['expected'])}</b>" if known(row["expected"]) else DASH
    chance = percent(row["p_best"]) if known(row["p_best"]) else DASH
    picture = span(row["expected"], row["expected_lo"], row["expected_hi"], level=90)
    return f'<td>{told}</td><td class="text">{picture}</td><td>{chance}</td>'


def _line(page: Page, row: dict[Any, Any], above: Any, shades: dict[Any, float], *, pin: bool = False) -> str:
    picked = row["model"] in page.state.models
    told = (
        ("group", above != row["tie_group"] and not pin),
        ("tied", row["shared"]),
        ("picked", picked),
        ("pinned", pin),
        ("listed", row["shortlist"] == 1),
    )
    cells = [
        f'<td class="rank">{row["place"]}</td>{_model(page, row, picked, pin)}',
        measured.cells(row) if measured.any_measured(page.chosen.rows) else "",
        _expected(row) if page.chosen.foreseen else "",
        f"<td><b>{number(row['consensus'])}</b></td>" if not page.chosen.foreseen else "",
        f'<td class="text">{span(row["consensus"], row["consensus_lo"], row["consensus_hi"])}</td>'
        if not page.chosen.foreseen
        else "",
        f"<td>{interval(row['rank_lo'], row['rank_hi'], 0) or DASH}</td>",
        f"<td>{number(row['consensus'])}</td>" if page.chosen.foreseen else "",
        *(
            f'<td class="dim {_first(i)}">{baseline(name, row[f"baseline_{name}"])}</td>'
            for i, name in enumerate(shown_columns.baselines(page))
        ),
        *(_fact(column, row, i) for i, column in enumerate(shown_columns.facts(page))),
        *(_score(row, name, shades[name], _first(i)) for i, name in enumerate(shown_columns.scores(page))),
        f'<td class="text dim first">{h(origin(page.chosen, row)) or DASH}</td>' if shown_columns.dated(page) else "",
    ]
    return f'<tr class="{" ".join(name for name, on in told if on)}">{"".join(cells)}</tr>'


def _kind(column: TableColumn, place: int) -> str:
    return " ".join(part for part in ("text" if column.show == "text" else "", _first(place)) if part)


def _fact(column: TableColumn, row: dict[str, Any], place: int) -> str:
    kinds = " ".join(part for part in ("text dim" if column.show == "text" else "", _first(place)) if part)
    marked = f' class="{kinds}"' if kinds else ""
    return f"<td{marked}>{shown(column, row)}</td>"


def shown(column: TableColumn, row: dict[str, Any]) -> str:
    """Write what a leaderboard's row has in a column, as HTML; a dash where it has nothing."""
    names = column.flat_names("leaderboard")
    value = row.get(names[0])
    if not known(value):
        return DASH
    if len(names) == 2:
        return interval(value, row.get(names[1]), 0 if column.show == "ranks" else 2) or DASH
    if column.show in ("count", "bytes"):
        return f"{count(value)}{column.unit}"
    if column.show in ("tenths", "seconds"):
        return f"{value:.1f}"
    return h(value) or DASH if column.kind == "text" else number(value)


def _model(page: Page, row: dict[Any, Any], picked: bool, pin: bool) -> str:
    name = h(row["model"])
    flags = "".join(
        f'<small class="flag" title="{h(flag.help)}">{h(flag.title)}</small>'
        for flag in _FLAGS
        if row.get(flag.flat_names("leaderboard")[0]) == 1
    )
    by = whose(page.chosen, row)
    star = '<b class="star" title="on the shortlist" role="img" aria-label="on the shortlist">*</b>'
    return (
        f'<th scope="row" class="model"><div><button type="button" class="pick" data-pick="{name}"'
        f' aria-pressed="{str(picked).lower()}" aria-label="Compare {name}" title="compare">{"✓" if picked else "+"}'
        f'</button><button type="button" class="pin" data-pin="{name}" aria-pressed="{str(pin).lower()}"'
        f' aria-label="Pin {name}" title="{"pinned: press to let go" if pin else "keep on top"}">{_NEEDLE}</button>'
        f"<span>{link(page.endpoint, row['model'])}{star if row['shortlist'] == 1 else ''}{flags}{by}</span></div></th>"
    )


def _score(row: dict[str, Any], name: str, shade: float, edge: str) -> str:
    value = row[f"score_{name}"]
    if not known(value):
        return f'<td class="none {edge}" title="undefined for this model; Compare says why">{DASH}</td>'
    error = row.get(f"sd_{name}")
    told = f' title="standard error {number(error)}"' if known(error) else ""
    return f'<td class="shade {edge}" style="--s:{0.04 + 0.34 * shade:.2f}"{told}>{number(value)}</td>'


def baseline(name: str, value: float) -> str:
    """Write a baseline: counts as counts."""
    return (
        count(value)
        if name in ("size", "downloads", "likes") or not known(value) or float(value).is_integer()
        else number(value)
    )


def span(value: Any, low: Any, high: Any, level: int = 95) -> str:
    """Draw a value between 0 and 1 as a dot, its interval of so many per cent as a band."""
    if not known(value):
        return ""
    told = f"{value:.2f}" + (f", {level} % interval {interval(low, high)}" if known(low) else "")
    band = ""
    if known(low) and known(high):
        band = f'<i class="band" style="left:{100 * low:.1f}%;width:{max(100 * (high - low), 1):.1f}%"></i>'
    return (
        f'<span class="span" role="img" aria-label="{told}" title="{told}">{band}<i class="dot"'
        f' style="left:{100 * value:.1f}%"></i></span>'
    )


def _pager(many: int, now: int, pages: int) -> str:
    if pages == 1:
        return ""
    first, last = (now - 1) * PAGE + 1, min(now * PAGE, many)
    before, after = (f' data-page="{now + step}"' if 1 <= now + step <= pages else " disabled" for step in (-1, 1))
    return (
        f'<nav class="pager" aria-label="Pages" data-now="{now}"><button type="button"{before}>Previous</button>'
        f'<span>{first} to {last} of {many}</span><button type="button"{after}>Next</button></nav>'
    )
