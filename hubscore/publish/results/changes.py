"""What one more run changes in a results data set; pure, for the Hub and for a folder alike."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from hubscore.modalities.nouns import in_nouns_of
from hubscore.publish.results.datacard import write_card
from hubscore.publish.results.dataset_about import about_json
from hubscore.publish.results.history_folder import with_rankings
from hubscore.publish.results.neighbours import neighbours
from hubscore.publish.results.task_vectors import task_vectors_json
from hubscore.results import leaderboard as board
from hubscore.results.contents import ABOUT, CARD, OPTOUT, PARQUET, ROWS, SCORES, TASK_VECTORS, Contents
from hubscore.results.runs import Run, read_run, run_path
from hubscore.results.whole_runs import publishers_in, whole_runs
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
        deleted: paths of files that go.
    """

    files: Mapping[str, bytes]
    lines: tuple[str, ...] = ()
    deleted: tuple[str, ...] = ()

    @property
    def empty(self) -> bool:
        """Whether everything is there already."""
        return not self.files and not self.deleted

    @property
    def text(self) -> str:
        """The update as a person reads it."""
        return "\n".join(self.lines)


@dataclass(frozen=True)
class Past:
    """What is known of a results data set beside the files that were read.

    Attributes:
        fetch: returns the content of a file by its path; none where there is nothing to fetch.
        publishers: returns who published some runs, by their ids, where that can be found out.
        user: who publishes now; none in a folder.
    """

    fetch: Callable[[str], bytes] | None = None
    publishers: Callable[[Collection[str]], Mapping[str, str]] = lambda runs: {}
    user: str | None = None


def changes(contents: Contents, runs: Sequence[Run], *, repo: str, past: Past | None = None) -> Changes:
    """Return what publishing ``runs`` writes; nothing when all of it is there.

    No line of another run goes; those that an older hubscore took out of their runs come back.

    Args:
        contents: what is there.
        runs: what to publish.
        repo: the data set's id or folder, for a new data card.
        past: of the data set.
    """
    past, old = past or Past(), contents.table()
    before, unread = _whole(contents, old, [run.id for run in runs], past)
    known = publishers_in(before)
    whose = {run.id: known.get(run.id) if contents.has(run.path) else past.user for run in runs}
    new = board.merge_leaderboards(
        before, board.build_leaderboard(((run.id, run.date, run.data) for run in runs), whose)
    )
    files = {run.path: run.to_bytes() for run in runs}
    if not old.equals(new) or PARQUET not in contents.files:
        files |= {PARQUET: to_parquet(new), ROWS: rows_json(new)}
    elif not contents.has(ROWS):
        files[ROWS] = rows_json(new)
    described = _described(known := contents.scores(), runs)
    if described != known or SCORES not in contents.files:
        files[SCORES] = to_json(described)
    if not contents.has(OPTOUT):
        files[OPTOUT] = _OPTOUT_HEAD.encode()
    seen = task_vectors_json(contents.files.get(TASK_VECTORS), runs)
    if seen is not None:
        files[TASK_VECTORS] = seen
    described_data = about_json(contents.files.get(ABOUT), runs)
    if described_data is not None:
        files[ABOUT] = described_data
    more, said = with_rankings(contents.files, [run.ranking for run in runs if not contents.has(run.path)])
    files |= more
    files[CARD] = write_card(contents.files.get(CARD), new, repo=repo)
    written = {path: content for path, content in files.items() if contents.files.get(path) != content}
    lines = [_line(path, content, contents, old, new) for path, content in sorted(written.items())]
    about = neighbours(old, before, new, {run.id for run in runs}, described, past.user) if PARQUET in written else ()
    return Changes(written, (*lines, *about, *unread, *([said] if said else [])))


def _whole(contents: Contents, table: pa.Table, runs: Collection[str], past: Past) -> tuple[pa.Table, tuple[str, ...]]:
    """Return the leaderboard with what older versions of hubscore left out: lines of earlier runs, and publishers."""
    there = sorted({name[5:-5] for name in contents.names if name.startswith("runs/") and name.endswith(".json")})
    fetch, unread = past.fetch, tuple[str, ...]()
    if fetch is not None:
        earlier = [run for run in there if run not in runs]
        table, unread = whole_runs(table, earlier, lambda run: read_run(fetch(run_path(run)), run_path(run)))
    known = publishers_in(table)
    if unknown := [run for run in there if run not in known and past.user is not None]:
        table = board.with_publishers(table, past.publishers(unknown))
    return table, unread


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


def _described(known: Json, runs: Sequence[Run]) -> Json:
    """Return what rankings say about their scores, the newest last, without what holds for one ranking only; where the
    words differ in nothing but that they speak of texts, as a ranking of texts does, those that are known stay.
    """
    described = dict(known)
    for run in sorted(runs, key=lambda run: run.date):
        modality = (run.data.get("probe") or {}).get("modality")
        for name, facts in (run.data.get("scores") or {}).items():
            described[name] = {key: value for key, value in facts.items() if key not in ("averaged", "defined")} | (
                _same_words(described.get(name), facts.get("plain_words"), modality)
            )
    return described


def _same_words(known: Any, words: object, modality: str | None) -> Json:
    before = known.get("plain_words") if isinstance(known, dict) else None
    if not isinstance(before, dict):
        return {}
    now = {key: in_nouns_of(modality, str(text)) for key, text in before.items()}
    return {"plain_words": before} if words == now else {}


def _line(path: str, content: bytes, contents: Contents, old: pa.Table, new: pa.Table) -> str:
    sign = "~" if contents.has(path) else "+"
    size = f"{len(content) / 1000:.1f} kB"
    if path != PARQUET:
        return f"{sign} {path} ({size})"
    before, after = (set(zip(*(table[name].to_pylist() for name in board.KEY), strict=True)) for table in (old, new))
    return (
        f"{sign} {path} ({size}): {len(after - before)} rows added, {len(before - after)} dropped, {len(after)} in all"
    )
