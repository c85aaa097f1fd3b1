"""The history that travels in a results data set: begun by `hubscore history update REPO`, kept up by every run."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from hubscore.atomic import write_atomically
from hubscore.errors import HubError, HubscoreError, reason_of
from hubscore.hub.errors import explain_error
from hubscore.recommend.fitted import fit_history
from hubscore.recommend.history import History
from hubscore.recommend.history_file import FILES, NUMBERS, load_history, save_history
from hubscore.recommend.rankings import DEFAULT_SCORE, SUM, cells_of
from hubscore.recommend.sources import FOLDER, build_history, open_history
from hubscore.recommend.transfer_space import TransferSpace
from hubscore.recommend.update import score_of, update_history, with_cells
from hubscore.results.read import read_results
from hubscore.text import clean
from hubscore.types import Publication, Ranking

if TYPE_CHECKING:
    from collections.abc import Mapping

    from huggingface_hub import HfApi

PATHS = tuple(f"{FOLDER}/{name}" for name in FILES)
"""Where the history lies in a results data set."""


def with_rankings(files: Mapping[str, bytes], rankings: Iterable[Ranking]) -> tuple[dict[str, bytes], str]:
    """Return a history's files with new rankings in it.

    Args:
        files: content by path, among them :data:`PATHS` where there is a history.
        rankings: that it does not hold yet.

    Returns:
        The files, none where there is no history or nothing to add; and why it stays as it is, where that must be said.
    """
    new = list(rankings)
    if not new or any(path not in files for path in PATHS):
        return {}, ""
    try:
        with TemporaryDirectory(prefix="hubscore-history-") as temporary:
            for path in PATHS:
                (Path(temporary) / Path(path).name).write_bytes(files[path])
            history, space = load_history(Path(temporary))
        cells, notes = cells_of(new, score_of(history), total=history.score == SUM)
        if not any(cell.value is not None for cell in cells):
            return {}, ""
        return history_bytes(*with_cells(history, cells, notes, space=space)), ""
    except HubscoreError as error:  # a run is worth publishing beside a history that is damaged
        return {}, f"# {FOLDER}/ stays as it is: {reason_of(error)}"
    except OSError as error:  # no room for temporary files
        return {}, f"# {FOLDER}/ stays as it is: {error.strerror or error}"


def history_bytes(history: History, space: TransferSpace | None) -> dict[str, bytes]:
    """Return a history's files by their paths in a results data set."""
    with TemporaryDirectory(prefix="hubscore-history-") as temporary:
        save_history(history, Path(temporary), space)
        return {path: (Path(temporary) / Path(path).name).read_bytes() for path in PATHS}


@dataclass(frozen=True)
class HistoryUpdate:
    """What became of a history in a results data set.

    Attributes:
        history: as it is now, or would be.
        space: its transfer space.
        publication: what was, or would be, written.
    """

    history: History
    space: TransferSpace
    publication: Publication


def publish_history(
    repo: str | PathLike[str],
    sources: Sequence[str | PathLike[str]] = (),
    *,
    score: str = DEFAULT_SCORE,
    mixed: bool = False,
    yes: bool = False,
    api: HfApi | None = None,
) -> HistoryUpdate:
    """Write the history of a results data set: from its own runs where it has none, and from further sources.

    Args:
        repo: a results data set on the Hub, or a folder of the same layout.
        sources: what to add, as :func:`hubscore.recommend.sources.build_history` takes it.
        score: of its runs, where it has no history yet.
        mixed: whether measured and estimated values may stand in one matrix.
        yes: write. Without, nothing is sent.
        api: the Hub client; by default one with the saved token.

    Raises:
        UsageError: nothing to build from.
        DatasetError: there is no such data set.
        HubError: the Hub refused or failed, or somebody else wrote to it at the same moment.
        StorageError: the history that is there is damaged.
    """
    from hubscore.hub.client import hub_api

    api = api or hub_api()
    results = read_results(repo, api)
    named = f"{FOLDER}/{NUMBERS}" in results.contents.names
    if named:
        history, space = open_history(repo, api=api)
        if sources:
            history, space = update_history(history, *sources, mixed=mixed, space=space)
    else:
        history, space = build_history(repo, *sources, score=score, mixed=mixed, api=api), None
    space = space or fit_history(history, interval=False).space
    written = history_bytes(history, space)
    old = {path: results.fetch(path) for path in PATHS if path in results.contents.names}
    files = {path: content for path, content in written.items() if old.get(path) != content}
    diff = "\n".join(
        f"{'~' if path in old else '+'} {path} ({len(files[path]) / 1000:.1f} kB)" for path in sorted(files)
    )
    outcome = "planned" if files else "unchanged"
    if yes and files:
        _write(results.source, results.revision, files, api)
        outcome = "published"
    return HistoryUpdate(history, space, Publication(str(repo), "history", diff, outcome=outcome))


def _write(source: str, revision: str | None, files: Mapping[str, bytes], api: HfApi) -> None:
    if revision is None:
        for path, content in files.items():
            (Path(source) / path).parent.mkdir(parents=True, exist_ok=True)
            write_atomically(Path(source) / path, content)
        return
    from huggingface_hub import CommitOperationAdd
    from huggingface_hub.utils import httpx

    from hubscore.hub.retry import retry

    added = [CommitOperationAdd(path, content) for path, content in files.items()]
    message = f"Update {FOLDER}/"
    try:
        retry(  # the parent is named: nothing is written twice
            lambda: api.create_commit(
                source, added, commit_message=message, repo_type="dataset", parent_commit=revision
            )
        )
    except (OSError, ValueError, httpx.HTTPError) as error:
        known = explain_error(error, source, kind="dataset")
        what = f"The history could not be sent to '{clean(source)}'"
        raise HubError(what, known.why or known.what, "run the same command again", code=known.code) from error
