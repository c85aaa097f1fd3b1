"""TAR files of this machine as folders: their members by offset, without unpacking."""

from __future__ import annotations

import io
import posixpath
import tarfile
from collections.abc import Sequence
from pathlib import Path

from hubscore.errors import DatasetError
from hubscore.probe.data_files import is_own_file
from hubscore.probe.files import Files


class TarFiles:
    """The files in TAR files of this machine, as ``a.tar/cat/1.png``.

    Args:
        files: where the TAR files lie.
        paths: of the TAR files.

    Raises:
        DatasetError: one of them is damaged.
    """

    def __init__(self, files: Files, paths: Sequence[str]) -> None:
        self.meter, self._files = files.meter, files
        self._places: dict[str, tuple[Path, int, int]] = {}
        for path in paths:
            local = files.local(path) or Path(path)
            try:
                with tarfile.open(local, "r:") as archive:
                    for member in archive:
                        if member.isfile() and is_own_file(member.name):
                            name = posixpath.normpath(f"{path}/{member.name}")
                            self._places[name] = (local, member.offset_data, member.size)
            except (tarfile.TarError, OSError, EOFError) as error:
                what, fix = f"File {posixpath.basename(path)!r} cannot be read", "download it again, to its end"
                raise DatasetError(what, str(error), fix) from error

    def paths(self) -> list[str]:
        """Return the path of every file, as they lie in the TAR files."""
        return list(self._places)

    def open(self, path: str) -> io.BytesIO:
        """Open for reading."""
        return io.BytesIO(self.read(path))

    def read(self, path: str) -> bytes:
        """Read all of it."""
        if path not in self._places:
            raise FileNotFoundError(path)
        local, start, size = self._places[path]
        with local.open("rb") as file:
            file.seek(start)
            data = file.read(size)
        if len(data) < size:
            raise OSError("the TAR file is broken off")
        self.meter.add(size)
        return data

    def sizes(self, paths: Sequence[str]) -> list[int]:
        """Return the sizes in bytes, 0 for what is not there."""
        return [self._places[path][2] if path in self._places else 0 for path in paths]

    def join(self, folder: str, name: str) -> str:
        """Return the path of ``name``."""
        return posixpath.join(folder, name)

    def local(self, path: str) -> Path | None:
        """Return none: no member lies on this machine as a file of its own."""
        return None
