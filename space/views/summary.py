"""Summary: which models are good often, over all data sets or those of a domain."""

from __future__ import annotations

from typing import Any

import pandas as pd
from boards import PAGE, filtered
from finding import found
from markup import nothing, table
from notices import empty, misread, notices
from page import Page
from percentiles import FEWEST_DATASETS, FEWEST_MODELS, LEVEL, Summary, intervals, summary
from text import DASH, count, h, known, link

from views.ranking import span

_SHOWN = 30
"""Data sets with a column of their own."""
_MANY = 8
"""Data sets from which on an interval over them is not said to be too narrow."""


def render(page: Page) -> str:
    """Return the models in the order of their mean percentile, and the percentiles as a heat map."""
    if not page.boards:
        return f"{notices(page)}{empty(page)}"
    sets = found(page)
    made = summary([board for one in sets for board in one.boards])
    shown = filtered(made.rows, page.state)
    return (
        f'{notices(page)}<div class="top"><h2>Models that are good often</h2><p><span class="tag">estimates</span> A'
        " percentile is the share of the other models ranked on the same rows that a model is estimated to beat there: 100"
        " is the first, 50 the middle. It depends on which models these were, and is no accuracy.</p>"
        f"{_over(page, made)}</div>{misread(page)}"
        f"{_cautions(made)}{_tally(page, made, shown)}{_table(page, made, shown.iloc[:PAGE])}"
    )


def _over(page: Page, made: Summary) -> str:
    """Say over which data sets, and how they were chosen."""
    words = [f"with '{page.state.find}'"] if page.state.find.split() else []
    words += [f"of the domain {' or '.join(page.state.domains)} (guessed)"] if page.state.domains else []
    number = len(made.datasets)
    which = f"only those {' and '.join(words)}" if words else "all of these results"
    return f'<p class="dim">Over {number} data {"set" if number == 1 else "sets"}: {h(which)}.</p>'


def _cautions(made: Summary) -> str:
    number, told = len(made.datasets), []
    if number == 1:
        told.append("One data set counts: this says who was good there, and no more.")
    elif 1 < number < _MANY:
        told.append(f"Over {number} data sets an interval is too narrow: take it as a hint, not as {LEVEL} %.")
    if made.small:
        sets = "1 ranking" if made.small == 1 else f"{made.small} rankings"
        told.append(f"{sets} of fewer than {FEWEST_MODELS} models left out: a percentile says little there.")
    return "".join(f'<p class="warn">{h(line)}</p>' for line in told)


def _tally(page: Page, made: Summary, shown: pd.DataFrame) -> str:
    every = len(made.rows)
    told = f"{len(shown)} of {every} models" if page.state.filtered else f"{every} models"
    first = f", the first {PAGE} of them" if len(shown) > PAGE else ""
    few = int((~shown["enough"].astype(bool)).sum()) if len(shown) else 0
    rest = f"; {few} on fewer than half of the data sets stand last" if few else ""
    return f'<div class="tally"><span role="status">{told}{first}, by mean percentile{rest}</span></div>'


def _table(page: Page, made: Summary, rows: pd.DataFrame) -> str:
    if not len(made.datasets):
        return nothing("No data set counts here.", "Take out a word or a domain above.")
    if not len(rows):
        return nothing("No model passes these filters.", "Loosen one: a model whose size is not known passes no limit.")
    named = made.datasets[:_SHOWN]
    left = len(made.datasets) - len(named)
    titles = ["mean", f"{LEVEL} % interval", "data sets"]
    head = "".join(
        f'<th scope="col" class="{"text" if i == 1 else ""}">{h(title)}</th>' for i, title in enumerate(titles)
    )
    head += "".join(
        f'<th scope="col" class="slant" title="{h(one)}"><span>{h(_short(one, named))}</span></th>' for one in named
    )
    head += '<th scope="col" class="first">size</th>'
    head += "".join(f'<th scope="col" class="text">{title}</th>' for title in ("licence", "library", "family"))
    start = '<th scope="col" class="rank">#</th><th scope="col" class="model plain">model</th>'
    low, high = intervals(made.cells[rows.index])
    body = "".join(
        _line(page, made, row, place, (low[i], high[i]), named)
        for i, (place, row) in enumerate(zip(rows.index, rows.to_dict("records"), strict=True))
    )
    more = f'<p class="dim">{left} more data sets count and have no column here.</p>' if left > 0 else ""
    words = (
        f'<p class="dim">Each number is a percentile; the darker, the better. {DASH} was not ranked there. The interval says how'
        f" far the mean would move with other data sets of this kind (data sets drawn again with replacement); models whose"
        f" intervals overlap cannot be told apart. On fewer than {FEWEST_DATASETS} data sets there is none.</p>"
    )
    return table("order plain heat", f"<tr>{start}{head}</tr>", body, label="Models by data sets") + more + words


def _line(
    page: Page, made: Summary, row: dict[Any, Any], place: int, ends: tuple[float, float], named: tuple[str, ...]
) -> str:
    link_to = f"<span>{link(page.endpoint, row['model'], row['model_revision'])}</span>"
    low, high = (None if end != end else float(end) for end in ends)
    cells = "".join(_cell(made.cells[place, i], str(made.places[place, i]), i == 0) for i in range(len(named)))
    return (
        f'<tr class="{"" if row["enough"] else "few"}"><td class="rank">{place + 1}</td>'
        f'<th scope="row" class="model"><div>{link_to}</div></th><td><b>{100 * row["mean"]:.0f}</b></td>'
        f'<td class="text">{_interval(row["mean"], low, high)}</td><td>{row["on"]:.0f} of {len(made.datasets)}</td>'
        f'{cells}<td class="first">{count(row["parameters"])}</td>'
        + "".join(f'<td class="text dim">{h(row[one]) or DASH}</td>' for one in ("license", "library", "family"))
        + "</tr>"
    )


def _short(dataset: str, named: tuple[str, ...]) -> str:
    """Return a data set's name without its owner, where that names no other one."""
    last = [one.rpartition("/")[2] for one in named]
    name = dataset.rpartition("/")[2]
    return name if last.count(name) == 1 else dataset


def _interval(mean: float, low: float | None, high: float | None) -> str:
    if low is None or high is None:
        return DASH
    return f"{span(mean, low, high, LEVEL)} {100 * low:.0f} to {100 * high:.0f}"


def _cell(value: float, place: str, first: bool) -> str:
    edge = " first" if first else ""
    if not known(value):
        return f'<td class="none{edge}">{DASH}<span class="sr"> not ranked</span></td>'
    told = f'<span class="sr">, rank {h(place)}</span>' if place else ""
    title = f' title="rank {h(place)}"' if place else ""
    return f'<td class="plus{edge}" style="--s:{0.04 + 0.5 * value:.2f}"{title}>{100 * value:.0f}{told}</td>'
