"""What the data sets of the results are about: words, numbers and small pictures that their publishers sent along."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from boards import Board
from data import Results
from patience import Patience
from text import clean

FILE = "dataset_about.json"
MOST_PICTURES = 6
_MOST_NAMES, _LONGEST, _MOST_LETTERS = 300, 60, 400
_PICTURE = re.compile(r"runs/([\w-]{1,100})/([1-6])\.jpg", re.ASCII)


@dataclass(frozen=True)
class About:
    """What one data set is about; everything may be missing.

    Attributes:
        domain: guessed by whoever published.
        guessed: from what, in words.
        text: the first words of its card.
        tags: of its card.
        classes: names of its classes.
        n_classes: how many there are.
        rows: in the split that was looked at.
        pictures: addresses of small pictures, as this page serves them.
    """

    domain: str = ""
    guessed: str = ""
    text: str = ""
    tags: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    n_classes: int | None = None
    rows: int | None = None
    pictures: tuple[str, ...] = ()


class Abouts:
    """Reads what data sets are about; of runs that say nothing, the names of the classes from their records.

    Args:
        results: the reader.
    """

    def __init__(self, results: Results) -> None:
        self.results = results
        self._classes: dict[str, tuple[str, ...]] = {}
        self._read: tuple[Any, dict[str, About]] = (None, {})

    def of(self, boards: Sequence[Board], patience: Patience) -> dict[str, About]:
        """Return it by the boards' keys; what the Hub does not give in time is missing this once."""
        told = self.results.file(FILE, patience)
        known, by_run = self._read
        if known is not told:
            lines = [one for one in _list(told) if isinstance(one, dict)]
            by_run = {str(line.get("run")): read_about(line, str(line.get("run"))) for line in lines}
            self._read = (told, by_run)
        return {board.key: self._of(board, by_run, patience) for board in boards}

    def _of(self, board: Board, by_run: Mapping[str, About], patience: Patience) -> About:
        for run in board.runs:
            if run in by_run:
                return by_run[run]
        return replace(About(), classes=self._recorded(board.runs[0], patience))

    def _recorded(self, run: str, patience: Patience) -> tuple[str, ...]:
        """Return the names of the classes of an older run, which are kept: its record is large."""
        if run not in self._classes:
            record = self.results.run(run, patience)
            if not record:
                return ()
            probe = record.get("probe")
            self._classes[run] = _names(probe.get("classes") if isinstance(probe, dict) else ())
        return self._classes[run]


def read_about(line: Mapping[str, Any], run: str) -> About:
    """Read one line of ``dataset_about.json``; what is not as it should be is left out."""
    pictures = [_PICTURE.fullmatch(str(path)) for path in _list(line.get("thumbnails"))[:MOST_PICTURES]]
    return About(
        domain=_text(line.get("domain"))[:_LONGEST],
        guessed=_text(line.get("domain_from")),
        text=_text(line.get("text")),
        tags=_names(line.get("tags")),
        classes=_names(line.get("classes")),
        n_classes=_count(line.get("n_classes")),
        rows=_count(line.get("rows")),
        pictures=tuple(f"thumbnail/{run}/{found[2]}.jpg" for found in pictures if found and found[1] == run),
    )


def picture_path(run: str, number: str) -> str | None:
    """Return where a picture lies in the results, none where that is no place of a picture."""
    path = f"runs/{run}/{number}.jpg"
    return path if _PICTURE.fullmatch(path) else None


def _text(value: object) -> str:
    return clean(value)[:_MOST_LETTERS] if isinstance(value, str) else ""


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _names(value: object) -> tuple[str, ...]:
    told: Iterable[str] = (
        clean(name)[:_LONGEST] for name in _list(value)[:_MOST_NAMES] if isinstance(name, (str, int))
    )
    return tuple(name for name in told if name)


def _count(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 < value < 10**15 else None
