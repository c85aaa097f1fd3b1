"""Boards: the models that were looked at with the same rows of the same data set, their runs, filters and orders."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import pandas as pd
from column_table import columns_in
from data import Snapshot
from licences import COMMERCIAL, allows_commercial_use
from schema import BOARD
from state import State
from text import parse_count
from together import united

PAGE = 50
SORTABLE = {
    column.flat_names("leaderboard")[0]: column
    for place in ("sort", "space", "compare")
    for column in columns_in(place)
}
"""Columns besides the scores that the table can be ordered by."""
SMALL_FIRST = tuple(name for name, column in SORTABLE.items() if column.sort == "ascending")
"""Facts that are ordered upwards; the others, and scores, are ordered best or newest first."""


@dataclass(frozen=True)
class Board:
    """One probe: rows of a data set, and every model that was run over them.

    Attributes:
        key: how the address names it.
        title: data set, configuration and split, and what tells it from others of that name.
        dataset: the data set's id.
        rows: its lines, all runs.
        runs: ids, newest first.
        scores: what each score is, in words.
    """

    key: str
    title: str
    dataset: str
    rows: pd.DataFrame
    runs: tuple[str, ...]
    scores: Mapping[str, Any] = field(default_factory=dict, repr=False, compare=False)

    @cached_property
    def pool(self) -> pd.DataFrame:
        """The lines of all runs as one pool; those of a single run as they are."""
        return united(self.rows, self.scores) if len(self.runs) > 1 else self.rows


@dataclass(frozen=True)
class Chosen:
    """What one state shows: a board, one run of it or all of them together, and the lines in order.

    Attributes:
        board: none where there are no results.
        run: the run's id; empty where several stand together.
        rows: the lines, with ``place`` (1= where others share the rank).
        shown: the lines that the filters leave, in the order that was asked for.
        scores: names with at least one value in this run.
        baselines: the same for baselines.
        lower: names of scores where lower is better.
    """

    board: Board | None
    run: str
    rows: pd.DataFrame
    shown: pd.DataFrame
    scores: tuple[str, ...]
    baselines: tuple[str, ...]
    lower: frozenset[str]

    @cached_property
    def foreseen(self) -> bool:
        """Whether this run has expected accuracies."""
        return bool(self.rows["expected"].notna().any())

    @cached_property
    def shades(self) -> pd.DataFrame:
        """Place of each model within a score, 0 worst to 1 best; equals share one."""
        return pd.DataFrame(
            {name: _shade(self.rows[f"score_{name}"], name in self.lower) for name in self.scores},
            index=self.rows.index,
        )

    def tau(self, name: str) -> float | None:
        """Kendall's tau-b of this order with a baseline."""
        values = self.rows.get(f"tau_{name}", pd.Series(dtype=float)).dropna()
        return float(values.iloc[0]) if len(values) else None


def _shade(values: pd.Series, lower: bool) -> pd.Series:
    place = values.rank(method="average", ascending=not lower)
    spread = place.max() - place.min()
    return (place - place.min()) / spread if spread else place * 0 + 0.5


def boards_of(snapshot: Snapshot) -> tuple[Board, ...]:
    """Return every board, the most recent first."""
    found = []
    for facts, rows in snapshot.table.groupby(list(BOARD), sort=False, dropna=False):
        told = dict(zip(BOARD, facts, strict=True))
        dates = rows.groupby("run")["date"].max().sort_values(ascending=False, kind="stable")
        config = f" ({told['config']})" if told["config"] not in ("", "default") else ""
        title = f"{told['dataset']}{config}{', ' if told['split'] else ''}{told['split']}"
        found.append(
            (
                str(dates.iloc[0]),
                Board(key_of(facts), title, told["dataset"], rows, tuple(dates.index), snapshot.scores),
            )
        )
    ordered = [board for _, board in sorted(found, key=lambda item: item[0], reverse=True)]
    titles = [board.title for board in ordered]
    return tuple(_told_apart(board) if titles.count(board.title) > 1 else board for board in ordered)


def key_of(facts: Sequence[str]) -> str:
    """Return the key of the board with these facts, in the order of ``schema.BOARD``."""
    return f"{facts[0]}~{hashlib.sha256(chr(0).join(facts).encode()).hexdigest()[:8]}"


def _told_apart(board: Board) -> Board:
    first = board.rows.iloc[0]
    samples = f"{first['samples']:.0f} rows, " if first["samples"] == first["samples"] else ""
    return replace(board, title=f"{board.title}, {samples}probe {(first['fingerprint'] or board.key[-8:])[:8]}")


