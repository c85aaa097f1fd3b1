"""What the data set argument means: a local file, a local folder, or a repo on the Hub pinned to a commit."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from hubscore.errors import DatasetError, ErrorCode, HubscoreError, UsageError
from hubscore.hub.client import cached_snapshot, hub_api
from hubscore.hub.errors import explain_error
from hubscore.hub.near_names import did_you_mean, near_names, near_paths, other_kind
from hubscore.hub.retry import retry
from hubscore.modalities.registry import MODALITIES
from hubscore.probe.files import Files, HubFiles, LocalFiles
from hubscore.probe.hub_pages import HubPage, read_page
from hubscore.probe.left_out import SPREADSHEETS, missing_shards
from hubscore.probe.odd_files import odd_files
from hubscore.probe.table_names import FORMAT_OF, is_table

if TYPE_CHECKING:
    from huggingface_hub import HfApi

ARRAYS = (".npz", ".npy", ".mat", ".pkl", ".pickle", ".h5", ".hdf5", ".pt", ".pth", ".tfrecord", ".sqlite", ".db")
"""Endings of files that a program wrote for itself."""


@dataclass(frozen=True)
class DataSource:
    """Where a data set lies.

    Attributes:
        name: what a record calls it: the Hub id, or the path as given.
        kind: what it is.
        path: the absolute path of a local one.
        revision: the commit sha of one on the Hub.
        token: for the Hub.
        config: the configuration that the page shows whose address was given.
        split: the split that it shows.
        shown: the folder or file that it shows.
        cached: where the Hub's cache keeps the commit, in offline mode.
    """

    name: str
    kind: Literal["file", "folder", "hub"]
    path: Path | None = None
    revision: str | None = None
    token: str | bool | None = None
    config: str | None = None
    split: str | None = None
    cached: Path | None = None
    shown: str = ""

    @property
    def notes(self) -> tuple[str, ...]:
        """What must be said about where the data set was read."""
        if self.cached is None:
            return ()
        return (f"offline: read from the Hub's cache at commit {str(self.revision)[:7]}; files not in it are not seen",)

    @property
    def also(self) -> str:
        """What to type for the Hub's data set of the same name, or an empty string where no mix-up is possible."""
        return f"hf://datasets/{self.name}" if self.kind != "hub" and _could_be_id(self.name) else ""

    def files(self) -> Files:
        """Return the reader for its files."""
        if self.path is None:
            return HubFiles(self.name, str(self.revision), self.token, self.cached)
        if self.packed:
            return LocalFiles(self.path.parent, only=self.path.name)
        return LocalFiles(self.path) if self.kind == "folder" else LocalFiles(self.path.parent, anywhere=True)

    @property
    def packed(self) -> bool:
        """Whether it is an archive that is read as the folder which it holds."""
        return self.kind == "folder" and self.path is not None and self.path.is_file()

    @property
    def uri(self) -> str:
        """What ``datasets`` calls it."""
        if self.cached is not None:
            return str(self.cached)
        return f"hf://datasets/{self.name}" if self.path is None else str(self.path)


