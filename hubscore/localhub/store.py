"""The state folder: objects, commits and records, written atomically; the served folder itself is never touched."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import IO, Any

from hubscore.localhub.hashing import Blob, Stamp, lfs_blob, object_id
from hubscore.localhub.records import Record, record_from_json
from hubscore.localhub.scan import KINDS, Entry, RepoKey


@dataclass(frozen=True)
class Commit:
    """One commit and the files it holds.

    Args:
        files: the entry of each file by path; each knows its blob.
    """

    sha: str
    tree: str
    parents: tuple[str, ...]
    title: str
    message: str
    author: str
    date: str
    files: dict[str, Entry]


class Store:
    """What was written through the Hub.

    Args:
        state: the folder that keeps it.
        root: the served folder; large files that a commit shares with it are referred to, not copied.
    """

    def __init__(self, state: Path, root: Path) -> None:
        self.state, self.root = state, root
        for name in ("repos", "incoming"):
            (state / name).mkdir(parents=True, exist_ok=True)
        for leftover in (state / "incoming").iterdir():  # of a run that was killed
            leftover.unlink(missing_ok=True)
        self._records = dict(self._load_records())

    def record(self, key: RepoKey) -> Record | None:
        """What is remembered of a repo, None when nothing was ever done to it."""
        return self._records.get(key)

    def records(self) -> dict[RepoKey, Record]:
        """What is remembered of every repo."""
        return dict(self._records)

    def save(self, key: RepoKey, record: Record) -> None:
        """Remember a repo's new record, on disk first."""
        self._write(self._home(key) / "record.json", {"kind": key.kind, "id": key.repo_id, **asdict(record)})
        self._records[key] = record

    def forget(self, key: RepoKey) -> None:
        """Remove everything that was written to a repo."""
        self._records.pop(key, None)
        shutil.rmtree(self._home(key), ignore_errors=True)

    def put(self, key: RepoKey, data: bytes) -> Entry:
        """Keep the bytes of a regular file of a repo."""
        blob = Blob(object_id("blob", data))
        path = self._object(key, blob)
        if not path.exists():
            with self.incoming() as file:
                file.write(data)
                self._move_into_place(file, path)
        return Entry(path, Stamp(len(data), 0, 0, 0), False, blob)

    @contextmanager
    def incoming(self) -> Iterator[IO[bytes]]:
        """A file to write bytes into before they are given a name; it is gone afterwards."""
        with tempfile.NamedTemporaryFile(dir=self.state / "incoming", delete=False) as file:
            try:
                yield file
            finally:
                Path(file.name).unlink(missing_ok=True)

    def adopt(self, key: RepoKey, file: IO[bytes], sha256: str, size: int) -> None:
        """Keep a finished incoming file as an LFS object of a repo."""
        self._move_into_place(file, self._object(key, lfs_blob(sha256, size)))

    def large(self, key: RepoKey, sha256: str) -> Entry | None:
        """The LFS object of that hash, if it was uploaded to the repo."""
        path = self._object(key, Blob("", sha256))
        if not path.is_file():
            return None
        size = path.stat().st_size
        return Entry(path, Stamp(size, 0, 0, 0), True, lfs_blob(sha256, size))

    def save_commit(self, key: RepoKey, commit: Commit) -> None:
        """Keep a commit of a repo; small files that still lie in the served folder are copied, large ones referred
        to.
        """
        files = {path: self._pack(key, entry) for path, entry in commit.files.items()}
        shallow = {field.name: getattr(commit, field.name) for field in fields(commit)}
        self._write(self._home(key) / f"{commit.sha}.json", shallow | {"files": files})

    def commit(self, key: RepoKey, sha: str) -> Commit | None:
        """The commit of that sha in a repo, if it was kept."""
        path = self._home(key) / f"{sha}.json"
        if not path.is_file():
            return None
        data = json.loads(path.read_text(encoding="utf-8"))
        files = {name: self._unpack(key, packed) for name, packed in data["files"].items()}
        return Commit(**{**data, "parents": tuple(data["parents"]), "files": files})

    def _pack(self, key: RepoKey, entry: Entry) -> dict[str, Any]:
        if entry.blob is None:
            raise ValueError(f"{entry.path} was not hashed before its commit was kept")
        packed = {"oid": entry.blob.oid, "size": entry.size, "sha256": entry.blob.sha256}
        if not entry.path.is_relative_to(self.root) or entry.path.is_relative_to(self.state):
            return packed
        if entry.lfs:
            return packed | {"origin": entry.path.relative_to(self.root).as_posix(), "stamp": list(entry.stamp)}
        self.put(key, entry.path.read_bytes())
        return packed

    def _unpack(self, key: RepoKey, packed: dict[str, Any]) -> Entry:
        blob = Blob(packed["oid"], packed["sha256"])
        if "origin" in packed:
            return Entry(self.root / packed["origin"], Stamp(*packed["stamp"]), True, blob)
        return Entry(self._object(key, blob), Stamp(packed["size"], 0, 0, 0), blob.sha256 is not None, blob)

    def _home(self, key: RepoKey) -> Path:
        return self.state / "repos" / f"{key.kind}s" / key.repo_id.replace("/", "--")  # no id has "--" in it

    def _object(self, key: RepoKey, blob: Blob) -> Path:
        name = blob.sha256 or blob.oid
        return self._home(key) / "objects" / name[:2] / name

    def _load_records(self) -> Iterator[tuple[RepoKey, Record]]:
        for kind in KINDS:
            for path in sorted((self.state / "repos" / f"{kind}s").glob("*/record.json")):
                data = json.loads(path.read_text(encoding="utf-8"))
                yield RepoKey(data.pop("kind"), data.pop("id")), record_from_json(data)

    def _write(self, path: Path, data: dict[str, Any]) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        with self.incoming() as file:
            file.write(json.dumps(data).encode())
            self._move_into_place(file, path)

    @staticmethod
    def _move_into_place(file: IO[bytes], path: Path) -> None:
        file.flush()
        path.parent.mkdir(parents=True, exist_ok=True)
        os.replace(file.name, path)
