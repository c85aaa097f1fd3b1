"""What every kind of data set offers the probe: columns, and the encoded items of chosen rows."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from datasets import Features

from hubscore.errors import DatasetError
from hubscore.modalities.base import Modality
from hubscore.modalities.encoded import Encoded
from hubscore.probe.files import Files, read_all

PORTION_BYTES = 128_000_000
"""Encoded items that are in memory together while they are read and decoded."""
FIRST_PORTION = 32
"""Items that are read first, where nobody knows yet how large they are."""


class Rows(Protocol):
    """One split of a data set.

    Attributes:
        features: its columns.
        numbers: row numbers in the split of the rows that can be drawn; all of them unless the split is very large.
        population: how many rows the split has, none where nobody knows.
        files: where it is read from.
        notes: what a reader of the record should know.
        hint: why there are no labels, where that is known.
        advice: what to do about that, where it is known.
        label_origin: what the column ``label`` was made from, where that is not a column of the data set.
    """

    features: Features
    numbers: np.ndarray
    population: int | None
    files: Files
    notes: list[str]
    hint: str
    advice: str
    label_origin: str

    def column(self, name: str) -> pa.ChunkedArray:
        """Return a column, one value for each of ``numbers``; ``struct.field`` for a nested one."""

    def items(self, name: str, positions: Sequence[int], modality: Modality) -> list[Encoded]:
        """Return the encoded items of the rows at ``positions`` of ``numbers``."""

    def fitting(self, name: str, positions: Sequence[int], budget: int, rng: np.random.Generator) -> np.ndarray | None:
        """Return none when the items at ``positions`` cost at most ``budget`` bytes, else the positions to draw from
        instead.
        """

    def block(self, name: str, position: int) -> tuple[int, int] | None:
        """Return the number of the block that an item is read with, and its bytes; none where each is read by
        itself.
        """


def portions(rows: Rows, name: str, wanted: Mapping[int, int]) -> Iterator[list[int]]:
    """Yield the places of the wanted items, so many at a time as lie in memory together, each block once.

    Args:
        rows: where they are read, between one portion and the next.
        name: of their column.
        wanted: their positions, by place.
    """
    blocks = {at: rows.block(name, position) for at, position in wanted.items()}
    if any(block is None for block in blocks.values()):
        yield from _by_count(rows, list(wanted))
        return
    parts: list[list[int]] = []
    room, last = 0, None
    for at in sorted(wanted, key=lambda at: (blocks[at], at)):
        block = blocks[at]
        assert block is not None
        if block != last:
            room -= block[1]
            if room < 0 or not parts:
                parts.append([])
                room = PORTION_BYTES - block[1]
        parts[-1].append(at)
        last = block
    yield from parts


def _by_count(rows: Rows, places: list[int]) -> Iterator[list[int]]:
    """Yield places, as many at a time as those before suggest."""
    start, size = 0, FIRST_PORTION
    while start < len(places):
        before, part = rows.files.meter.total, places[start : start + size]
        yield part
        each = max(1, (rows.files.meter.total - before) // len(part))
        start, size = start + len(part), max(FIRST_PORTION, PORTION_BYTES // each)


def nested(table: pa.Table, name: str) -> pa.ChunkedArray:
    """Return a column of a table, or a field of a struct column."""
    if name in table.column_names:
        return table[name]
    outer, *path = name.split(".")
    return pc.struct_field(table[outer], path)


def encode(
    files: Files, values: Sequence[Any], folders: Sequence[str], modality: Modality, feature: object = None
) -> list[Encoded]:
    """Turn stored values into encoded items: bytes as they are, paths read beside the table that mentions them.

    Args:
        files: where paths are read.
        values: where items are files, bytes, ``{"bytes", "path"}`` as ``datasets`` stores them, a path, or none.
        folders: for each value, the folder that a path in it is relative to.
        modality: of the items.
        feature: of their column.

    Returns:
        One item a value, with a fault where there is nothing to read.
    """
    if not modality.holds_files(feature):
        return [_value(value, modality) for value in values]
    known = [_inline(value) for value in values]
    missing = Encoded(b"", fault=f"no {modality.nouns[0]} in this row")
    items = [one if isinstance(one, Encoded) else missing for one in known]
    paths = {}
    for position, name in enumerate(known):
        if isinstance(name, str):
            try:
                paths[position] = files.join(folders[position], name)
            except ValueError as error:
                items[position] = Encoded(b"", name, str(error))
    for position, data in zip(paths, read_all(files, list(paths.values())), strict=True):
        name = str(known[position])
        items[position] = (
            Encoded(b"", name, _fault(data)) if isinstance(data, OSError) else Encoded(data, os.path.basename(name))
        )
    return [_content(one, modality) for one in items]


def _content(item: Encoded, modality: Modality) -> Encoded:
    """Turn the content of a file into the bytes that a row travels as."""
    if item.fault is not None:
        return item
    try:
        data, guess = modality.encode_file(item.data)
        return Encoded(data, item.name, guess=guess)
    except ValueError as error:
        return Encoded(b"", item.name, str(error))


def _value(value: Any, modality: Modality) -> Encoded:
    """Encode a plain value."""
    if value is None:
        return Encoded(b"", fault=f"no {modality.nouns[0]} in this row")
    try:
        return Encoded(modality.encode(value))
    except (ValueError, TypeError) as error:
        return Encoded(b"", fault=str(error))


def plain_values(column: pa.ChunkedArray | pa.Array) -> list[Any]:
    r"""Return the values of a column; what is not UTF-8 in strings becomes U+FFFD.

    Example:
        >>> plain_values(pa.array([b"a", b"\xff", None]).view(pa.string()))
        ['a', '\ufffd', None]
    """
    try:
        return list(column.to_pylist())
    except UnicodeDecodeError:
        if not (pa.types.is_string(column.type) or pa.types.is_large_string(column.type)):
            raise
    values = (one.as_buffer() for one in column)
    return [None if one is None else one.to_pybytes().decode("utf-8", "replace") for one in values]


def unreadable(path: str, error: Exception) -> DatasetError:
    """Say that a table is damaged."""
    lines = str(error).splitlines() or [type(error).__name__]
    return DatasetError(
        f"File {os.path.basename(path)!r} cannot be read", lines[0], "check that the file is whole, or make it again"
    )


def _inline(value: Any) -> Encoded | str | None:
    """Return the item, the path to read it from, or none."""
    if isinstance(value, dict):
        data, path = value.get("bytes"), value.get("path")
        return Encoded(data, os.path.basename(path) if path else None) if data else path or None
    if isinstance(value, (bytes, bytearray)):
        return Encoded(bytes(value)) if value else None
    return value or None


def _fault(error: OSError) -> str:
    return "file not found" if isinstance(error, FileNotFoundError) else error.strerror or str(error)
