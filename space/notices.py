"""What stands above every view: what the numbers are, how fresh they are, and what should make a visitor careful."""

from __future__ import annotations

import time
from collections.abc import Sequence

import together
from boards import sort_column
from markup import nothing
from page import Page
from text import ESTIMATES, h, link, with_pages

NEARLY = 0.8
FEWEST = 8
"""Models of which an order says something: three are in one of two orders, right or reverse, one time in three."""
SAID = {
    "size": "size",
    "downloads": "popularity (downloads)",
    "likes": "popularity (likes)",
    "capacity": "capacity (depth)",
    "heuristic": "the heuristic of depth and data size",
    "random": "chance (the random baseline)",
}


def notices(page: Page) -> str:
    """Return the warnings: stale data, older or newer files, an order that a rule of thumb gives too."""
    told = (
        [f'<p class="warn" role="status"><b>Not up to date.</b> {h(_stale(page))}</p>'] if page.results.problem else []
    )
    told += [f'<p class="warn" role="status">{h(page.gone)}</p>'] if page.gone else []
    told += [f'<p class="warn" role="status">{h(note)}</p>' for note in page.snapshot.notes]
    return "".join(told)


def lacking(page: Page) -> str:
    """Say that parts of a view are missing because the Hub did not give them in time; nothing where none are."""
    told = "Some of these results could not be read in time, so parts may be missing here. Reload in a minute."
    return f'<p class="warn" role="status">{told}</p>' if page.patience.lacking else ""


def refused(model: str, models: Sequence[str]) -> str:
    """Say why a model is not compared: as many as can be stand there already."""
    told = f"{len(models)} models are compared at most. To compare {model}, take one out first:"
    return f'<p class="warn said" role="alert">{h(told)} <b>{h(", ".join(models))}</b>.</p>'


def unpinnable(model: str, pins: Sequence[str]) -> str:
    """Say why a model is not pinned: as many as can be are already."""
    told = f"{len(pins)} models are pinned at most. To pin {model}, take one out first."
    return f'<p class="warn said" role="alert">{h(told)}</p>'


def _stale(page: Page) -> str:
    problem = page.results.problem or ""
    if not page.snapshot.read_at:
        return f"Results could not be read yet: {problem}. Reload in a minute to try again."
    when = time.strftime("%d %B %Y, %H:%M UTC", time.gmtime(page.snapshot.read_at))
    return f"What you see was read on {when}; since then {problem}. Reload in a minute to try again."


def cautions(page: Page) -> str:
    """Return what should make a visitor of this board careful."""
    told = []
    for name in page.chosen.baselines:
        tau = page.chosen.tau(name)
        if tau is not None and _near(page, name, tau):
            words = "nearly the order" if tau > 0 else "nearly the reverse of the order"
            told.append(
                f"This order is {words} by {SAID.get(name, name)} (tau-b {tau:+.2f}): the scores have added little"
                " to it."
            )
    listed, ranked = len(page.chosen.rows), _candidates(page)
    if 0 < listed < ranked:
        told.append(
            f"This run ranked {ranked} models; {listed} are listed, the others were ranked again in a later run."
        )
    return together.words(page.chosen) + "".join(f'<p class="warn">{h(line)}</p>' for line in told)


def _near(page: Page, name: str, tau: float) -> bool:
    """Whether an order is that of a baseline, or the reverse, and chance alone would hardly make it so."""
    elsewhere = max(0, _candidates(page) - len(page.chosen.rows))
    return abs(tau) >= NEARLY and int(page.chosen.rows[f"baseline_{name}"].notna().sum()) + elsewhere >= FEWEST


def shortlist(page: Page) -> str:
    """Say which models to fine-tune, and what the expected accuracies of the run are of; nothing without any."""
    rows = page.chosen.rows
    if not page.chosen.foreseen:
        return ""
    chosen, known = (rows["model"][held].nunique() for held in (rows["shortlist"] == 1, rows["p_best"].notna()))
    foreseen = str(rows["run"][rows["expected"].notna()].iloc[0])
    record = (page.record or page.results.run(foreseen, page.patience)).get("record")
    told = record.get("expected") if isinstance(record, dict) else None
    truth = str(told.get("truth") or "") if isinstance(told, dict) else ""
    notes = told.get("notes") if isinstance(told, dict) else None
    wider = "".join(f" {h(note)}." for note in notes or () if isinstance(note, str))
    of = f": {with_pages(truth)}" if truth else ""
    words = f"<p>Expected accuracies are estimates{of}, with 90 % intervals.{wider}</p>"
    if not chosen:
        return words
    which = f"these {chosen} (*)" if chosen > 1 else "this one (*)"
    held = f"the best of {known} is {'among them' if chosen > 1 else 'it'} with 90 %, by an estimate."
    return f'<p class="lead"><b>Fine-tune {which}:</b> {held}</p>{words}'


