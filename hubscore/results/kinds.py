"""What kind of items the runs of a results data set ranked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hubscore.errors import HubscoreError
from hubscore.results.contents import ABOUT
from hubscore.results.leaderboard import BOARD
from hubscore.results.read import Results
from hubscore.text import parse_json

IMAGES = "image"
"""What a record is about that names no kind: those of older versions."""


def kinds_of(results: Results) -> dict[str, str]:
    """Return the modality of every run in the leaderboard.

    Most runs say it in ``dataset_about.json``. Those that do not, as runs of data that is not named, share the
    modality of a run over the same rows that does, or have their record read, once for the same rows.
    """
    told = _told(results)
    table = results.table
    lines = zip(*(table[name].to_pylist() for name in (*BOARD, "run")), strict=True)
    boards: dict[tuple[Any, ...], list[str]] = {}
    for *board, run in dict.fromkeys(lines):
        boards.setdefault(tuple(board), []).append(str(run))
    found: dict[str, str] = {}
    for runs in boards.values():
        known = next((told[run] for run in runs if run in told), None) or _recorded(results, runs)
        found |= dict.fromkeys(runs, known)
    return found


def _told(results: Results) -> dict[str, str]:
    try:
        lines = parse_json(results.contents.files.get(ABOUT, b"[]"))
    except ValueError:
        return {}
    named = [line for line in lines if isinstance(line, Mapping)] if isinstance(lines, list) else []
    return {str(line.get("run")): str(line["modality"]) for line in named if line.get("modality")}


def _recorded(results: Results, runs: list[str]) -> str:
    for run in runs:
        if run in results.run_ids:
            try:
                probe = results.run(run).data.get("probe") or {}
            except HubscoreError:  # a damaged record is no reason for a page to be missing
                continue
            return str(probe.get("modality") or IMAGES)
    return IMAGES
