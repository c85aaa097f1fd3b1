"""Files that a table names by the end of their path: in another folder than the table's, or in an archive."""

from __future__ import annotations

import io
import posixpath
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from hubscore.probe.files import Files


class FoundByName:
    """Files whose names are looked for below the whole data set where they are not where a table says.

    Args:
        files: where they lie.
        paths: of the files that can be meant.
        preferred: those of them that are meant where several have the same name.
    """

    def __init__(self, files: Files, paths: Sequence[str], preferred: Sequence[str] = ()) -> None:
        self.meter = files.meter
        self._files = files
        self._known, self._preferred = frozenset(paths), frozenset(preferred)
        self._by_name: dict[str, list[str]] = defaultdict(list)
        for path in paths:
            self._by_name[posixpath.basename(path)].append(path)

    def paths(self) -> list[str]:
        """Return the path of every file, sorted."""
        return self._files.paths()

    def open(self, path: str) -> io.RawIOBase | io.BytesIO:
        """Open for reading in parts."""
        return self._files.open(path)

    def read(self, path: str) -> bytes:
        """Read all of it."""
        return self._files.read(path)

    def sizes(self, paths: Sequence[str]) -> list[int]:
        """Return the sizes in bytes, 0 for what is not there."""
        return self._files.sizes(paths)

    def local(self, path: str) -> Path | None:
        """Return where a file lies on this machine."""
        return self._files.local(path)

    def join(self, folder: str, name: str) -> str:
        """Return the path of ``name``: beside the table, or else the only file whose path ends so."""
        beside = self._files.join(folder, name)
        if beside in self._known:
            return beside
        wanted = posixpath.normpath(name.replace("\\", "/")).split("/")
        for count in range(len(wanted)):  # images/a.png may be a.png in images.zip
            tail = "/".join(wanted[count:])
            ending = [path for path in self._by_name[wanted[-1]] if path == tail or path.endswith(f"/{tail}")]
            mine = [path for path in ending if path in self._preferred]
            if ending:
                return (mine or ending)[0] if len(mine or ending) == 1 else beside
        return beside