def misread(page: Page) -> str:
    """Say which limits of size filter nothing, because they are not sizes, and what is no column to sort by."""
    words = " and ".join(f"'{size}'" for size in page.state.unread)
    told = [f"{words} cannot be read as a size and filters nothing: write 25M or 800k."] if words else []
    sort = page.state.sort
    if page.state.view == "ranking" and sort != "rank" and sort_column(page.chosen.rows, sort) == "rank":
        told.append(f"There is no column '{sort}' here: the models stand in the order of their ranks.")
    return "".join(f'<p class="warn" role="status">{h(line)}</p>' for line in told)


def _candidates(page: Page) -> int:
    known = page.chosen.rows["candidates"].dropna()
    return int(known.iloc[0]) if len(known) else 0


def heading(page: Page, about: str = "") -> str:
    """Return the board's name, what was looked at, and that all of it is estimated."""
    board = page.chosen.board
    if board is None:
        return f'{notices(page)}<p class="dim">{h(ESTIMATES)}</p>'
    title = link(page.endpoint, board.dataset, kind="datasets/")
    rest = h(board.title.removeprefix(board.dataset))
    return (
        f'{notices(page)}<div class="top"><h2>{title}<span class="dim">{rest}</span></h2>'
        f'<p><span class="tag">estimates</span> {h(about or ESTIMATES)}</p>{_label(page)}{_chips(page)}</div>'
    )


def _label(page: Page) -> str:
    """Say which column was taken for the label, and why, where the run tells."""
    rows = page.chosen.rows
    label = str(rows.iloc[0].get("label") or "") if len(rows) else ""
    return f'<p class="dim">label: {h(label)}</p>' if label else ""


def _chips(page: Page) -> str:
    rows = page.chosen.rows
    first = rows.iloc[0] if len(rows) else {}
    facts = {
        "models": rows["model"].nunique(),
        "rows": first.get("samples"),
        "classes": first.get("classes"),
        "scores": len(page.chosen.scores),
        "run" if page.chosen.run else "newest run": str(rows["date"].max() if len(rows) else "")[:10],
        "revision": str(first.get("revision") or "")[:7],
        "hubscore": first.get("hubscore_version"),
    }
    shown = {
        name: f"{value:.0f}" if isinstance(value, float) else value
        for name, value in facts.items()
        if value == value and value
    }
    return f'<ul class="chips">{"".join(f"<li>{h(name)} <b>{h(value)}</b></li>" for name, value in shown.items())}</ul>'


def baselines(page: Page) -> str:
    """Draw tau-b of the order with what costs nothing to know."""
    taus = {name: page.chosen.tau(name) for name in page.chosen.baselines}
    if not taus:
        return '<p class="dim">This run has no baselines beside it.</p>'
    items = "".join(_baseline(page, name, tau) for name, tau in taus.items())
    about = (
        "Kendall's tau-b of this order with orders that cost nothing: +1 is the same order, 0 none, -1 the reverse;"
        f" from {NEARLY} on, among {FEWEST} models or more, "
    )
    return (
        f'<section class="baselines"><h3>Is it more than a rule of thumb?</h3><p class="dim">{about}the scores add'
        f' little.</p><ul class="taus">{items}</ul></section>'
    )


def _baseline(page: Page, name: str, tau: float | None) -> str:
    told = "not defined" if tau is None else f"{tau:+.2f}"
    near = tau is not None and _near(page, name, tau)
    return f"<li>{_bar(tau, near)}<span>{h(name)}</span> <b>{told}</b></li>"


def _bar(tau: float | None, near: bool) -> str:
    start, width = (50.0, 0.0) if tau is None else (50 + min(tau, 0) * 50, abs(tau) * 50)
    tone = " near" if near else ""
    return f'<i class="tau{tone}" aria-hidden="true"><i style="left:{start:.1f}%;width:{width:.1f}%"></i></i>'


def empty(page: Page, *, command: str = "hubscore publish ranking.json --to results --yes") -> str:
    """Say that there is nothing, why, and what would change it."""
    why = page.results.problem
    told = f"The results could not be read: {why}." if why else "There are no results yet."
    steps = f"<pre>hubscore rank DATASET --out ranking.json\n{h(command)}</pre>"
    return nothing(h(told), "Rank models for a data set and publish the ranking:", steps)
