"""Columns of bytes that are texts: TensorFlow's tables and Python 2's have strings so."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pyarrow as pa
from datasets import Features, Value

from hubscore.probe.files import Files

PEEK = 20
"""Values that are looked at to see what a column of bytes holds."""

_BINARY = ("binary", "large_binary")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")


def are_texts(values: Sequence[bytes | None]) -> bool:
    r"""Whether bytes are UTF-8 without characters that no text has, which no file of an image is.

    Example:
        >>> are_texts([b"a film", None]), are_texts([b"\x89PNG\r\n"]), are_texts([None])
        (True, False, False)
    """
    known = [value for value in values if value]
    try:
        return bool(known) and not any(_CONTROL.search(value.decode("utf-8")) for value in known)
    except UnicodeDecodeError:
        return False


def bytes_columns(features: Features, files: Sequence[str] = ()) -> list[str]:
    """Return the columns of plain bytes but for those that are called as columns of files are."""
    plain = [name for name, one in features.items() if isinstance(one, Value) and one.dtype in _BINARY]
    return [name for name in plain if name.lower() not in files]


def first_texts(files: Files, path: str, names: Sequence[str]) -> list[str]:
    """Return those of a Parquet file's columns of bytes that hold texts, by their first values."""
    import pyarrow.parquet as pq

    if not names:
        return []
    with files.open(path) as file:
        parquet = pq.ParquetFile(file, buffer_size=65_536, pre_buffer=False)
        batch = next(parquet.iter_batches(PEEK, columns=list(names)), None)
    return [] if batch is None else [name for name in names if are_texts(batch.column(name).to_pylist())]


def as_texts(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return bytes as strings, unchecked: who reads them replaces what is not UTF-8."""
    large = pa.types.is_large_binary(column.type)
    kind = pa.large_string() if large else pa.string()
    return pa.chunked_array([chunk.view(kind) for chunk in column.chunks], kind)


def with_texts(table: pa.Table) -> tuple[pa.Table, list[str]]:
    """Return a table whose columns of bytes that are texts are strings, and the names of these."""
    names = [field.name for field in table.schema if str(field.type) in _BINARY]
    found = [name for name in names if are_texts(table[name].slice(0, PEEK).to_pylist())]
    for name in found:
        table = table.set_column(table.column_names.index(name), name, as_texts(table[name]))
    return table, found


def texts_note(names: Sequence[str]) -> list[str]:
    """Say which columns of bytes were read as texts."""
    return [f"bytes in {', '.join(names)} were read as texts"] if names else []
