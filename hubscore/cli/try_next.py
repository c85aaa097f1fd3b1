"""What to type after a ranking: the same command with one thing more, and how to open the report."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from pathlib import Path

from hubscore.run.environment import HIDDEN
from hubscore.types import Ranking

MOST_TUNED = 5
_PROGRAMS = {"hubscore": "hubscore", "hf-hubscore": "hf hubscore", "__main__.py": "python -m hubscore"}
_NOT_AGAIN = {"--", "-", "--on", "--finetune-top", "--unlabeled"}
"""Words of a command that cannot be typed again with ``--finetune-top`` behind it, or have done it."""


def try_next(ranking: Ranking, saved: Sequence[Path]) -> list[str]:
    """Return commands that fit the result: fine-tune those that may be the best, and look at the report.

    Args:
        ranking: whose record holds the command that made it.
        saved: files of it.
    """
    again = _again(ranking.record.command)
    tunable = len(ranking) > 1 and ranking.probe.target == "classification" and bool(ranking.probe.classes)
    page = next((path for path in saved if path.suffix.lower() == ".html"), None)
    commands = []
    first = len(ranking.shortlist) or sum(row.tie_group == ranking.rows[0].tie_group for row in ranking.rows[:1] or ())
    if again and tunable and not _NOT_AGAIN & set(again[1:]):
        commands.append(f"{_typed(again)} --finetune-top {max(2, min(first, MOST_TUNED, len(ranking)))}")
    if page is not None:
        commands.append(f"python -m webbrowser {shlex.quote(str(page))}")
    elif again and not {"--", "-"} & set(again[1:]) and "--on" not in again:
        commands.append(f"{_typed(again)} --out ranking.html")
    return commands


def _again(command: str | None) -> list[str]:
    """Return the words of a command of this program that can be typed again; none where a secret is hidden in it."""
    if not command or HIDDEN in command:
        return []
    words = shlex.split(command)
    return [_PROGRAMS[words[0]], *words[1:]] if words[0] in _PROGRAMS and words[1:2] == ["rank"] else []


def _typed(words: Sequence[str]) -> str:
    return " ".join([words[0], *map(shlex.quote, words[1:])])
