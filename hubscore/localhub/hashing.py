"""The hashes of git and git LFS: blobs, pointers, trees, commits, and a memory of what was hashed."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from os.path import splitext
from pathlib import Path
from typing import NamedTuple

LFS_SUFFIXES = frozenset(
    ".7z .arrow .bin .bz2 .ckpt .ftz .gz .h5 .joblib .lz4 .mlmodel .model .msgpack .npy .npz .onnx .ot .parquet .pb"
    " .pickle .pkl .pt .pth .rar .safetensors .tar .tflite .tgz .wasm .xz .zip .zst".split()
)
LFS_BYTES = 10_000_000
CHUNK = 1 << 20


class Stamp(NamedTuple):
    """What the file system says of a file without reading it; equal stamps mean equal bytes."""

    size: int
    mtime_ns: int
    ctime_ns: int
    inode: int


@dataclass(frozen=True, slots=True)
class Blob:
    """The names of some bytes: the git object id, and the SHA-256 when git LFS holds them."""

    oid: str
    sha256: str | None = None


def wants_lfs(path: str, size: int) -> bool:
    """Whether the Hub would keep this file in LFS: by its ending, or because it is large."""
    return size >= LFS_BYTES or (size > 0 and splitext(path)[1].lower() in LFS_SUFFIXES)


def pointer(sha256: str, size: int) -> bytes:
    """The text that git holds in place of an LFS file."""
    return f"version https://git-lfs.github.com/spec/v1\noid sha256:{sha256}\nsize {size}\n".encode()


def object_id(kind: str, data: bytes) -> str:
    """The SHA-1 that git gives an object of this kind."""
    return hashlib.sha1(f"{kind} {len(data)}\0".encode() + data, usedforsecurity=False).hexdigest()


def lfs_blob(sha256: str, size: int) -> Blob:
    """The names of a file that LFS holds."""
    return Blob(object_id("blob", pointer(sha256, size)), sha256)


def hash_file(path: Path, size: int, *, lfs: bool) -> Blob:
    """Read a file once and name its bytes."""
    digest = hashlib.sha256() if lfs else hashlib.sha1(f"blob {size}\0".encode(), usedforsecurity=False)
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            digest.update(chunk)
    return lfs_blob(digest.hexdigest(), size) if lfs else Blob(digest.hexdigest())


class HashCache:
    """Names of files that were hashed before, by path and stamp, so each file is read once."""

    def __init__(self) -> None:
        self._known: dict[tuple[Path, bool], tuple[Stamp, Blob]] = {}

    def blob(self, path: Path, stamp: Stamp, *, lfs: bool) -> Blob:
        """The names of the file's bytes, read from disk only when its stamp is new."""
        found = self._known.get((path, lfs))
        if found is None or found[0] != stamp:
            found = (stamp, hash_file(path, stamp.size, lfs=lfs))
            self._known[path, lfs] = found
        return found[1]


def tree_ids(files: Mapping[str, str]) -> dict[str, str]:
    """The git tree id of every folder, by path; the root is ``""``.

    Args:
        files: path of each file to its git object id.
    """
    children: dict[str, dict[str, tuple[str, str]]] = {"": {}}
    for path, oid in files.items():
        folder, _, name = path.rpartition("/")
        parent = folder
        while parent not in children:
            children[parent] = {}
            parent = parent.rpartition("/")[0]
        children[folder][name] = ("100644", oid)
    return _fold(children)


def _fold(children: dict[str, dict[str, tuple[str, str]]]) -> dict[str, str]:
    ids: dict[str, str] = {}
    for folder in sorted(children, key=lambda path: path.count("/") if path else -1, reverse=True):
        # git sorts a folder as if its name ended in a slash
        entries = sorted(children[folder].items(), key=lambda item: (item[0] + "/" * (item[1][0] == "40000")).encode())
        body = b"".join(f"{mode} {name}\0".encode() + bytes.fromhex(oid) for name, (mode, oid) in entries)
        ids[folder] = object_id("tree", body)
        if folder:
            parent, _, name = folder.rpartition("/")
            children[parent][name] = ("40000", ids[folder])
    return ids


def commit_id(tree: str, parents: tuple[str, ...], author: str, seconds: int, message: str) -> str:
    """The sha of a commit, as git computes it."""
    who = f"{author} <{author}@localhub> {seconds} +0000"
    lines = [f"tree {tree}", *(f"parent {sha}" for sha in parents), f"author {who}", f"committer {who}", "", message]
    return object_id("commit", ("\n".join(lines) + "\n").encode())