def find_board(boards: tuple[Board, ...], key: str) -> Board | None:
    """Return the board of an address: by its key, else by the data set's name alone, else the first."""
    by_key = {board.key: board for board in boards}
    by_name = {board.dataset: board for board in reversed(boards)}
    first = boards[0] if boards else None
    return by_key.get(key) or by_name.get(key) or by_name.get(key.rpartition("~")[0]) or first


def choose(snapshot: Snapshot, boards: tuple[Board, ...], state: State) -> Chosen:
    """Return what a state shows: the run that it names, else all runs over the same rows together."""
    board = find_board(boards, state.data)
    rows = board.pool if board else snapshot.table.iloc[:0]
    run = (
        "" if board is None else state.run if state.run in board.runs else board.runs[0] if len(board.runs) < 2 else ""
    )
    rows = board.rows[board.rows["run"] == run] if board and run else rows
    shared = rows.groupby("tie_group")["model"].transform("size") > 1
    rows = rows.assign(
        place=[_place(rank, more) for rank, more in zip(rows["rank"], shared, strict=True)], shared=shared
    )
    lower = frozenset(name for name, facts in snapshot.scores.items() if facts.get("direction") == "lower")
    scores = tuple(name for name in snapshot.score_names if rows[f"score_{name}"].notna().any())
    baselines = tuple(
        name.removeprefix("baseline_") for name in rows if name.startswith("baseline_") and rows[name].notna().any()
    )
    return Chosen(board, run, rows, order(filtered(rows, state), state, lower), scores, baselines, lower)


def _place(rank: float, shared: bool) -> str:
    return "-" if rank != rank else f"{rank:.0f}{'=' if shared else ''}"


def filtered(rows: pd.DataFrame, state: State) -> pd.DataFrame:
    """Return the lines that every filter lets through; an unknown size passes no limit of size."""
    keep = pd.Series(True, index=rows.index)
    for word in state.search.casefold().split():
        keep &= rows["model"].str.casefold().str.contains(word, regex=False) | rows[
            "family"
        ].str.casefold().str.contains(word, regex=False)
    for column, wanted in (("license", state.licenses), ("library", state.libraries), ("family", state.families)):
        if wanted:
            named = rows[column].isin(["" if value == "unknown" else value for value in wanted])
            free = column == "license" and COMMERCIAL in wanted
            keep &= named | rows[column].map(allows_commercial_use) if free else named
    low, high = parse_count(state.smallest), parse_count(state.largest)
    if low is not None:
        keep &= rows["parameters"] >= low
    if high is not None:
        keep &= rows["parameters"] <= high
    return rows[keep]


def order(rows: pd.DataFrame, state: State, lower: frozenset[str]) -> pd.DataFrame:
    """Return the lines in the order asked for.

    By rank, models of one tie group stand in the order of their expected accuracies, or of their names where there are
    none: they cannot be told apart. By the estimate that made the ranks, they stand in its order within their groups.
    What is unknown stands last, whichever way round.
    """
    names = rows["model"].str.casefold()
    keys = pd.DataFrame({"name": names, "model": rows["model"]}, index=rows.index)
    column = sort_column(rows, state.sort)
    ascending = column in (*SMALL_FIRST, "rank") or column.removeprefix("score_") in lower
    keys["value"] = rows[column] if column != "model" else names
    keys["unknown"] = rows[column].isna() | (rows[column].astype(object) == "")
    keys["expected"] = rows["expected"].fillna(-1.0) if column == "rank" else 0.0
    keys["group"] = rows["rank"] if column == ordering(rows) else 0.0
    upward = ascending != state.reverse
    return rows.loc[
        keys.sort_values(
            ["unknown", "group", "value", "expected", "name", "model"],
            ascending=[True, not state.reverse, upward, not upward, True, True],
            kind="stable",
        ).index
    ]


def ordering(rows: pd.DataFrame) -> str:
    """Return the estimate that made the ranks: expected accuracy, or the consensus where there is none."""
    return "expected" if rows["expected"].notna().any() else "consensus"


def sort_column(rows: pd.DataFrame, name: str) -> str:
    """Return the column that an address asks to sort by, the rank when there is none of that name.

    Of runs without expected accuracies the consensus is in their place.
    """
    if name == "expected":
        return ordering(rows)
    if name in SORTABLE:
        return name
    return next((column for column in (f"score_{name}", f"baseline_{name}") if column in rows), "rank")


def choices(rows: pd.DataFrame, column: str) -> list[str]:
    """Return the values of a column that a filter offers, most frequent first."""
    counts = rows[column].replace("", "unknown").value_counts()
    return sorted((str(value) for value in counts.index), key=lambda value: (-counts[value], value))
