"""Data sets: what each is about in a few words and pictures, found by words and by domain."""

from __future__ import annotations

from dataclasses import replace

from boards import Board
from finding import UNKNOWN, Found, every_dataset, found
from markup import nothing
from notices import empty, notices
from page import Page
from state import State, query
from text import h, known, link, name

_MOST = 60
_MOST_CLASSES = 12
_MOST_TAGS = 6


def render(page: Page) -> str:
    """Return the data sets that were asked for."""
    if not page.boards:
        return f"{notices(page)}{empty(page)}"
    every, shown = every_dataset(page), found(page)
    return (
        f'{notices(page)}<div class="top"><h2>Find data like yours</h2><p><span class="tag">estimates</span> Each data set'
        " has a ranking of checkpoints, estimated from a small probe of it. Words are looked for in names, domains, tags,"
        " class names and the first words of cards. Domains are guessed, from the card where there is one.</p></div>"
        f"{_tally(page, len(shown), len(every))}{_cards(page, shown) if shown else _none(page)}"
    )


def _tally(page: Page, shown: int, every: int) -> str:
    sets = "1 data set" if every == 1 else f"{every} data sets"
    told = sets if shown == every else f"{shown} of {sets}"
    first = f", the first {_MOST} of them" if shown > _MOST else ""
    words = f" with '{h(page.state.find)}'" if page.state.find.split() else ""
    of = f", domain {h(' or '.join(page.state.domains))}" if page.state.domains else ""
    return f'<div class="tally"><span role="status">{told}{first}{words}{of}</span></div>'


def _none(page: Page) -> str:
    return nothing(
        "No data set here is like that.",
        "Try another word, or fewer. Models for data that nobody has ranked stand under Recommend; a ranking of yours"
        " takes one command:",
        "<pre>hubscore rank ./my-data --max-params 50M --out ranking.json</pre>",
    )


def _cards(page: Page, shown: list[Found]) -> str:
    return f'<ul class="sets">{"".join(_card(page, one) for one in shown[:_MOST])}</ul>'


def _card(page: Page, one: Found) -> str:
    about = one.about
    count = len(about.pictures)
    images = "".join(
        f'<img src="{h(picture)}" alt="" loading="lazy" width="96" height="96">' for picture in about.pictures
    )
    pictures = f'<div class="thumbs" role="img" aria-label="{count} images of {h(one.dataset)}">{images}</div>'
    where = f'<p class="dim">found in {h(_and(one.where))}</p>' if one.where else ""
    text = f"<p>{h(about.text)}</p>" if about.text else ""
    return (
        f"<li>{pictures if count else ''}<h3>{_go(page, one.boards[0], name(one.dataset))}</h3>{_domain(one)}{where}"
        f"{text}{_facts(page, one)}{_first(page, one.boards[0])}{_others(page, one)}</li>"
    )


def _domain(one: Found) -> str:
    if not one.about.domain:
        return f'<p><span class="kind">domain {UNKNOWN}</span></p>'
    return f'<p><span class="kind">{h(one.about.domain)}</span> <small class="dim">{h(one.about.guessed or "guessed")}</small></p>'


def _facts(page: Page, one: Found) -> str:
    about, first = one.about, one.boards[0].rows.iloc[0]
    classes = about.n_classes or (int(first["classes"]) if known(first["classes"]) else None)
    told = []
    if classes:
        names = ", ".join(about.classes[:_MOST_CLASSES])
        rest = ", ..." if classes > _MOST_CLASSES and names else ""
        told.append(
            f"<b>{classes} {'class' if classes == 1 else 'classes'}</b>{f': {h(names)}{rest}' if names else ''}"
        )
    if about.rows:
        told.append(f"<b>{about.rows:,} {'row' if about.rows == 1 else 'rows'}</b> in the split that was looked at")
    if about.tags:
        told.append(f"tags: {h(', '.join(about.tags[:_MOST_TAGS]))}")
    url = link(page.endpoint, one.dataset, kind="datasets/")
    told += [f"on the Hub: {url}"] if url.startswith("<a") else []
    return "".join(f'<p class="facts">{line}</p>' for line in told)


def _first(page: Page, board: Board) -> str:
    """Say which model is first there; of models that share the first rank, how many do."""
    rows = board.pool[board.pool["rank"].notna()]
    if not len(rows):
        return ""
    best = rows[rows["rank"] == rows["rank"].min()]
    model = best.sort_values(["expected", "consensus"], ascending=False, kind="stable")["model"].iloc[0]
    others = best["model"].nunique() - 1
    shared = f" and {others} that cannot be told apart from it" if others else ""
    return (
        f'<p class="facts">first of {rows["model"].nunique()} models, by an estimate: <b>{name(model)}</b>{shared}</p>'
    )


def _others(page: Page, one: Found) -> str:
    if len(one.boards) == 1:
        return ""
    told = "".join(f"<li>{_go(page, board, h(board.title))}</li>" for board in one.boards)
    return f"<details><summary>{len(one.boards)} rankings</summary><ul>{told}</ul></details>"


def _go(page: Page, board: Board, told: str) -> str:
    """Return a step to a ranking, with the filters of models as they are."""
    asked: State = replace(page.state, view="ranking", data=board.key, run="", map="", page=1, find="", domains=())
    return f'<a href="?{h(query(asked))}" data-go>{told}</a>'


def _and(names: tuple[str, ...]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else names[0]
