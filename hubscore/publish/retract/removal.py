"""What taking runs out of a results data set changes; nothing is sent here."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hubscore.publish.results.changes import rows_json, to_parquet
from hubscore.publish.results.datacard import write_card
from hubscore.publish.results.history_folder import PATHS
from hubscore.publish.results.task_vectors import read_task_vectors, task_vectors_of
from hubscore.publish.results.thumbnails import of_run
from hubscore.results import leaderboard as board
from hubscore.results.contents import ABOUT, CARD, PARQUET, ROWS, TASK_VECTORS
from hubscore.results.read import Results
from hubscore.results.runs import run_path
from hubscore.results.whole_runs import whole_runs
from hubscore.text import amount, clean

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True)
class Removal:
    """What is deleted and what is written.

    Attributes:
        deleted: paths of records and of their thumbnails.
        files: new content by path.
        lines: both in words.
    """

    deleted: tuple[str, ...] = ()
    files: Mapping[str, bytes] | None = None
    lines: tuple[str, ...] = ()

    @property
    def empty(self) -> bool:
        """Whether nothing has to change."""
        return not self.deleted and not self.files

    @property
    def text(self) -> str:
        """The change as a person reads it."""
        return "\n".join(self.lines)


def removal(results: Results, runs: Collection[str]) -> Removal:
    """Return what taking ``runs`` out changes.

    Their records and rows go, and rows of which the run is gone already. Rows of other runs stay; those that an older
    hubscore gave to a later run come back.

    Args:
        results: what is there.
        runs: ids; those that are not there are passed over.
    """
    left = [run for run in results.run_ids if run not in runs]
    deleted = tuple(run_path(run) for run in results.run_ids if run in runs)
    deleted += tuple(sorted(path for path in results.contents.names if (run := of_run(path)) and run not in left))
    old = results.table
    owners = old["run"].to_pylist()
    kept = _filtered(old, [run is None or run in left for run in owners])
    new, unread = (kept, ()) if len(kept) == len(old) else whole_runs(board.tidy(kept), left, results.run)
    files = _files(results, old, new, set(left))
    written = {path: content for path, content in files.items() if results.contents.files.get(path) != content}
    if not deleted and not written:
        return Removal()
    names = dict(zip(owners, old["dataset"].to_pylist(), strict=True))
    gone = [f"- {path}{_of(names.get(path[5:-5]))}" for path in deleted]
    pruned = sum(run is not None and run not in left and run not in runs for run in owners)
    counts = (
        f"{amount(sum(run in runs for run in owners), 'row', 'rows')} of retracted runs dropped, {pruned} of runs that"
        f" are gone, {len(new) - len(kept)} of earlier runs come back, {len(new)} in all"
    )
    changed = [f"~ {path}{f': {counts}' if path == PARQUET else ''}" for path in sorted(written)]
    return Removal(deleted, written, (*gone, *changed, *unread, *_stays(results)))


def _of(dataset: str | None) -> str:
    return f" ({clean(dataset)})" if dataset else ""


def _filtered(table: pa.Table, keep: list[bool]) -> pa.Table:
    import pyarrow as pa

    return table.filter(pa.array(keep, pa.bool_()))


def _files(results: Results, old: pa.Table, new: pa.Table, left: Collection[str]) -> dict[str, bytes]:
    """Return new content of the files that tell of runs."""
    files: dict[str, bytes] = {}
    known = results.contents.files
    if not old.equals(new) and PARQUET in known:
        files = {PARQUET: to_parquet(new), ROWS: rows_json(new)}
        files[CARD] = write_card(known.get(CARD), new, repo=results.source)
    for path in (TASK_VECTORS, ABOUT):
        if path in known:
            seen = read_task_vectors(known[path])
            stays = [one for one in seen if one.get("run") in left]
            if len(stays) < len(seen):
                files[path] = task_vectors_of(stays)
    return files


def _stays(results: Results) -> list[str]:
    """Say what a retraction does not reach."""
    told = ["# earlier commits still hold what is taken out; docs/publish.md says how to be rid of them"]
    told.append(
        "# entries in cards and pull requests stay: hubscore retract --from cards, and --from prs, take them back"
    )
    told.append(
        "# pull requests that another machine opened are found by the models of these runs: take them back first"
    )
    if any(path in results.contents.names for path in PATHS):
        told.append("# history/ still holds their values: delete the folder, then hubscore history update REPO --yes")
    return told
