"""Pickles that are small on disk and large in memory, told before anything is unpickled."""

from __future__ import annotations

import time
import zipfile
from pathlib import Path
from typing import IO, Any

from hubscore.text import byte_size

_PICKLE_BYTES, _BYTES_PER_STORAGE, _MOST = 2**19, 2_000, 16 * 2**20
"""Of the pickle in an archive: some in any case, some for each storage beside it (120 are usual), and the most."""
_STEPS, _SECONDS = 2_000_000, 20.0
"""Of a pickle outside an archive; a tensor takes about a hundred steps, and a million take ten seconds."""
_MAGIC = bytes.fromhex("6cfc9c46f9206aa85019")
"""What files in the format before archives begin with, as a number in a pickle of its own."""


def is_archive(path: Path) -> bool:
    """Whether a file is in the format that torch has written since version 1.6."""
    with path.open("rb") as file:
        return file.read(4) == b"PK\x03\x04"


def is_old_format(path: Path) -> bool:
    """Whether a file is in the format that torch wrote before; anything else outside an archive is none of torch's."""
    with path.open("rb") as file:
        return _MAGIC in file.read(64)


def why_not_plain(path: Path) -> str:
    """Say why an archive is none that torch writes, which compresses nothing and stores nothing twice; empty where it
    is one.
    """
    size = path.stat().st_size
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        return f"is corrupt or cut short ({' '.join(str(error).split())})"
    inflated = sum(part.file_size for part in parts)
    if inflated > size or any(part.compress_type != zipfile.ZIP_STORED for part in parts):
        return (
            f"is a compressed archive, of {byte_size(size)} here and {byte_size(inflated)} in memory: torch writes none"
        )
    longest = max((part.file_size for part in parts if part.filename.endswith("data.pkl")), default=0)
    storages = sum("/data/" in part.filename for part in parts)
    if longest > min(_MOST, _PICKLE_BYTES + _BYTES_PER_STORAGE * storages):
        return f"takes {byte_size(longest)} to list its tensors"
    return ""


class CountedFile:
    """A file from which a pickle may take so many steps and no more, and so much of a thread's time.

    Args:
        file: opened for reading bytes.
        steps: calls that read.
    """

    def __init__(self, file: IO[bytes], steps: int = _STEPS) -> None:
        self._file, self._left, self._until = file, steps, time.thread_time() + _SECONDS

    def _step(self) -> None:
        self._left -= 1
        if self._left < 0 or (not self._left % 1024 and time.thread_time() > self._until):
            raise ValueError("its pickle goes on and on")

    def read(self, size: int = -1, /) -> bytes:
        """Return bytes; a step."""
        self._step()
        return self._file.read(size)

    def readline(self, size: int = -1, /) -> bytes:
        """Return a line; a step."""
        self._step()
        return self._file.readline(size)

    def readinto(self, buffer: Any, /) -> int:
        """Fill a buffer; a step."""
        self._step()
        return self._file.readinto(buffer)  # type: ignore[attr-defined,no-any-return]

    def seek(self, offset: int, whence: int = 0, /) -> int:
        """Go to a place."""
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        """Return the place."""
        return self._file.tell()
