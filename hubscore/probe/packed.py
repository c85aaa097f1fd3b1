"""Tables that are packed, as ``train.csv.gz`` is: their names, and their bytes."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import zipfile
import zlib
from collections.abc import Callable
from typing import IO, Any

import pyarrow as pa

MOST_BYTES = 4_000_000_000
"""Bytes that a packed table may unpack to."""

PACKED = (".gz", ".bz2", ".xz", ".zst", ".lz4")
"""Endings behind that of a table."""

_OPENERS: dict[str, Callable[[IO[bytes]], Any]] = {
    ".gz": lambda data: gzip.GzipFile(fileobj=data),
    ".bz2": bz2.BZ2File,
    ".xz": lzma.LZMAFile,
    ".zst": lambda data: pa.CompressedInputStream(data, "zstd"),
    ".lz4": lambda data: pa.CompressedInputStream(data, "lz4"),
}
_PART = 16_000_000


def plain_name(path: str) -> str:
    """Return the path without the ending of what packs it.

    Example:
        >>> plain_name("train.csv.gz"), plain_name("list.TSV.zip"), plain_name("train.csv")
        ('train.csv', 'list.TSV', 'train.csv')
    """
    ending = next((one for one in (*PACKED, ".zip") if path.lower().endswith(one)), "")
    return path.removesuffix(path[len(path) - len(ending) :]) if ending else path


def is_packed_table(path: str) -> bool:
    """Whether a table is packed.

    Example:
        >>> is_packed_table("train.csv.gz"), is_packed_table("train.csv"), is_packed_table("images.zip")
        (True, False, False)
    """
    plain = plain_name(path)
    return plain != path and "." in plain.rpartition("/")[2]


def unpack(path: str, data: bytes) -> bytes:
    """Return what a packed file holds; the bytes of any other file as they are.

    Args:
        path: of the file, whose ending says how it is packed.
        data: its bytes.

    Raises:
        OSError: it is damaged, broken off or too large.
    """
    ending = next((one for one in (*PACKED, ".zip") if path.lower().endswith(one)), "")
    if not ending:
        return data
    try:
        stream = _member(data) if ending == ".zip" else _OPENERS[ending](io.BytesIO(data))
        parts, size = [], 0
        while part := stream.read(_PART):
            parts.append(part)
            size += len(part)
            if size > MOST_BYTES:
                raise OSError(f"it unpacks to more than {MOST_BYTES:,} bytes")
    except EOFError as error:
        raise OSError("it is broken off before its end") from error
    except (zipfile.BadZipFile, lzma.LZMAError, zlib.error, ValueError, RuntimeError) as error:
        raise OSError(str(error)) from error  # RuntimeError: encrypted, or packed in a way that Python does not know
    return b"".join(parts)


def _member(data: bytes) -> IO[bytes]:
    """Open the only file of a ZIP archive."""
    archive = zipfile.ZipFile(io.BytesIO(data))
    names = [name for name in archive.namelist() if not name.endswith("/") and not name.startswith("__MACOSX")]
    if len(names) != 1:
        raise OSError(f"it holds {len(names)} files, and one table was expected")
    return archive.open(names[0])
