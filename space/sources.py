"""Where results come from: a data set on the Hub, or a folder of the same layout."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from huggingface_hub import HfApi, constants, hf_hub_download
from schema import UnreadableError


class Source(Protocol):
    """Where results come from."""

    name: str
    endpoint: str

    def revision(self) -> str:
        """Return what changes whenever a file changes."""
        ...

    def names(self, revision: str) -> frozenset[str]:
        """Return the path of every file."""
        ...

    def read(self, path: str, revision: str) -> bytes:
        """Return the content of a file."""
        ...


@dataclass
class Folder:
    """Results in a folder of this machine."""

    root: Path
    endpoint: str = constants.ENDPOINT

    @property
    def name(self) -> str:
        """The folder's name, without where it lies."""
        return self.root.name

    def revision(self) -> str:
        """Return a hash of the names, sizes and times of the files."""
        if not self.root.is_dir():
            raise UnreadableError(f"the folder {self.root} does not exist")
        facts = [
            (path.relative_to(self.root).as_posix(), path.stat())
            for path in sorted(self.root.rglob("*"))
            if path.is_file()
        ]
        return hashlib.sha256(
            repr([(name, stat.st_size, stat.st_mtime_ns) for name, stat in facts]).encode()
        ).hexdigest()

    def names(self, revision: str) -> frozenset[str]:
        """Return the path of every file."""
        return frozenset(path.relative_to(self.root).as_posix() for path in self.root.rglob("*") if path.is_file())

    def read(self, path: str, revision: str) -> bytes:
        """Return the content of a file."""
        return (self.root / path).read_bytes()


@dataclass
class Repo:
    """Results in a data set on the Hub."""

    name: str
    token: str | None = None
    endpoint: str = constants.ENDPOINT
    _files: dict[str, frozenset[str]] = field(default_factory=dict)

    def revision(self) -> str:
        """Return the newest commit."""
        info = HfApi(endpoint=self.endpoint, token=self.token).dataset_info(self.name, timeout=8)
        self._files = {str(info.sha): frozenset(file.rfilename for file in info.siblings or ())}
        return str(info.sha)

    def names(self, revision: str) -> frozenset[str]:
        """Return the path of every file, as the last look found them."""
        return self._files.get(revision, frozenset())

    def read(self, path: str, revision: str) -> bytes:
        """Return the content of a file; by commit it is downloaded once."""
        local = hf_hub_download(
            self.name, path, repo_type="dataset", revision=revision, endpoint=self.endpoint, token=self.token
        )
        return Path(local).read_bytes()
