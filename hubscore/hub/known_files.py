"""The files of repos at commits that were listed already: a commit never changes, so nobody is asked a second time.

The client lists a repo before it downloads from it, unless its cache holds the list of that commit. What a search or a
name brought is handed to that cache when the download begins, and not before: a plan leaves nothing on the disk.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from hubscore.hub.client import snapshot_folder

if TYPE_CHECKING:
    from huggingface_hub import RepoFile

_COMMIT = re.compile(r"[0-9a-f]{40}")
_noted: dict[tuple[str, str], dict[str, KnownFile]] = {}


@dataclass(frozen=True)
class KnownFile:
    """A file of a repo at a commit.

    Attributes:
        size: in bytes.
        blob: its object in git.
        sha256: of its content, where it is large.
        xet: its hash in Xet's storage, where the Hub said.
    """

    size: int
    blob: str
    sha256: str | None = None
    xet: str | None = None


def files_of_tree(tree: Iterable[RepoFile]) -> dict[str, KnownFile]:
    """Return what the client's listing of a repo says, by path."""
    return {
        one.path: KnownFile(one.size, one.blob_id, one.lfs.sha256 if one.lfs else None, one.xet_hash) for one in tree
    }


def files_of_answer(answer: Mapping[str, Any]) -> dict[str, KnownFile]:
    """Return what the Hub's answer about one model says of its files, by path; nothing where it leaves one open.

    Example:
        >>> files_of_answer({"siblings": [{"rfilename": "config.json", "size": 2, "blobId": "ab"}]})
        {'config.json': KnownFile(size=2, blob='ab', sha256=None, xet=None)}
        >>> files_of_answer({"siblings": [{"rfilename": "config.json"}]})
        {}
    """
    files, siblings = dict[str, KnownFile](), answer.get("siblings")
    for one in siblings if isinstance(siblings, list) else ():
        name, size, blob = (
            (one.get(key) for key in ("rfilename", "size", "blobId")) if isinstance(one, dict) else (0,) * 3
        )
        if not isinstance(name, str) or not isinstance(size, int) or not isinstance(blob, str):
            return {}
        large = one.get("lfs")
        sha256 = large.get("sha256") if isinstance(large, dict) else None
        files[name] = KnownFile(size, blob, sha256 if isinstance(sha256, str) else None)
    return files


def note_files(repo_id: object, revision: object, files: Mapping[str, KnownFile]) -> None:
    """Remember all files of a repo at a commit until something of it is downloaded.

    Args:
        repo_id: its name; what is none is passed over, and so is a revision that is no commit.
        revision: the commit.
        files: by path, folders and all; an empty list is passed over.
    """
    if files and isinstance(repo_id, str) and isinstance(revision, str) and _COMMIT.fullmatch(revision):
        _noted[repo_id, revision] = dict(files)


def cached_files(repo_id: str, revision: str) -> dict[str, KnownFile] | None:
    """Return the files of a repo at a commit as the client's cache lists them, none where it does not."""
    if not _COMMIT.fullmatch(revision):
        return None
    try:
        from huggingface_hub._tree_cache import read_tree_cache
    except ImportError:  # another version of the client: it lists by itself
        return None
    entries = read_tree_cache(_storage(repo_id), revision)
    if entries is None:
        return None
    return {path: KnownFile(one.size, one.blob_id, one.lfs_sha256, one.xet_hash) for path, one in entries.items()}


def hand_over(repo_id: str, revision: str) -> None:
    """Write what was noted of a commit into the client's cache, so that the download lists nothing."""
    files = _noted.pop((repo_id, revision), None)
    if files is None or cached_files(repo_id, revision) is not None:
        return
    try:
        from huggingface_hub._tree_cache import TreeCacheEntry, write_tree_cache
    except ImportError:
        return
    entries = {
        path: TreeCacheEntry(one.size, one.blob, one.sha256, one.size if one.sha256 else None, one.xet)
        for path, one in files.items()
    }
    try:
        write_tree_cache(_storage(repo_id), revision, entries)
    except (TypeError, ValueError):  # what a damaged listing says may be of any kind: the client asks again
        return


def _storage(repo_id: str) -> str:
    """Return the folder in which the client's cache keeps a repo, written as the client writes it."""
    return str(snapshot_folder(repo_id, "").parent.expanduser().resolve())
