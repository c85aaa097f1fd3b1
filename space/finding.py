"""Finding one's task among the data sets: by words in names, domains, tags, classes and cards, and by domain."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import gradio as gr
from about import About
from boards import Board
from page import Page

ACROSS = ("datasets", "summary")
"""Views over all data sets, which are narrowed by words and by domain."""
UNKNOWN = "not known"
_APART = re.compile(r"[^\w]+|_+")


@dataclass(frozen=True)
class Found:
    """A data set.

    Attributes:
        dataset: its id.
        boards: its rankings, newest first.
        about: what it is about.
        where: which of its facts have the words that were looked for.
    """

    dataset: str
    boards: tuple[Board, ...]
    about: About
    where: tuple[str, ...] = ()


def every_dataset(page: Page) -> list[Found]:
    """Return every data set of the results, that with the newest run first."""
    by_name: dict[str, list[Board]] = {}
    for board in page.boards:
        by_name.setdefault(board.dataset, []).append(board)
    return [
        Found(name, tuple(boards), _best([page.abouts.get(board.key, About()) for board in boards]))
        for name, boards in by_name.items()
    ]


def found(page: Page) -> list[Found]:
    """Return the data sets with every word and of one of the domains that were asked for, best match first."""
    known = every_dataset(page)
    domains = page.state.domains
    kept = [one for one in known if not domains or (one.about.domain or UNKNOWN) in domains]
    words = page.state.find.casefold().split()
    if not words:
        return kept
    matched = [(one, matches(one, words)) for one in kept]
    order = list(facts_of(kept[0])) if kept else []
    hits = [Found(one.dataset, one.boards, one.about, where) for one, where in matched if where]
    return sorted(hits, key=lambda one: min(order.index(name) for name in one.where))


def matches(one: Found, words: Sequence[str]) -> tuple[str, ...]:
    """Return which facts hold the words; none where one of the words is nowhere. A plural's s may be missing."""
    facts = facts_of(one)
    holding: dict[str, None] = {}
    for word in words:
        forms = {word, word[:-1]} if len(word) > 3 and word.endswith("s") else {word}
        places = [name for name, said in facts.items() if any(form in said for form in forms)]
        if not places:
            return ()
        holding |= dict.fromkeys(places)
    return tuple(name for name in facts if name in holding)


def facts_of(one: Found) -> Mapping[str, str]:
    """Return what is searched, by how it is called; also with words apart that lines or points join."""
    told = {
        "its name": " ".join(board.title for board in one.boards),
        "its domain": one.about.domain,
        "its tags": " ; ".join(one.about.tags),
        "its classes": " ; ".join(one.about.classes),
        "its card": one.about.text,
    }
    return {name: f"{said} ; {_APART.sub(' ', said)}".casefold() for name, said in told.items()}


def _best(told: Sequence[About]) -> About:
    """Return the newest that says most."""
    return max(told, key=lambda about: (bool(about.domain or about.text), bool(about.pictures), bool(about.classes)))


def make_finding() -> tuple[Any, Any, Any]:
    """Make the controls: the row, what is looked for, and the domains."""
    with gr.Row(elem_classes="pickers", visible=False) as row:
        find = gr.Textbox(
            label="What your data shows",
            placeholder="satellite, birds, x-ray, ...",
            scale=3,
            min_width=240,
            elem_id="find",
        )
        domains = gr.Dropdown([], label="Domain (guessed)", multiselect=True, scale=2, min_width=200, elem_id="domains")
    return row, find, domains


def domain_choice(page: Page) -> Any:
    """Return the drop-down of domains, most frequent first; it is filled where it is seen, since that reads a file."""
    asked = list(page.state.domains)
    if page.state.view not in ACROSS:
        return gr.Dropdown(choices=asked, value=asked)
    counts = Counter(one.about.domain or UNKNOWN for one in every_dataset(page))
    known = sorted(counts, key=lambda name: (name == UNKNOWN, -counts[name], name))
    choices = [(f"{name} ({counts[name]})", name) for name in known]
    return gr.Dropdown(choices=[*choices, *((name, name) for name in asked if name not in counts)], value=asked)
