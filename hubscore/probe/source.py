"""What the data set argument means: a local file, a local folder, or a repo on the Hub pinned to a commit."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from hubscore.errors import DatasetError, ErrorCode, UsageError
from hubscore.hub.errors import explain_error
from hubscore.hub.retry import retry
from hubscore.modalities.registry import MODALITIES
from hubscore.probe.files import Files, HubFiles, LocalFiles
from hubscore.probe.odd_files import odd_files
from hubscore.probe.table_names import FORMAT_OF, is_table


@dataclass(frozen=True)
class DataSource:
    """Where a data set lies.

    Attributes:
        name: what a record calls it: the Hub id, or the path as given.
        kind: what it is.
        path: the absolute path of a local one.
        revision: the commit sha of one on the Hub.
        token: for the Hub.
    """

    name: str
    kind: Literal["file", "folder", "hub"]
    path: Path | None = None
    revision: str | None = None
    token: str | bool | None = None

    @property
    def also(self) -> str:
        """What to type for the Hub's data set of the same name, or an empty string where no mix-up is possible."""
        return f"hf://datasets/{self.name}" if self.kind != "hub" and _could_be_id(self.name) else ""

    def files(self) -> Files:
        """Return the reader for its files."""
        if self.path is None:
            return HubFiles(self.name, str(self.revision), self.token)
        return LocalFiles(self.path) if self.kind == "folder" else LocalFiles(self.path.parent, anywhere=True)

    @property
    def uri(self) -> str:
        """What ``datasets`` calls it."""
        return f"hf://datasets/{self.name}" if self.path is None else str(self.path)


def locate_dataset(
    dataset: str | os.PathLike[str], *, revision: str | None = None, token: str | bool | None = None
) -> DataSource:
    """Find the data set; a local path that exists wins over a Hub id of the same name.

    Args:
        dataset: a path, or ``user/repo``, ``user/repo@revision``, ``datasets/user/repo``, ``hf://datasets/user/repo``.
        revision: branch, tag or commit on the Hub.
        token: for the Hub.

    Returns:
        The source, with the commit sha of a Hub revision.

    Raises:
        DatasetError: there is no such file, folder or repo.
        UsageError: a revision is named twice, or for a local path.
    """
    name = os.fspath(dataset)
    path = Path(name).expanduser()
    if not name.strip():
        raise UsageError("The data set has no name", fix="name a Hub id, a folder, or a CSV or Parquet file")
    if "://" not in name and path.exists():
        return _local(name, path, revision)
    repo_id, at = _hub_id(name)
    if revision and at and revision != at:
        raise UsageError(
            f"Two revisions are named for {repo_id!r}",
            f"{at!r} in the id, {revision!r} as an option",
            "keep one of them",
        )
    full_id, commit = _commit(repo_id, revision or at, token)
    return DataSource(full_id, "hub", revision=commit, token=token)


def _local(name: str, path: Path, revision: str | None) -> DataSource:
    if revision is not None:
        also = f", or for the Hub's data set: hf://datasets/{name}" if _could_be_id(name) else ""
        raise UsageError(f"{name!r} is a local path and has no revisions", fix=f"leave --revision out{also}")
    if path.is_dir():
        return DataSource(name, "folder", path.resolve())
    if not is_table(path.name):
        odd = odd_files([name], tuple(MODALITIES))
        why = f"a single file must be one of {', '.join(FORMAT_OF)}"
        fix = "name the folder that holds the files, or a table that lists them"
        if path.suffix.lower() in (".xlsx", ".xls", ".ods"):
            why, fix = f"{why}; this is a spreadsheet", "save it as CSV"
        elif path.suffix.lower() == ".zip":
            fix = f"unpack it: unzip {name}, then rank the folder with what was in it"
        elif odd is not None and odd.fix:
            why, fix = f"{why}; this is {odd.why}", odd.fix
        raise DatasetError(f"File {name!r} is not a data set", why, fix)
    if not path.is_file():
        raise DatasetError(f"{name!r} cannot be read", "it is no regular file", "name a folder or a file")
    return DataSource(name, "file", path.resolve())


def _hub_id(name: str) -> tuple[str, str | None]:
    """Split a Hub reference into repo id and revision."""
    plain = name.removeprefix("hf://").removeprefix("datasets/")
    repo_id, _, revision = plain.partition("@")
    if not _could_be_id(repo_id) or (name.startswith("hf://") and not name.startswith("hf://datasets/")):
        raise DatasetError(
            f"Data set {name!r} was not found",
            "there is no such file or folder, and it is not a Hub id",
            "check the path, or write a Hub id as user/name",
        )
    return repo_id, revision or None


def _could_be_id(name: str) -> bool:
    from huggingface_hub.utils import HFValidationError, validate_repo_id

    try:
        validate_repo_id(name)
    except HFValidationError:
        return False
    return Path(name).suffix.lower() not in (".csv", ".tsv", ".jsonl", ".parquet")


def _commit(repo_id: str, revision: str | None, token: str | bool | None) -> tuple[str, str]:
    """Ask the Hub for the repo's full id, which differs after a move, and the commit that a revision means."""
    from huggingface_hub import HfApi
    from huggingface_hub.errors import RepositoryNotFoundError

    from hubscore import __version__

    api = HfApi(library_name="hubscore", library_version=__version__, token=token)
    try:
        info = retry(lambda: api.dataset_info(repo_id, revision=revision, timeout=30))
        return info.id, str(info.sha)
    except Exception as error:
        known = explain_error(error, repo_id, kind="dataset")
        if isinstance(error, RepositoryNotFoundError) and known.code == ErrorCode.REPO_NOT_FOUND:
            why = f"{known.why}; no local file or folder has this name either"
            known = DatasetError(known.what, why, known.fix, code=known.code, **known.details)
        raise known from error
