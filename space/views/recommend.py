"""Recommend: which models deserve a look on data that nobody has ranked, by how they stood on data like it."""

from __future__ import annotations

import re
from typing import Any

import pandas as pd
from boards import PAGE, filtered
from markup import nothing, table
from notices import empty, misread, notices
from page import Page
from standings import Standings, standings
from text import DASH, count, h, hub_url, known, link

_SHOWN = 6
"""Data sets with a column of their own."""
_SAFE = re.compile(r"[\w-][\w.-]*/[\w.-]{1,96}", re.ASCII)


def render(page: Page) -> str:
    """Return the models in the order of their standing on the data sets that were chosen."""
    if not page.boards:
        return f"{notices(page)}{empty(page)}"
    made = standings(page.boards, page.state.like)
    shown = filtered(made.rows, page.state)
    return (
        f'{notices(page)}<div class="top"><h2>Models for data like this</h2><p><span class="tag">estimates</span> None of'
        " these was run on your data: models stand in the order of their mean standing on the data sets below. A standing is"
        " z among the models that were ranked on the same rows (0 is their average, +1 one standard deviation better), so"
        f" it depends on which models these were.</p>{_chips(page, made)}</div>"
        f"{misread(page)}{_tally(page, made, shown)}{_table(page, made, shown.iloc[:PAGE])}{_next(page, shown)}"
    )


def _chips(page: Page, made: Standings) -> str:
    names = "".join(f"<li><b>{h(name)}</b></li>" for name in made.datasets[: 2 * _SHOWN])
    more = len(made.datasets) - 2 * _SHOWN
    rest = f"<li>and {more} more</li>" if more > 0 else ""
    alone = (
        '<p class="warn">One data set counts: this says who was good there, and no more.</p>'
        if len(made.datasets) == 1
        else ""
    )
    return f'<ul class="chips">{names}{rest}</ul>{alone}'


def _tally(page: Page, made: Standings, shown: pd.DataFrame) -> str:
    every = len(made.rows)
    told = f"{len(shown)} of {every} models" if page.state.filtered else f"{every} models"
    first = f", the first {PAGE} of them" if len(shown) > PAGE else ""
    on = "1 data set" if len(made.datasets) == 1 else f"{len(made.datasets)} data sets"
    return f'<div class="tally"><span role="status">{told}{first}, by mean standing on {on}</span></div>'


def _table(page: Page, made: Standings, rows: pd.DataFrame) -> str:
    if not len(rows):
        return nothing("No model passes these filters.", "Loosen one: a model whose size is not known passes no limit.")
    named = made.datasets[:_SHOWN]
    several = len(made.datasets) > 1
    spans = f'<td class="rank"></td><td class="model"></td><th colspan="{2 if several else 1}">estimate</th>'
    spans += f'<th class="first" colspan="{len(named)}">rank on</th><th class="first" colspan="4">facts</th>'
    titles = ["standing", *(["data sets"] if several else []), *named, "size"]
    head = "".join(f"<th scope=col>{h(title)}</th>" for title in titles)
    head += "".join(f'<th scope="col" class="text">{title}</th>' for title in ("licence", "library", "family"))
    low, high = float(made.rows["standing"].min()), float(made.rows["standing"].max())
    body = "".join(
        _line(page, row, place, named, several, (row["standing"] - low) / (high - low) if high > low else 0.5)
        for place, row in enumerate(rows.to_dict("records"), 1)
    )
    start = '<th scope="col" class="rank">#</th><th scope="col" class="model plain">model</th>'
    return table(
        "order plain",
        f'<tr class="kinds">{spans}</tr><tr>{start}{head}</tr>',
        body,
        label="Recommended models",
        fit=True,
    )


def _line(page: Page, row: dict[Any, Any], place: int, named: tuple[str, ...], several: bool, shade: float) -> str:
    name = f"<span>{link(page.endpoint, row['model'])}</span>"
    cells = [
        f'<td class="rank">{place}</td><th scope="row" class="model"><div>{name}</div></th>',
        f'<td class="shade" style="--s:{0.04 + 0.34 * shade:.2f}"><b>{row["standing"]:+.2f}</b></td>',
        f"<td>{row['datasets']:.0f}</td>" if several else "",
        *(
            f'<td class="{"first" if i == 0 else ""}">{h(row[f"place:{one}"]) if known(row[f"place:{one}"]) else DASH}</td>'
            for i, one in enumerate(named)
        ),
        f'<td class="first">{count(row["parameters"])}</td>',
        *(f'<td class="text dim">{h(row[one]) or DASH}</td>' for one in ("license", "library", "family")),
    ]
    return f"<tr>{''.join(cells)}</tr>"


def _next(page: Page, shown: pd.DataFrame) -> str:
    """Say how to check the first of them on the visitor's own data."""
    names = [str(name) for name in shown["model"].iloc[:5] if _SAFE.fullmatch(str(name))]
    models = f"hubscore rank ./my-data --models {' '.join(map(h, names))} --out ranking.json\n" if names else ""
    source = page.results.name if hub_url(page.endpoint, page.results.name) else "./results"
    return (
        "<h3>Then let them look at your data</h3><p>On your machine; your data stays there. The second line takes the"
        " first twenty from the same results:</p>"
        f"<pre>{models}hubscore recommend ./my-data --history {h(source)} -q | hubscore rank ./my-data --models -</pre>"
    )
