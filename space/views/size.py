"""Size against score: which models nothing smaller beats."""

from __future__ import annotations

from typing import Any

import pandas as pd
from markup import columns, nothing, table
from notices import cautions, empty, heading, misread
from page import Page
from pins import listed
from plot import Axis, Mark, legend, scatter
from text import count, h, interval, known, link, number

ESTIMATED = ("expected", "consensus")
"""Estimates with an interval of their own."""
AXES = {"parameters": "size", "bytes": "size on disk"}


def render(page: Page) -> str:
    """Return the picture of size against one score, and its front in words."""
    if page.chosen.board is None:
        return heading(page) + empty(page)
    across, up = axes(page)
    every = listed(page)
    rows = every[(every[across] > 0) & every[up].notna()]
    left_out = len(every) - len(rows)
    ranked = up == "consensus" and not page.chosen.foreseen and bool(rows["rank"].notna().all())
    tied = "; of models that share a rank it takes the smallest" if ranked else ""
    about = (
        "Up is better: an estimate from a probe, not a measured accuracy. The line joins the models that no smaller one equals"
        f" or beats{tied}."
    )
    if not len(rows):
        return (
            heading(page, about)
            + misread(page)
            + nothing("No model has both values.", "Choose another axis, or loosen a filter.")
        )
    front = pareto(rows, across, "rank" if ranked else up, lower=ranked or _lower(page, up))
    models = "model is" if left_out == 1 else "models are"
    note = f'<p class="dim">{left_out} {models} not drawn: size or score is not known.</p>' if left_out else ""
    top = heading(page, about) + cautions(page) + misread(page)
    return top + _picture(page, rows, front, across, up) + note + _front(page, front, across, up)


def axes(page: Page) -> tuple[str, str]:
    """Return the columns that the axes show."""
    across = page.state.x if page.state.x in AXES else "parameters"
    if page.state.y in page.chosen.scores:
        return across, f"score_{page.state.y}"
    return across, "consensus" if page.state.y == "consensus" else _ordering(page)


def _size(row: dict[str, Any], across: str) -> str:
    return f"{count(row[across])}{'B' if across == 'bytes' else ''}"


def _ordering(page: Page) -> str:
    """Return the estimate that orders the models."""
    return "expected" if page.chosen.foreseen else "consensus"


def _named(up: str) -> str:
    return "expected accuracy" if up == "expected" else up.removeprefix("score_")


def _lower(page: Page, up: str) -> bool:
    return up.removeprefix("score_") in page.chosen.lower


def pareto(rows: pd.DataFrame, across: str, up: str, *, lower: bool = False) -> pd.DataFrame:
    """Return the models that no model of the same size or smaller matches, smallest first; of equal ones the first
    by name.
    """
    signed = rows.assign(_up=rows[up].astype(float) * (-1 if lower else 1))
    ordered = signed.sort_values([across, "_up", "model"], ascending=[True, False, True], kind="stable")
    best = ordered["_up"].cummax().shift(fill_value=float("-inf"))
    return ordered[ordered["_up"] > best].drop(columns="_up")


def _picture(page: Page, rows: pd.DataFrame, front: pd.DataFrame, across: str, up: str) -> str:
    x = Axis.around(f"{AXES[across]} (log)", rows[across].tolist(), log=True)
    name = _named(up)
    title = f"{name} (estimate{', negated: lower is better' if _lower(page, up) else ''})"
    bands = up in ESTIMATED and len(rows) <= 60
    ends = rows[[up, f"{up}_lo", f"{up}_hi"]].stack().dropna() if bands else rows[up]
    y = Axis.around(title, ends.tolist(), upward=not _lower(page, up))
    on_front = set(front.index)
    marks = [
        _mark(row, across, up, index in on_front, row["model"] in page.state.pins, bands)
        for index, row in rows.to_dict("index").items()
    ]
    marks.sort(key=lambda mark: (mark.pinned, bool(mark.kind)))
    line = [_mark(row, across, up, True, False, False) for row in front.to_dict("records")]
    return _legend(marks, bands) + scatter(
        marks,
        x,
        y,
        front=line,
        label=f"{len(rows)} models by {AXES[across]} and {name}; the table below holds the front",
    )


def _legend(marks: list[Mark], bands: bool) -> str:
    kinds = [("on", "on the front")]
    kinds += [("", "another model")] if any(not mark.kind for mark in marks) else []
    kinds += [("pinned", "pinned")] if any(mark.pinned for mark in marks) else []
    told = [(f'<i class="key {kind}"></i>', words) for kind, words in kinds]
    told += [('<i class="key bar"></i>', "interval")] if bands else []
    keys = legend(told, "What the marks are")
    return f'{keys}<p class="dim">Press a dot to keep its name and pin the model; arrow keys go from dot to dot.</p>'


def _mark(row: dict[Any, Any], across: str, up: str, front: bool, pinned: bool, bands: bool) -> Mark:
    value = number(row[up])
    told = f"{row['model']}: {_named(up)} {value} (estimate), {AXES[across]} {_size(row, across)}, rank {row['place']}"
    band = (row[f"{up}_lo"], row[f"{up}_hi"]) if bands and known(row[f"{up}_lo"]) and known(row[f"{up}_hi"]) else None
    return Mark(row[across], row[up], told, row["model"], "on" if front else "", band, named=front, pinned=pinned)


def _front(page: Page, front: pd.DataFrame, across: str, up: str) -> str:
    lines = "".join(
        '<tr><th scope="row"'
        f' class="model">{link(page.endpoint, row["model"])}</th><td>{_size(row, across)}</td>'
        f"<td>{number(row[up])}</td><td>{row['place']}</td><td>{interval(row['rank_lo'], row['rank_hi'], 0)}</td></tr>"
        for row in front.to_dict("records")
    )
    names = ("model", h(AXES[across]), h(_named(up)), "rank", "rank 95 %")
    return f"<h3>The front, smallest first</h3>{table('small', columns(names), lines, label='The front')}"
