"""One file of a table, whatever its format, and what to say where it cannot be read."""

from __future__ import annotations

import io
import os
import posixpath
from collections.abc import Sequence

import pyarrow as pa
import pyarrow.parquet as pq

from hubscore.errors import DatasetError
from hubscore.modalities.base import Modality
from hubscore.probe.delimited import read_delimited
from hubscore.probe.files import Files
from hubscore.probe.json_lines import read_json_lines
from hubscore.probe.packed import plain_name, unpack
from hubscore.probe.rows import unreadable

MOST_ROWS = 20_000_000
"""Rows of a Parquet file that is read whole because it lists files."""

_STARTS = {
    b"version https://git-lfs": ("it is a pointer of Git LFS, not the file itself", "git lfs pull, in its folder"),
    b"<!doctype html": ("it is a web page, not a table", "download the file itself, not the page that shows it"),
    b"<html": ("it is a web page, not a table", "download the file itself, not the page that shows it"),
    b"PK\x03\x04": ("it is a ZIP archive or a spreadsheet", "unpack it, or save the spreadsheet as CSV"),
    b"\x1f\x8b": ("it is packed with gzip", "rename it, with .gz at its end"),
    b"\xd0\xcf\x11\xe0": ("it is a spreadsheet", "save it as CSV"),
}


def read_table_file(
    files: Files, path: str, separator: str | None, modalities: Sequence[Modality]
) -> tuple[pa.Table, list[str]]:
    """Read a table.

    Args:
        files: where it lies.
        path: of the file.
        separator: between the fields of a CSV file, where a card says it.
        modalities: whose files it may list.

    Returns:
        The table, and what was guessed about it.

    Raises:
        DatasetError: it cannot be read.
    """
    plain = plain_name(path)
    ending = posixpath.splitext(plain)[1].lower()
    data = b""
    try:
        if ending == ".arrow" and plain == path:
            return _read_arrow(files, path), []
        data = unpack(path, files.read(path))
        if _start(data[:64]) is not None:
            raise ValueError("its first bytes are those of another kind of file")
        if ending in (".parquet", ".pq"):
            return _read_parquet(data), []
        if ending in (".arrow", ".feather"):
            return _arrow(data), []
        if ending in (".jsonl", ".ndjson", ".json"):
            table, notes = read_json_lines(data)
        else:
            found = read_delimited(data, ending=ending, separator=separator, modalities=modalities)
            table, notes = found.table, found.notes
    except (pa.ArrowException, OSError, ValueError) as error:
        raise damaged(path, error, data[:64]) from error
    return table, [f"{os.path.basename(path)}: {note}" for note in notes]


def damaged(path: str, error: Exception, start: bytes) -> DatasetError:
    """Say why a table cannot be read, by its first bytes where they tell."""
    name = os.path.basename(path)
    if (known := _start(start)) is not None:
        return DatasetError(f"File {name!r} cannot be read", *known)
    reason = " ".join(str(error).split())
    if "encoding" in reason or "is not UTF-8" in reason:
        return DatasetError(f"File {name!r} cannot be read", reason, "save it as UTF-8")
    if "magic bytes" in reason or "broken off" in reason or "file size is" in reason:
        why = "it ends before its end, or it is no Parquet file" if "broken off" not in reason else reason
        return DatasetError(f"File {name!r} cannot be read", why, "download it again, to its end")
    if "need quotes" in reason:
        return DatasetError(f"File {name!r} cannot be read", reason, "put those fields in quotes, or write it as TSV")
    if "is no table" in reason:
        fix = "write a CSV with the columns text and label, or a text file per item in a folder per class"
        return DatasetError(f"File {name!r} cannot be read", reason, fix)
    return unreadable(path, error)


def _start(start: bytes) -> tuple[str, str] | None:
    """Return what another kind of file is, by its first bytes, and what to do about it."""
    start = start.lower().lstrip()
    return next((words for sign, words in _STARTS.items() if start.startswith(sign.lower())), None)


def _read_parquet(data: bytes) -> pa.Table:
    file = pq.ParquetFile(io.BytesIO(data))
    if file.metadata.num_rows > MOST_ROWS:
        raise ValueError(f"it has {file.metadata.num_rows:,} rows, and at most {MOST_ROWS:,} of such a table are read")
    return file.read()


def _read_arrow(files: Files, path: str) -> pa.Table:
    """Read what ``save_to_disk`` writes; a local file is mapped into memory, not read."""
    local = files.local(path)
    return _arrow(pa.memory_map(str(local)) if local is not None else files.read(path))


def _arrow(source: pa.NativeFile | bytes) -> pa.Table:
    """Read a stream of record batches, or a file of them as Feather is."""
    buffer = pa.BufferReader(source) if isinstance(source, bytes) else source
    try:
        table = pa.ipc.open_stream(buffer).read_all()
    except pa.ArrowInvalid:
        buffer.seek(0)
        table = pa.ipc.open_file(buffer).read_all()
    table.validate(full=True)  # offsets of a damaged file lead anywhere in memory
    return table