def locate_dataset(
    dataset: str | os.PathLike[str], *, revision: str | None = None, token: str | bool | None = None
) -> DataSource:
    """Find the data set; a local path that exists wins over a Hub id of the same name.

    Args:
        dataset: a path, or ``user/repo``, ``user/repo@revision``, ``datasets/user/repo``, ``hf://datasets/user/repo``,
            or the address of one of its pages.
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
    page = _page(name)
    repo_id, at = page.repo_id, page.revision
    if revision and at and revision != at:
        raise UsageError(
            f"Two revisions are named for {repo_id!r}",
            f"{at!r} in the id, {revision!r} as an option",
            "keep one of them",
        )
    full_id, commit, cached = _commit(repo_id, revision or at, token)
    return DataSource(full_id, "hub", None, commit, token, page.config, page.split, cached, page.path)


def _local(name: str, path: Path, revision: str | None) -> DataSource:
    if revision is not None:
        also = f", or for the Hub's data set: hf://datasets/{name}" if _could_be_id(name) else ""
        raise UsageError(f"{name!r} is a local path and has no revisions", fix=f"leave --revision out{also}")
    if path.is_dir():
        return DataSource(name, "folder", path.resolve())
    if path.is_file() and path.suffix.lower() in (".zip", ".tar") and not is_table(path.name):
        return DataSource(name, "folder", path.resolve())
    if not is_table(path.name):
        odd = odd_files([name], tuple(MODALITIES))
        why = f"a single file must be one of {', '.join(FORMAT_OF)}"
        fix = "name the folder that holds the files, or a table that lists them"
        if path.suffix.lower() in ARRAYS:
            why, fix = f"{why}; this holds arrays or objects of a program", "save its items as files, or as Parquet"
        elif path.suffix.lower() in SPREADSHEETS:
            why, fix = f"{why}; this is a spreadsheet", "save it as CSV"
        elif odd is not None and odd.fix:
            why, fix = f"{why}; this is {odd.why}", odd.fix
        raise DatasetError(f"File {name!r} is not a data set", why, fix)
    if not path.is_file():
        raise DatasetError(f"{name!r} cannot be read", "it is no regular file", "name a folder or a file")
    return DataSource(name, "file", path.resolve())


def _page(name: str) -> HubPage:
    """Take a Hub reference apart."""
    from huggingface_hub import constants

    page = read_page(name, constants.ENDPOINT)
    if page is not None:
        return page
    plain = name.removeprefix("hf://").removeprefix("datasets/")
    repo_id, _, revision = plain.partition("@")
    if not _could_be_id(repo_id) or (name.startswith("hf://") and not name.startswith("hf://datasets/")):
        raise DatasetError(
            f"Data set {name!r} was not found",
            "there is no such file or folder, and it is not a Hub id",
            did_you_mean(near_paths(name, FORMAT_OF)) or "check the path, or write a Hub id as user/name",
        )
    return HubPage(repo_id, revision or None)


def _could_be_id(name: str) -> bool:
    from huggingface_hub.utils import HFValidationError, validate_repo_id

    try:
        validate_repo_id(name)
    except HFValidationError:
        return False
    return Path(name).suffix.lower() not in (".csv", ".tsv", ".jsonl", ".parquet")


def _commit(repo_id: str, revision: str | None, token: str | bool | None) -> tuple[str, str, Path | None]:
    """Ask the Hub for the repo's full id, which differs after a move, and the commit that a revision means; in offline
    mode look into its cache, and return the folder too.
    """
    from huggingface_hub.errors import OfflineModeIsEnabled, RepositoryNotFoundError

    api = hub_api(token)
    try:
        info = retry(lambda: api.dataset_info(repo_id, revision=revision, timeout=30))
        return info.id, str(info.sha), None
    except OfflineModeIsEnabled as error:
        folder = cached_snapshot(repo_id, revision, "dataset")
        if folder is None:
            raise explain_error(error, repo_id, kind="dataset") from error
        _check_shards(repo_id, folder)
        return repo_id, folder.name, folder
    except Exception as error:
        known = explain_error(error, repo_id, kind="dataset")
        if isinstance(error, RepositoryNotFoundError) and known.code == ErrorCode.REPO_NOT_FOUND:
            known = _not_found(known, repo_id, api)
        raise known from error


def _not_found(known: HubscoreError, repo_id: str, api: HfApi) -> DatasetError:
    """Say what else the name could mean."""
    why = f"{known.why}; no local file or folder has this name either"
    near = near_paths(repo_id, FORMAT_OF) or near_names(repo_id, api, kind="dataset")
    fix = did_you_mean(near) or known.fix
    other = other_kind(repo_id, api, kind="dataset")
    if other == "model":
        why, fix = "it is a model, and the data set comes first", f"hubscore rank DATASET --models {repo_id}"
    elif other == "space":
        why = "it is a Space, and rows come from a data set"
    return DatasetError(known.what, why, fix, code=known.code, **known.details)


def _check_shards(repo_id: str, folder: Path) -> None:
    """Refuse a cached commit of which some shards are missing: its rows would be other ones than the data set's."""
    for name, there, count in missing_shards([path.relative_to(folder).as_posix() for path in folder.rglob("*")]):
        raise DatasetError(
            f"Data set {repo_id!r} is not whole in the Hub's cache",
            f"{there} of {count} files of {name} are there, and offline mode is on",
            f"unset HF_HUB_OFFLINE, or while online: hf download --repo-type dataset {repo_id}",
            code=ErrorCode.OFFLINE,
        )
