"""Compare: two to four models side by side, with what is known, what was estimated, and where they stand elsewhere."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import measured
import pandas as pd
from boards import choose
from column_table import COLUMNS, columns_in
from map_command import commands
from markup import columns, nothing, table
from notices import cautions, empty, heading
from page import Page
from state import State
from text import DASH, h, hub_url, interval, known, link, number, percent
from text import name as parted

from views.ranking import baseline, shown, span

_MARKED = (
    "In a line of scores the best one is marked, and those whose 95 % interval overlaps its own or that read the same."
)
_FLAGS = tuple(column for column in COLUMNS if "compare" in column.beside)
_PICTURE = re.compile(r"data:image/(?:png|jpeg|webp);base64,[A-Za-z0-9+/=]+")


def render(page: Page) -> str:
    """Return the comparison, or how to start one."""
    if page.chosen.board is None:
        return heading(page) + empty(page)
    models = page.models()
    if len(models) < 2:
        told = "Pick two to four models above, or press + beside a model in the ranking."
        missing = [name for name in page.state.models if name not in models.index]
        told += f" Not in this run: {', '.join(missing)}." if missing else ""
        return heading(page) + nothing("Nothing to compare yet.", h(told))
    return (
        heading(page)
        + cautions(page)
        + _verdict(models)
        + _facts(page, models)
        + _elsewhere(page, models)
        + _attributions(page, models)
    )


def _verdict(models: pd.DataFrame) -> str:
    groups = models["tie_group"].dropna()
    if len(groups) == len(models) and groups.nunique() == 1:
        return "<p><b>These models cannot be told apart with this probe:</b> they share one tie group.</p>"
    return ""


def _facts(page: Page, models: pd.DataFrame) -> str:
    rows = models.to_dict("records")
    intervals = {
        row.get("model"): row.get("score_ci") or {} for row in page.record.get("rows") or () if isinstance(row, dict)
    }
    head = columns(["", *(link(page.endpoint, row["model"]) for row in rows)])
    facts: list[tuple[str, Callable[[dict[str, Any]], str]]] = [
        ("rank (estimate)", lambda row: f"<b>{row['place']}</b>{_of(row['candidates'])}"),
        ("rank, 95 % interval", lambda row: interval(row["rank_lo"], row["rank_hi"], 0) or DASH),
        *(_expected() if page.chosen.foreseen else []),
        (
            "consensus (estimate)",
            lambda row: (
                f"<b>{number(row['consensus'])}</b> {span(row['consensus'], row['consensus_lo'], row['consensus_hi'])}"
            ),
        ),
        *measured.facts(models),
        *((column.title_in("compare"), partial(shown, column)) for column in columns_in("compare")),
        *((flag.title, partial(_flag, flag.flat_names("leaderboard")[0])) for flag in _FLAGS),
        ("files that were run", partial(_files, page)),
    ]
    body = "".join(_row(name, [tell(row) for row in rows]) for name, tell in facts)
    body += f'<tr class="part"><th scope="rowgroup" colspan="{len(rows) + 1}">scores (estimates)</th></tr>'
    body += "".join(_score(page, name, rows, intervals) for name in page.chosen.scores)
    body += f'<tr class="part"><th scope="rowgroup" colspan="{len(rows) + 1}">baselines</th></tr>'
    body += "".join(
        _row(name, [baseline(name, row[f"baseline_{name}"]) for row in rows]) for name in page.chosen.baselines
    )
    return f'<p class="dim">{_MARKED}</p>{table("compare", head, body, label="Comparison")}'


def _expected() -> list[tuple[str, Callable[[dict[str, Any]], str]]]:
    return [
        (
            "expected accuracy (estimate)",
            lambda row: (
                f"<b>{percent(row['expected'])}</b>"
                f" {span(row['expected'], row['expected_lo'], row['expected_hi'], level=90)}"
                if known(row["expected"])
                else DASH
            ),
        ),
        ("P(best) (estimate)", lambda row: percent(row["p_best"]) if known(row["p_best"]) else DASH),
    ]


def _flag(name: str, row: dict[str, Any]) -> str:
    return ("yes" if row[name] else "no") if known(row.get(name)) else DASH


def _files(page: Page, row: dict[str, Any]) -> str:
    """Return a link to the very commit that was run."""
    url = hub_url(page.endpoint, row["model"], row["model_revision"])
    local = str(row["model_revision"]).startswith("local-")
    short = h(str(row["model_revision"])[: 14 if local else 7]) or DASH
    url = None if local else url  # no page has the files of somebody's folder
    return f'<a href="{h(url)}" target="_blank" rel="noopener noreferrer">{short}</a>' if url else short


def _of(candidates: float) -> str:
    return f" of {candidates:.0f}" if known(candidates) else ""


def _row(name: str, cells: list[str], title: str = "") -> str:
    return f'<tr><th scope="row" title="{h(title)}">{h(name)}</th>{"".join(f"<td>{cell}</td>" for cell in cells)}</tr>'


def _score(page: Page, name: str, rows: list[dict[str, Any]], intervals: Mapping[Any, Mapping[str, Any]]) -> str:
    sign = -1 if name in page.chosen.lower else 1
    values = [row[f"score_{name}"] for row in rows]
    bounds = [_bounds(intervals.get(row["model"], {}).get(name)) for row in rows]
    marked = best(values, bounds, sign)
    cells = []
    for row, value, pair, mark in zip(rows, values, bounds, marked, strict=True):
        if not known(value):
            cells.append(f'<span class="none">undefined: {h(_reason(row, name))}</span>')
            continue
        told = f' <span class="dim">{number(pair[0])} to {number(pair[1])}</span>' if pair else ""
        cells.append(f"{f'<mark>{number(value)}</mark>' if mark else number(value)}{told}")
    arrow = " ↓" if sign < 0 else ""
    return _row(name + arrow, cells, str(page.facts(name).get("title") or ""))


def _bounds(told: Any) -> tuple[float, float] | None:
    good = isinstance(told, list) and len(told) == 2 and all(isinstance(bound, (int, float)) for bound in told)
    return (float(told[0]), float(told[1])) if good else None


def best(values: Sequence[float], bounds: Sequence[tuple[float, float] | None], sign: int) -> list[bool]:
    """Say which values are the best of a line, or have an interval that meets the best one's: those are not told
    apart from it.
    """
    defined = [i for i, value in enumerate(values) if known(value)]
    if not defined:
        return [False] * len(values)
    top = max(defined, key=lambda i: sign * values[i])
    reach = bounds[top]
    return [
        known(value)
        and (
            number(value) == number(values[top]) or bool(reach and pair and pair[0] <= reach[1] and reach[0] <= pair[1])
        )
        for value, pair in zip(values, bounds, strict=True)
    ]


def _reason(row: dict[str, Any], name: str) -> str:
    try:
        reasons = json.loads(row["undefined"] or "{}")
    except ValueError:
        return "no reason recorded"
    return str(reasons.get(name, "not computed in this run")) if isinstance(reasons, dict) else "no reason recorded"


def _elsewhere(page: Page, models: pd.DataFrame) -> str:
    names, lines = list(models.index), []
    for board in page.boards:
        if not board.rows["model"].isin(names).any():
            continue
        chosen = choose(page.snapshot, (board,), State(data=board.key))
        rows = chosen.rows.drop_duplicates("model").set_index("model")
        cells = [
            f"{rows.at[name, 'place']}{_of(rows.at[name, 'candidates'])}" if name in rows.index else DASH
            for name in names
        ]
        if any(cell != DASH for cell in cells):
            lines.append(_row(board.title, cells))
    note = "<p class='dim'>Estimated ranks, each among all models that were ranked on the same rows; = shares its rank.</p>"
    head = columns(["", *map(parted, names)])
    return f"<h3>Ranks by data set</h3>{note}{table('compare', head, ''.join(lines), label='Ranks by data set')}"


def _attributions(page: Page, models: pd.DataFrame) -> str:
    (found, source), title = pictures(page, list(models.index)), "<h3>Where the models look</h3>"
    if not found:
        why = (
            "No attribution maps were published for these models. This makes them for a data set, next to the model"
            " map:"
        )
        return title + nothing("", why, f"<pre>{commands(page)}</pre>")
    rows = "".join(_column(name, found.get(name, ())) for name in models.index)
    about = "The same images in the same order, one model per row; brighter is where the output reacts most."
    return f'{title}<p class="dim">{h(source)}. {about}</p><div class="maps">{rows}</div>'


def _column(name: str, pictures: tuple[str, ...]) -> str:
    images = "".join(
        f'<img src="{picture}" alt="attribution map {i + 1} of {h(name)}">' for i, picture in enumerate(pictures)
    )
    return (
        f"<figure><figcaption>{h(name)}</figcaption><div>{images or '<span class=none>no maps</span>'}</div></figure>"
    )


def pictures(page: Page, names: list[str]) -> tuple[dict[str, tuple[str, ...]], str]:
    """Return the attribution maps of the one file that has most of the models, this board's first, and its title.

    Maps of two files show different images, so they never stand together; anything that is not an image is left out.
    """
    probe = page.chosen.rows["fingerprint"].iloc[0]
    most: tuple[tuple[int, bool], dict[str, tuple[str, ...]], str] = ((0, False), {}, "")
    for path in page.results.maps():
        content = page.file(path)
        maps = content.get("attributions") if isinstance(content, dict) else None
        found = {name: safe for name in names if (safe := _safe(maps.get(name)))} if isinstance(maps, dict) else {}
        if found and (how_good := (len(found), content.get("fingerprint") == probe)) > most[0]:
            most = (how_good, found, str(content.get("title") or "attribution maps"))
    return most[1], most[2]


def _safe(images: Any) -> tuple[str, ...]:
    good = (
        (text for text in images if isinstance(text, str) and _PICTURE.fullmatch(text))
        if isinstance(images, list)
        else ()
    )
    return tuple(good)[:8]
