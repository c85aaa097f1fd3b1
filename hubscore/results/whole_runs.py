"""Runs that lost lines: older versions of hubscore gave each line of a leaderboard to the latest run that had it."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import TYPE_CHECKING

from hubscore.errors import HubscoreError
from hubscore.results import leaderboard as board
from hubscore.results.runs import Run, run_path
from hubscore.text import clean

if TYPE_CHECKING:
    import pyarrow as pa


def whole_runs(
    table: pa.Table, run_ids: Collection[str], read: Callable[[str], Run]
) -> tuple[pa.Table, tuple[str, ...]]:
    """Return a leaderboard in which every run has all of its lines again, from its own record.

    Args:
        table: as it is; no line of it goes.
        run_ids: the runs that have a record; only those that lack lines are read.
        read: returns a run by its id.

    Returns:
        The table; and for each record that cannot be read a sentence that says so.
    """
    import pyarrow as pa

    found, unread = [], list[str]()
    for run_id in _lacking(table, run_ids):
        try:
            run = read(run_id)
        except HubscoreError as error:
            unread.append(f"# {run_path(run_id)} cannot be read, so no row of it comes back: {clean(error.why)}")
            continue
        found.append((run_id, run.date, run.data))
    if not found:
        return table, tuple(unread)
    known = set(_keys(table))
    built = board.build_leaderboard(found, publishers_in(table))
    lost = built.filter(pa.array([key not in known for key in _keys(built)], pa.bool_()))
    return (board.tidy(pa.concat_tables([board.typed(table), lost], promote_options="permissive")), tuple(unread))


def publishers_in(table: pa.Table) -> dict[str, str]:
    """Return who published each run, where the lines say so."""
    if "publisher" not in table.column_names:
        return {}
    pairs = zip(table["run"].to_pylist(), table["publisher"].to_pylist(), strict=True)
    return {run: publisher for run, publisher in pairs if run and publisher}


def _lacking(table: pa.Table, run_ids: Collection[str]) -> list[str]:
    """Return the runs of which the leaderboard shows fewer lines than there were candidates."""
    shown: dict[str, int] = {}
    every: dict[str, int] = {}
    told = table["candidates"].to_pylist() if "candidates" in table.column_names else [None] * len(table)
    for run, candidates in zip(table["run"].to_pylist(), told, strict=True):
        shown[run] = shown.get(run, 0) + 1
        every[run] = candidates or 0
    return [run for run in run_ids if not every.get(run) or shown[run] < every[run]]


def _keys(table: pa.Table) -> list[tuple[str | None, ...]]:
    return list(zip(*(table[name].to_pylist() for name in board.KEY), strict=True))
