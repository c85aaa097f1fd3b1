"""What a results data set holds, and what one more run changes in it; pure, for the Hub and for a folder alike."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from hubscore.errors import StorageError
from hubscore.results import leaderboard as board
from hubscore.results.datacard import write_card
from hubscore.results.runs import Run, check_schema
from hubscore.types import Json

if TYPE_CHECKING:
    import pyarrow as pa

PARQUET = "leaderboard.parquet"
ROWS = "leaderboard.json"
SCORES = "scores.json"
OPTOUT = "optout.txt"
CARD = "README.md"
READ = (PARQUET, SCORES, OPTOUT, CARD)
"""The files that an update needs the content of."""

_OPTOUT_HEAD = (
    "# Owners and models that hubscore must not open pull requests for, one a line: owner, or owner/name.\n"
    "# Everything behind a # is a comment.\n"
)


@dataclass(frozen=True)
class Contents:
    """What is there before an update.

    Attributes:
        files: content by path, of the files in :data:`READ` and of the runs that are to be published.
        names: every path, whether its content was read or not.
    """

    files: Mapping[str, bytes] = field(default_factory=dict)
    names: Collection[str] = ()

    def has(self, path: str) -> bool:
        """Whether there is such a file."""
        return path in self.files or path in self.names

    def table(self) -> pa.Table:
        """Return the leaderboard, empty where there is none.

        Raises:
            StorageError: it is damaged, or a newer hubscore wrote it.
        """
        return read_table(self.files[PARQUET]) if PARQUET in self.files else board.empty()

    def scores(self) -> Json:
        """Return the descriptions of scores."""
        return read_scores(self.files[SCORES]) if SCORES in self.files else {}


@dataclass(frozen=True)
class Changes:
    """What an update writes.

    Attributes:
        files: new content by path; empty when everything is there already.
        lines: the update in words, one line a file.
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
    files[CARD] = write_card(contents.files.get(CARD), new, repo=repo)
    written = {path: content for path, content in files.items() if contents.files.get(path) != content}
    return Changes(
        written, tuple(_told(path, content, contents, old, new) for path, content in sorted(written.items()))
    )


def read_table(content: bytes) -> pa.Table:
    """Read ``leaderboard.parquet``.

    Raises:
        StorageError: it is damaged, or a newer hubscore wrote it.
    """
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    try:
        table = pq.read_table(pa.BufferReader(content))
    except (pa.ArrowException, OSError) as error:
        fix = "restore the file from an earlier commit, or publish to another --results-repo"
        raise StorageError(f"Cannot read {PARQUET}", str(error).splitlines()[0], fix) from error
    if missing := [name for name in (*board.KEY, "run", "date", "schema") if name not in table.column_names]:
        raise StorageError(
            f"Cannot read {PARQUET}",
            f"it has no column {missing[0]!r}, so it is no leaderboard",
            "another --results-repo",
        )
    if len(table):
        check_schema(pc.max(table["schema"]).as_py(), PARQUET)
    return table.replace_schema_metadata(None)


def to_parquet(table: pa.Table) -> bytes:
    """Return the bytes of ``leaderboard.parquet``."""
    import io

    import pyarrow.parquet as pq

    buffer = io.BytesIO()
    pq.write_table(table, buffer, compression="zstd")
    return buffer.getvalue()


def read_scores(content: bytes) -> Json:
    """Read ``scores.json``.

    Raises:
        StorageError: it is damaged.
    """
    try:
        data = json.loads(content)
    except ValueError as error:
        raise StorageError(
            f"Cannot read {SCORES}", f"it is not JSON ({error})", "delete the file; it is written again"
        ) from error
    if not isinstance(data, dict):
        raise StorageError(f"Cannot read {SCORES}", "it holds no scores", "delete the file; it is written again")
    return data


def read_optout(content: bytes) -> frozenset[str]:
    """Return the owners and models that want no pull request, in lower case."""
    lines = content.decode("utf-8-sig", "replace").splitlines()
    return frozenset(name for line in lines if (name := line.partition("#")[0].strip().lower()))


def rows_json(table: pa.Table) -> bytes:
    """Return the bytes of ``leaderboard.json``: an array with one row a line, every row with every key."""
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


def _told(path: str, content: bytes, contents: Contents, old: pa.Table, new: pa.Table) -> str:
    sign = "~" if contents.has(path) else "+"
    size = f"{len(content) / 1000:.1f} kB"
    if path != PARQUET:
        return f"{sign} {path} ({size})"
    before, after = (set(zip(*(table[name].to_pylist() for name in board.KEY), strict=True)) for table in (old, new))
    return (
        f"{sign} {path} ({size}): {len(after - before)} rows added, {len(before - after)} dropped, {len(after)} in all"
    )
