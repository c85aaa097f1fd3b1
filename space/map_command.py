"""The commands that make a model map of the rows and models of a board, and put it where the page shows it."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any

from boards import order
from page import Page
from state import State
from text import h, hub_url

MOST = 60
"""Models that a command names."""
_ASKED = ("--as", "--read-as", "--modality", "--input-column", "--image-column", "--text-column", "--pair-column")
"""Options of the run's own command that decide which rows a probe has, besides those that its record tells."""
_PLAIN = re.compile(r"[\w][\w .,:@/+-]{0,200}", re.ASCII)


def commands(page: Page) -> str:
    """Return the two commands, as HTML; where a folder lies is nobody's business."""
    name, board = page.results.name, page.chosen.board
    record = page.record or (page.results.run(board.runs[0], page.patience) if board else {})
    dataset = board.dataset if board and hub_url(page.endpoint, board.dataset) else "DATASET"
    where = f"--repo {name} --yes" if hub_url(page.endpoint, name) else "--results RESULTS_FOLDER"
    rows = " ".join(shlex.quote(word) for word in _rows(page, record))
    models = [one for one in _models(page) if hub_url(page.endpoint, one)]
    named = " ".join(models[:MOST]) if len(models) > 1 else "MODEL MODEL ..."
    drawn = " ".join(word for word in (dataset, rows) if word)
    made = f"hubscore map {h(drawn)} \\\n  --models {h(named)} \\\n  --save my-map"
    return f"{made}\n{h(f'hubscore space --add-map my-map {where}')}"


def left_out(page: Page) -> str:
    """Say which models of the board the command does not name; nothing where it names all."""
    names = _models(page)
    kept = [one for one in names if hub_url(page.endpoint, one)][:MOST]
    many = len(names) - len(kept)
    return (
        f"{many} of the {len(names)} models are left out: a folder of somebody's machine, or beyond {MOST}."
        if many
        else ""
    )


def _models(page: Page) -> list[str]:
    """Return the models of the board, the best first."""
    ordered = order(page.chosen.rows, State(), page.chosen.lower)
    return list(dict.fromkeys(str(name) for name in ordered["model"]))


def _rows(page: Page, record: Mapping[str, Any]) -> Iterator[str]:
    """Return the options that draw the rows of the board again."""
    probe = record.get("probe")
    told: Mapping[str, Any] = probe if isinstance(probe, dict) else {}
    first: Mapping[Any, Any] = page.chosen.rows.iloc[0].to_dict() if len(page.chosen.rows) else {}
    for name in ("config", "split", "revision"):
        yield from _option(f"--{name}", told.get(name) or first.get(name))
    dropped = told.get("dropped")
    lost = len(dropped) if isinstance(dropped, list) else 0
    samples = told.get("samples") or first.get("samples")
    if isinstance(samples, (int, float)) and samples == samples:
        yield from ("--samples", str(int(samples) + lost))
    seed = told.get("seed")
    if isinstance(seed, int) and seed:
        yield from ("--seed", str(seed))
    yield from _option("--label-column", told.get("label_column"))
    yield from _asked(record)


def _asked(record: Mapping[str, Any]) -> Iterator[str]:
    made = record.get("record")
    command = made.get("command") if isinstance(made, dict) else None
    try:
        words = shlex.split(command) if isinstance(command, str) else []
    except ValueError:
        return
    for name, value in pairwise(words):
        if name in _ASKED:
            yield from _option(name, value)


def _option(name: str, value: object) -> tuple[str, ...]:
    return (name, str(value)) if value and _PLAIN.fullmatch(str(value)) else ()
