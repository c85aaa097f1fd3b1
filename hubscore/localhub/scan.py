"""What lies in the folder: repos, and the files of one repo, without following a link out of it."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from hubscore.localhub.hashing import Blob, Stamp, wants_lfs
from hubscore.localhub.refusals import Refusal

KINDS = ("model", "dataset", "space")
SIDECAR = ".hub.json"
NOT_SERVED = frozenset({SIDECAR, ".git", ".cache", ".DS_Store", "__pycache__"})
# A data set without a README is told from an organisation by these folder names.
CONTENT_FOLDERS = frozenset({"train", "test", "validation", "valid", "val", "dev", "data", "images"})
SEGMENT = re.compile(r"(?!.*(--|\.\.|\.git$))\w([\w.-]*\w)?", re.ASCII)
LONGEST_ID = 96
MOST_FILES = 100_000
DEEPEST_FOLDER = 100
MOST_WAYS = 16
OWNERLESS = "local"


class RepoKey(NamedTuple):
    """What names a repo: its kind (model, dataset, space) and its id."""

    kind: str
    repo_id: str

    @property
    def namespace(self) -> str:
        """The owner, or an empty string for ids without one."""
        return self.repo_id.rpartition("/")[0]

    @property
    def url_path(self) -> str:
        """The path of the repo's page."""
        return self.repo_id if self.kind == "model" else f"{self.kind}s/{self.repo_id}"


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of a revision and where its bytes lie.

    Args:
        path: the file on disk that holds the bytes.
        stamp: what the file system said of it.
        lfs: whether the Hub keeps it in LFS.
        blob: its names, where already known.
    """

    path: Path
    stamp: Stamp
    lfs: bool
    blob: Blob | None = None

    @property
    def size(self) -> int:
        """Bytes of content."""
        return self.stamp.size


def full_id(repo_id: str) -> str:
    """The id with its owner: clients today refuse most ids without one, so repos without an owner get one."""
    return repo_id if "/" in repo_id else f"{OWNERLESS}/{repo_id}"


def valid_repo_id(repo_id: str) -> bool:
    """Whether an id is ``name`` or ``namespace/name`` in the Hub's alphabet."""
    parts = repo_id.split("/")
    return len(repo_id) <= LONGEST_ID and len(parts) <= 2 and all(SEGMENT.fullmatch(part) for part in parts)


def stamp_of(path: Path) -> Stamp:
    """What the file system says of a file now."""
    found = path.stat()
    return Stamp(found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino)


class Folder:
    """The served folder; nothing outside it is ever read.

    Args:
        root: the folder with ``models/``, ``datasets/`` and ``spaces/``.
    """

    def __init__(self, root: Path) -> None:
        self.root = Path(os.path.realpath(root))

    def holds(self, path: Path) -> bool:
        """Whether a path, links resolved, lies inside the folder."""
        return Path(os.path.realpath(path)).is_relative_to(self.root)

    def repos(self, kind: str) -> dict[RepoKey, Path]:
        """Every repo of a kind in the folder now, and where it lies."""
        tops = {top: _is_repo(top) for top in self._folders(self.root / f"{kind}s")}
        found = {RepoKey(kind, full_id(top.name)): top for top, alone in tops.items() if alone}
        for top in (top for top, alone in tops.items() if not alone):
            found |= {RepoKey(kind, f"{top.name}/{path.name}"): path for path in self._folders(top)}
        return {key: path for key, path in found.items() if valid_repo_id(key.repo_id)}

    def repo(self, key: RepoKey) -> Path | None:
        """The folder of one repo, or None."""
        top = self.root / f"{key.kind}s"
        namespace, _, name = key.repo_id.partition("/")
        if not valid_repo_id(key.repo_id) or not self.holds(top / namespace):
            return None
        if (top / key.repo_id).is_dir() and self.holds(top / key.repo_id) and not _is_repo(top / namespace):
            return top / key.repo_id
        if namespace == OWNERLESS and (top / name).is_dir() and self.holds(top / name) and _is_repo(top / name):
            return top / name
        return None

    def files(self, repo: Path) -> dict[str, Entry]:
        """The files of a repo by path, sorted, without reading them.

        Raises:
            Refusal: 422 when links or folders make more of them than a revision may hold.
        """
        found = list(islice(self._walk(repo, "", frozenset(), Counter()), MOST_FILES + 1))
        if len(found) > MOST_FILES:
            raise Refusal(422, f"{repo.name} has more than {MOST_FILES} files")
        return dict(sorted(found))

    def _folders(self, folder: Path) -> Iterator[Path]:
        if not folder.is_dir() or not self.holds(folder):
            return
        try:
            inside = sorted(os.scandir(folder), key=lambda item: item.name)
        except OSError:  # it may not be read, or is gone
            return
        for item in inside:
            path = folder / item.name
            if SEGMENT.fullmatch(item.name) and (  # where it leads is asked of links alone: a list may see thousands
                path.is_dir() and self.holds(path) if item.is_symlink() else item.is_dir()
            ):
                yield path

    def _walk(
        self, folder: Path, prefix: str, above: frozenset[str], seen: Counter[str]
    ) -> Iterator[tuple[str, Entry]]:
        real = os.path.realpath(folder)
        seen[real] += 1
        if seen[real] > MOST_WAYS:  # links to links multiply without end
            raise Refusal(422, f"Links make more than {MOST_WAYS} paths to one folder of {prefix.partition('/')[0]}")
        if real in above or len(above) >= DEEPEST_FOLDER:  # a link to a folder above itself, or a path without end
            return
        for item in os.scandir(folder):
            path = Path(item.path)
            if item.name in NOT_SERVED or not _is_text(item.name) or (item.is_symlink() and not self.holds(path)):
                continue
            name = prefix + item.name
            if item.is_dir():
                yield from self._walk(path, f"{name}/", above | {real}, seen)
            elif item.is_file():
                found = item.stat()
                stamp = Stamp(found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino)
                yield name, Entry(path, stamp, wants_lfs(name, stamp.size))


def _is_text(name: str) -> bool:
    # A file name may be any bytes, but what is not text cannot be named over HTTP.
    return not any("\ud800" <= letter <= "\udfff" for letter in name)


def _is_repo(folder: Path) -> bool:
    with suppress(OSError):  # it may not be read, or is gone
        for item in os.scandir(folder):
            if item.is_file() and not item.name.startswith("."):
                return True
            if item.is_dir() and item.name in CONTENT_FOLDERS:
                return True
    return False
