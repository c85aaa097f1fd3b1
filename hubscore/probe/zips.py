"""Zip files as folders: their lists of contents, and single members, without reading the rest."""

from __future__ import annotations

import io
import lzma
import struct
import zipfile
import zlib
from collections.abc import Sequence

from hubscore.probe.file_names import inside
from hubscore.probe.files import Files
from hubscore.probe.rows import unreadable

_HEADER = 30
"""Bytes of a member's own header before its name."""

_SLOW = (zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)

_SLACK = 256
"""Bytes read beyond the expected end, because a member's own header may be longer than the list of contents says."""


class ZipFiles:
    """The members of zip files; ``a.zip/cat/1.png`` is ``cat/1.png`` in ``a.zip``.

    Args:
        files: where the zip files lie.
        archives: their paths.
        beside: files outside of the archives that can be read as well, such as tables that list members.
    """

    def __init__(self, files: Files, archives: Sequence[str], beside: Sequence[str] = ()) -> None:
        self.meter = files.meter
        self._beside = frozenset(beside)
        self._files = files
        self._members = {
            f"{archive}/{_plain_name(item.filename)}": (archive, item)
            for archive in archives
            for item in _contents(files, archive)
        }

    def paths(self) -> list[str]:
        """Return the path of every member, sorted."""
        return sorted(self._members)

    def below(self, archives: Sequence[str]) -> list[str]:
        """Return the members of some of the zip files, in order."""
        return sorted(path for path, (archive, _) in self._members.items() if archive in archives)

    def open(self, path: str) -> io.BytesIO:
        """Open one member."""
        return io.BytesIO(self.read(path))

    def read(self, path: str) -> bytes:
        """Read one member in one piece of its archive."""
        if path in self._beside:
            return self._files.read(path)
        if path not in self._members:
            raise FileNotFoundError(path)
        archive, item = self._members[path]
        with self._files.open(archive) as file:
            file.seek(item.header_offset)
            piece = file.read(_HEADER + len(item.filename.encode()) + _SLACK + item.compress_size)
            start = _HEADER + sum(struct.unpack("<HH", piece[26:_HEADER]))
            piece += file.read(max(0, start + item.compress_size - len(piece)))
        return _unpack(piece[start : start + item.compress_size], item)

    def sizes(self, paths: Sequence[str]) -> list[int]:
        """Return the members' sizes in bytes, 0 for what is not there."""
        return [
            self._members[path][1].file_size
            if path in self._members
            else self._files.sizes([path])[0]
            if path in self._beside
            else 0
            for path in paths
        ]

    def join(self, folder: str, name: str) -> str:
        """Return the path of ``name``."""
        return inside(folder, name)

    def local(self, path: str) -> None:
        """Return none: a member lies nowhere by itself."""


def _contents(files: Files, archive: str) -> list[zipfile.ZipInfo]:
    """Read the list of contents, which stands at the end of a zip file."""
    try:
        with files.open(archive) as file, zipfile.ZipFile(io.BufferedReader(file, 65_536)) as opened:
            return [item for item in opened.infolist() if not item.filename.endswith(("/", "\\"))]
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise unreadable(archive, error) from error


def _plain_name(name: str) -> str:
    """Return the name of a member with slashes; some programs of Windows write backslashes."""
    return name.replace("\\", "/") if "/" not in name else name.removeprefix("./")


def _unpack(data: bytes, item: zipfile.ZipInfo) -> bytes:
    if item.flag_bits & 0x1 or item.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, *_SLOW):
        raise OSError("encrypted, or packed in a rare way: unpack the archive")
    try:
        if item.compress_type in _SLOW:
            with zipfile.ZipExtFile(io.BytesIO(data), "r", item) as member:
                plain = member.read()
        elif item.compress_type == zipfile.ZIP_DEFLATED:
            plain = zlib.decompressobj(-15).decompress(data, item.file_size)
        else:
            plain = data
    except (zlib.error, zipfile.BadZipFile, lzma.LZMAError, EOFError, OSError) as error:
        raise OSError(f"damaged in its archive: {error}") from error
    if zlib.crc32(plain) != item.CRC:
        raise OSError("damaged in its archive")
    return plain
