"""What one more run changes in a results data set; pure, for the Hub and for a folder alike."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hubscore.publish.results.datacard import write_card
from hubscore.publish.results.history_folder import with_rankings
from hubscore.publish.results.task_vectors import task_vectors_json
from hubscore.results import leaderboard as board
from hubscore.results.contents import CARD, OPTOUT, PARQUET, ROWS, SCORES, TASK_VECTORS, Contents
from hubscore.results.runs import Run
from hubscore.types import Json

if TYPE_CHECKING:
    import pyarrow as pa

_OPTOUT_HEAD = (
    "# Owners and models that hubscore must not open pull requests for, one per line: owner, or owner/name.\n"
    "# Everything behind a # is a comment.\n"
)


@dataclass(frozen=True)
class Changes:
    """What an update writes.

    Attributes:
        files: new content by path; empty when everything is there already.
        lines: the update in words, one line for each file.
    """

    files: Mapping[str, bytes]
    lines: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The update as a person reads it."""
        return "\n".join(self.lines)


def changes(contents: Contents, runs: Sequence[Run], *, repo: str) -> Changes:
    """Return what publishing ``runs`` writes; nothing when all of it is there.

    Args:
        contents: what is there.
        runs: what to publish.
        repo: the data set's id or folder, for a new data card.
    """
    old = contents.table()
    new = board.merge_leaderboards(old, board.build_leaderboard((run.id, run.date, run.data) for run in runs))
    files = {run.path: run.to_bytes() for run in runs}
    if not old.equals(new) or PARQUET not in contents.files:
        files |= {PARQUET: to_parquet(new), ROWS: rows_json(new)}
    elif not contents.has(ROWS):
        files[ROWS] = rows_json(new)
    known = contents.scores()
    described = known | {
        name: facts for run in sorted(runs, key=lambda run: run.date) for name, facts in _descriptions(run).items()
    }
    if described != known or SCORES not in contents.files:
        files[SCORES] = to_json(described)
    if not contents.has(OPTOUT):
        files[OPTOUT] = _OPTOUT_HEAD.encode()
    seen = task_vectors_json(contents.files.get(TASK_VECTORS), runs)
    if seen is not None:
        files[TASK_VECTORS] = seen
    more, said = with_rankings(contents.files, [run.ranking for run in runs if not contents.has(run.path)])
    files |= more
    files[CARD] = write_card(contents.files.get(CARD), new, repo=repo)
    written = {path: content for path, content in files.items() if contents.files.get(path) != content}
    lines = [_line(path, content, contents, old, new) for path, content in sorted(written.items())]
    return Changes(written, (*lines, *([said] if said else [])))


def to_parquet(table: pa.Table) -> bytes:
    """Return the bytes of ``leaderboard.parquet``."""
    import io

    import pyarrow.parquet as pq

    buffer = io.BytesIO()
    pq.write_table(table, buffer, compression="zstd")
    return buffer.getvalue()


def rows_json(table: pa.Table) -> bytes:
    """Return the bytes of ``leaderboard.json``: an array with one row on each line, every row with every key."""
    lines = (
        json.dumps(row, ensure_ascii=False, allow_nan=False, separators=(",", ":")) for row in board.records(table)
    )
    return ("[\n" + ",\n".join(lines) + "\n]\n").encode()


def to_json(value: object) -> bytes:
    """Return the bytes of a JSON file."""
    return (json.dumps(value, indent=1, ensure_ascii=False, allow_nan=False) + "\n").encode()


def _descriptions(run: Run) -> Json:
    """Return what a ranking says about its scores, without what holds for that ranking only."""
    described = run.data.get("scores") or {}
    return {
        name: {key: value for key, value in facts.items() if key not in ("averaged", "defined")}
        for name, facts in described.items()
    }


def _line(path: str, content: bytes, contents: Contents, old: pa.Table, new: pa.Table) -> str:
    sign = "~" if contents.has(path) else "+"
    size = f"{len(content) / 1000:.1f} kB"
    if path != PARQUET:
        return f"{sign} {path} ({size})"
    before, after = (set(zip(*(table[name].to_pylist() for name in board.KEY), strict=True)) for table in (old, new))
    return (
        f"{sign} {path} ({size}): {len(after - before)} rows added, {len(before - after)} dropped, {len(after)} in all"
    )
