"""A results data set in a folder, for a Space that runs on this machine."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from os import PathLike
from pathlib import Path
from typing import Any

from hubscore.atomic import write_atomically
from hubscore.errors import StorageError
from hubscore.publish.results.changes import Past, changes
from hubscore.publish.results.history_folder import PATHS
from hubscore.results.read import Results, read_folder
from hubscore.results.runs import as_run
from hubscore.types import Ranking


def write_results(
    folder: str | PathLike[str], rankings: Iterable[Ranking | Mapping[str, Any] | str | PathLike[str]]
) -> Results:
    """Write rankings into a folder with the layout of a results data set; what is there already stays.

    Nothing is left out of private data: the folder stays on this machine. Publish with
    :func:`hubscore.publish.results.publish_results`, which does leave it out.

    Args:
        folder: made if need be.
        rankings: rankings, or files they were saved in.

    Raises:
        StorageError: the folder or a ranking cannot be read or written.
    """
    root = Path(folder)
    runs = [as_run(ranking) for ranking in rankings]
    before = read_folder(root, [*(run.path for run in runs), *PATHS])
    written = changes(before.contents, runs, repo=str(root), past=Past(before.fetch)).files
    try:
        for name in written:
            (root / name).parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StorageError(
            f"Cannot write into '{root}'", error.strerror or str(error), "choose another folder"
        ) from error
    for name, content in written.items():
        write_atomically(root / name, content)
    return read_folder(root)
