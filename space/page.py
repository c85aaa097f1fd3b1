"""What a view is given: the results, the board that was chosen, and what the visitor asked for."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import pandas as pd
from about import About, Abouts
from boards import Board, Chosen, boards_of, choose
from data import Results, Snapshot
from patience import Patience
from state import State
from union import ALL


@dataclass(frozen=True)
class Page:
    """One state of the page, resolved against the results.

    Attributes:
        results: the reader, for run records and maps.
        snapshot: the results at this moment.
        boards: every board, newest first.
        state: what the address asks for.
        chosen: the board, run and lines of it.
        reader: reads what data sets are about.
        patience: how long this view may still wait for files.
    """

    results: Results
    snapshot: Snapshot
    boards: tuple[Board, ...]
    state: State
    chosen: Chosen
    reader: Abouts
    patience: Patience = field(default_factory=Patience)

    @cached_property
    def abouts(self) -> Mapping[str, About]:
        """What the data sets are about, by the keys of their boards."""
        return self.reader.of(self.boards, self.patience)

    @property
    def endpoint(self) -> str:
        """The Hub that links lead to."""
        return self.results.endpoint

    @property
    def gone(self) -> str:
        """What the address asks for and the results do not have, in words; empty when they have it."""
        state, board = self.state, self.chosen.board
        if board is None:
            return ""
        if state.data and board.dataset not in (state.data, state.data.rpartition("~")[0]):
            return (
                f"There are no results for {state.data.rpartition('~')[0] or state.data} here; this is {board.dataset}."
            )
        if state.run in ("", ALL, self.chosen.run):
            return ""
        shown = "this is the newest one" if self.chosen.run else "these are all runs over the same rows"
        return f"The run of this address is not here any more; {shown}."

    @property
    def record(self) -> Mapping[str, Any]:
        """The full record of the chosen run, empty where it cannot be had, and where several stand together."""
        return self.results.run(self.chosen.run, self.patience) if self.chosen.run else {}

    def file(self, path: str) -> Any:
        """Return a JSON file of the results, none where it cannot be had while this view waits."""
        return self.results.file(path, self.patience)

    def facts(self, score: str) -> Mapping[str, Any]:
        """Return what is known about a score."""
        facts: Mapping[str, Any] = self.snapshot.scores.get(score, {})
        return facts

    def models(self) -> pd.DataFrame:
        """Return the models to compare, in the order in which they were picked; the first line of each."""
        rows = self.chosen.rows.drop_duplicates("model").set_index("model", drop=False)
        return rows.loc[[model for model in self.state.models if model in rows.index]]


class Pages:
    """Opens pages; boards are made once a change of the results.

    Args:
        results: the reader.
    """

    def __init__(self, results: Results) -> None:
        self.results, self.reader = results, Abouts(results)
        self._made: tuple[Snapshot, tuple[Board, ...]] | None = None
        self._lock = threading.Lock()

    def open(self, state: State) -> Page:
        """Return the page of a state."""
        patience = Patience()
        snapshot = self.results.snapshot(patience)
        with self._lock:
            if self._made is None or self._made[0] is not snapshot:
                self._made = (snapshot, boards_of(snapshot))
            boards = self._made[1]
        return Page(self.results, snapshot, boards, state, choose(snapshot, boards, state), self.reader, patience)
