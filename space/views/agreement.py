"""Agreement: which scores order the models alike, and which models only some of them want."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from markup import columns, nothing, table
from notices import baselines, cautions, empty, heading
from page import Page
from text import h, link

_FIRST = 5
_MOST_COUNTED = 2000
_MOST_MODELS = 30


def render(page: Page) -> str:
    """Return the matrix between scores, and their first five."""
    if page.chosen.board is None:
        return heading(page) + empty(page)
    about = "How far the estimates agree with each other; that they agree does not make them right."
    if len(page.chosen.scores) < 2:
        return heading(page, about) + nothing("This run has fewer than two scores.") + baselines(page)
    return heading(page, about) + cautions(page) + _matrix(page) + _top_five(page) + baselines(page)


def kendall(first: np.ndarray, second: np.ndarray) -> float | None:
    """Kendall's tau-b of two orders, where both have a value; none for fewer than two models or a constant."""
    both = ~(np.isnan(first) | np.isnan(second))
    a, b = (np.sign(values[both][:, None] - values[both]) for values in (first, second))
    spread = float(np.sqrt(np.count_nonzero(a) * np.count_nonzero(b)))
    return float((a * b).sum() / spread) if spread else None


def _between(page: Page) -> Mapping[str, Mapping[str, Any]]:
    """Return tau-b between scores: the run's own record, or the same from the table where that cannot be had."""
    recorded = page.record.get("agreement")
    if isinstance(recorded, dict) and any(name in recorded for name in page.chosen.scores):
        return {name: row for name, row in recorded.items() if isinstance(row, dict)}
    if len(page.chosen.rows) > _MOST_COUNTED:
        return {}
    names = page.chosen.scores
    values = {
        name: page.chosen.rows[f"score_{name}"].to_numpy(float) * (-1 if name in page.chosen.lower else 1)
        for name in names
    }
    return {name: {other: kendall(values[name], values[other]) for other in names} for name in names}


def _matrix(page: Page) -> str:
    taus = _between(page)
    names = [name for name in page.chosen.scores if name in taus]
    if not names:
        return nothing("", "The agreement between scores is not recorded for this run.")
    body = "".join(_line(one, [_cell(one, other, taus[one].get(other)) for other in names]) for one in names)
    return (
        "<h3>Do the scores agree?</h3><p class='dim'>Kendall's tau-b between the orders of every two scores, times 100;"
        " scores where lower is better are negated first. Scores that say the same count for less than they seem"
        " to.</p>" + table("matrix", columns(map(h, names), slanted=True), body, label="Agreement matrix")
    )


def _line(name: str, cells: list[str]) -> str:
    return f'<tr><th scope="row">{h(name)}</th>{"".join(cells)}</tr>'


def _cell(one: str, other: str, tau: Any) -> str:
    if one == other:
        return '<td class="dim">&middot;</td>'
    if not isinstance(tau, (int, float)):
        return '<td class="none" title="not defined: fewer than two models have both, or one is constant">-</td>'
    tone = "plus" if tau >= 0 else "minus"
    return f'<td class="{tone}" style="--s:{0.55 * abs(tau):.2f}" title="{h(one)} and {h(other)}">{100 * tau:.0f}</td>'


def first_five(rows: pd.DataFrame, column: str, *, lower: bool) -> dict[str, str]:
    """Return the five best models of a score and their places, equal ones by name and with the same place (1=)."""
    values = rows[["model", column]].dropna().sort_values([column, "model"], ascending=[lower, True], kind="stable")
    places, equal = values[column].rank(method="min", ascending=lower), values[column].duplicated(keep=False)
    told = (f"{place:.0f}{'=' if shared else ''}" for place, shared in zip(places, equal, strict=True))
    return dict(list(zip(values["model"], told, strict=True))[:_FIRST])


def _top_five(page: Page) -> str:
    fives = {
        name: first_five(page.chosen.rows, f"score_{name}", lower=name in page.chosen.lower)
        for name in page.chosen.scores
    }
    votes = Counter(model for five in fives.values() for model in five)
    places = dict(zip(page.chosen.rows["model"], page.chosen.rows["place"], strict=True))
    models = sorted(votes, key=lambda model: (-votes[model], model))
    body = "".join(
        f'<tr><th scope="row">{link(page.endpoint, model)} <small class="dim">rank'
        f" {places.get(model, '-')}</small></th>"
        f"{''.join(_vote(model, five) for five in fives.values())}<td><b>{votes[model]}</b></td></tr>"
        for model in models[:_MOST_MODELS]
    )
    left = len(models) - _MOST_MODELS
    return (
        f"<h3>Where they disagree on the first five</h3><p class='dim'>{h(_said(fives))} A number is the model's place"
        " within that score, = a place that equal values share.</p>"
        + table(
            "matrix votes",
            columns([*map(h, fives), "in this many"], slanted=True),
            body,
            label="First five of every score",
        )
        + (f"<p class='dim'>and {left} more that few scores put there</p>" if left > 0 else "")
    )


def _vote(model: str, five: Mapping[str, str]) -> str:
    if model not in five:
        return "<td></td>"
    return f'<td class="plus" style="--s:{max(0.69 - 0.09 * int(five[model].rstrip("=")), 0.2):.2f}">{five[model]}</td>'


def _said(fives: Mapping[str, Mapping[str, str]]) -> str:
    names = list(fives)
    shared = {
        (one, other): len(set(fives[one]) & set(fives[other]))
        for i, one in enumerate(names)
        for other in names[i + 1 :]
    }
    if not shared:
        return ""
    (one, other), least = min(shared.items(), key=lambda item: item[1])
    common = set.intersection(*(set(five) for five in fives.values()))
    many = "No model is" if not common else "One model is" if len(common) == 1 else f"{len(common)} models are"
    told = f"{many} among the first five of every score."
    return f"{told} The two furthest apart, {one} and {other}, share {least} of five."
