"""What publishing a run changes for the runs that stand on the same rows already, in words for the preview."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from hubscore.results import leaderboard as board
from hubscore.results.together import boards, together
from hubscore.text import amount, clean

if TYPE_CHECKING:
    import pyarrow as pa

Line = Mapping[str, Any]
_NAMED = 3


def neighbours(
    old: pa.Table, whole: pa.Table, new: pa.Table, runs: Collection[str], scores: Mapping[str, Any], user: str | None
) -> tuple[str, ...]:
    """Return what becomes of the lines of others, and of earlier ones of the user's, in sentences.

    Args:
        old: the leaderboard as it is.
        whole: with the lines that older versions of hubscore took out of their runs.
        new: as it will be.
        runs: that are published.
        scores: descriptions by name.
        user: who publishes; none in a folder, where all runs are of one publisher.
    """
    told = list(_brought_back(old, whole))
    if user is not None:
        told.append(f"# every row says who published it: @{clean(user)}")
    places = boards(new)
    for lines in places.values():
        here = [run for run in _values(new, lines, "run") if run in runs]
        if here and len(set(_values(new, lines, "run"))) > 1:
            told += _on_these_rows(whole, new, lines, runs, scores, user)
    return tuple(told)


def _brought_back(old: pa.Table, whole: pa.Table) -> Iterator[str]:
    if len(whole) > len(old):
        rows = amount(len(whole) - len(old), "row", "rows")
        yield f"# {rows} that an older hubscore had taken out of earlier runs come back"


def _on_these_rows(
    whole: pa.Table,
    new: pa.Table,
    lines: list[int],
    runs: Collection[str],
    scores: Mapping[str, Any],
    user: str | None,
) -> Iterator[str]:
    """Say what becomes of the lines over the rows of one data set."""
    import pyarrow as pa

    after = new.take(pa.array(lines, pa.int64()))
    key = next(iter(boards(after)))
    there = boards(whole).get(key, [])
    before = whole.take(pa.array(there, pa.int64()))
    known = before.filter(pa.array([run not in runs for run in before["run"].to_pylist()], pa.bool_()))
    others = [line for line in board.records(known) if _other(line, user)]
    if others:
        kept = {_identity(line) for line in board.records(after)}
        gone = sum(_identity(line) not in kept for line in others)
        whose = dict.fromkeys(
            f"@{clean(line['publisher'])}" if line["publisher"] else "nobody known" for line in others
        )
        names = ", ".join(list(whose)[:_NAMED]) + (f" and {len(whose) - _NAMED} more" if len(whose) > _NAMED else "")
        count = amount(len({line["run"] for line in others}), "run", "runs")
        rows = amount(len(others), "row", "rows")
        yield f"# others on the same rows: {count} with {rows} ({names}): {gone} of these dropped or replaced"
    yield from _in_the_union(together(before, scores), together(after, scores), user, some=bool(others))


def _in_the_union(before: pa.Table, after: pa.Table, user: str | None, *, some: bool) -> Iterator[str]:
    """Say how the one order of all runs changes."""
    ranks = {_shown(line): line["rank"] for line in board.records(before)}
    now = {_shown(line): line for line in board.records(after)}
    moved = [line for shown, line in now.items() if shown in ranks and line["rank"] != ranks[shown]]
    theirs = sum(_other(line, user) for line in moved)
    given = {_shown(line): line["run"] for line in board.records(before)}
    newer = sum(now[shown]["run"] != run for shown, run in given.items() if shown in now)
    runs = len({line["run"] for line in now.values()})
    told = f"# together these rows show {amount(len(now), 'row', 'rows')} of {amount(runs, 'run', 'runs')}"
    parts = [f"{theirs} of others change their rank"] if some else []
    parts += [f"{len(moved) - theirs} of yours change their rank"] if len(moved) > theirs or not some else []
    if newer:
        stands = "1 earlier row of yours gives" if newer == 1 else f"{newer} earlier rows of yours give"
        parts.append(f"{stands} way to newer values there; each run stays whole")
    yield f"{told}: {', '.join(parts)}"


def _other(line: Line, user: str | None) -> bool:
    return bool(line["publisher"] != user)


def _identity(line: Line) -> tuple[Any, ...]:
    return tuple(sorted((name, repr(value)) for name, value in line.items() if value is not None))


def _shown(line: Line) -> tuple[Any, Any]:
    return line["model"], line["publisher"]


def _values(table: pa.Table, lines: list[int], name: str) -> list[Any]:
    values = table[name].to_pylist()
    return [values[line] for line in lines]
