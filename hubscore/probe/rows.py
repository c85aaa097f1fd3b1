"""What every kind of data set offers the probe: columns, and the encoded images of chosen rows."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from datasets import Features

from hubscore.errors import DatasetError
from hubscore.probe.files import Files, read_all


@dataclass(frozen=True)
class Encoded:
    """One image as it is stored.

    Attributes:
        data: the bytes of the file, empty when there are none.
        name: the file's name, where it has one.
        fault: why there are no bytes.
    """

    data: bytes
    name: str | None = None
    fault: str | None = None


class Rows(Protocol):
    """One split of a data set.

    Attributes:
        features: its columns.
        numbers: row numbers in the split of the rows that can be drawn; all of them unless the split is very large.
        population: how many rows the split has, none where nobody knows.
        files: where it is read from.
        notes: what a reader of the record should know.
        hint: why there are no labels, where that is known.
    """

    features: Features
    numbers: np.ndarray
    population: int | None
    files: Files
    notes: list[str]
    hint: str

    def column(self, name: str) -> pa.ChunkedArray:
        """Return a column, one value for each of ``numbers``; ``struct.field`` for a nested one."""

    def images(self, name: str, places: Sequence[int]) -> list[Encoded]:
        """Return the encoded images of the rows at ``places`` of ``numbers``."""

    def within(self, name: str, places: Sequence[int], budget: int, rng: np.random.Generator) -> np.ndarray | None:
        """Return none when the images at ``places`` cost at most ``budget`` bytes, else the places to draw from
        instead.
        """


def nested(table: pa.Table, name: str) -> pa.ChunkedArray:
    """Return a column of a table, or a field of a struct column."""
    if name in table.column_names:
        return table[name]
    outer, *path = name.split(".")
    return pc.struct_field(table[outer], path)


def encode(files: Files, values: Sequence[Any], folders: Sequence[str]) -> list[Encoded]:
    """Turn stored values into encoded images: bytes as they are, paths read beside the table that mentions them.

    Args:
        files: where paths are read.
        values: bytes, ``{"bytes", "path"}`` as ``datasets`` stores images, a path, or none.
        folders: for each value, the folder that a path in it is relative to.

    Returns:
        One image a value, with a fault where there is nothing to read.
    """
    known = [_inline(value) for value in values]
    wanted = [place for place, found in enumerate(known) if isinstance(found, str)]
    paths, images = [], [Encoded(b"", fault="no image in this row") if found is None else found for found in known]
    for place in wanted:
        try:
            paths.append(files.join(folders[place], str(known[place])))
        except ValueError as error:
            paths.append("")
            images[place] = Encoded(b"", str(known[place]), str(error))
    there = [place for place, path in zip(wanted, paths, strict=True) if path]
    for place, data in zip(there, read_all(files, [path for path in paths if path]), strict=True):
        name = str(known[place])
        images[place] = (
            Encoded(b"", name, _fault(data)) if isinstance(data, OSError) else Encoded(data, os.path.basename(name))
        )
    return images  # type: ignore[return-value]


def unreadable(path: str, error: Exception) -> DatasetError:
    """Say that a table is damaged."""
    lines = str(error).splitlines() or [type(error).__name__]
    return DatasetError(
        f"File {os.path.basename(path)!r} cannot be read", lines[0], "check that the file is whole, or make it again"
    )


def _inline(value: Any) -> Encoded | str | None:
    """Return the image, the path to read it from, or none."""
    if isinstance(value, dict):
        data, path = value.get("bytes"), value.get("path")
        return Encoded(data, os.path.basename(path) if path else None) if data else path or None
    if isinstance(value, (bytes, bytearray)):
        return Encoded(bytes(value)) if value else None
    return value or None


def _fault(error: OSError) -> str:
    return "file not found" if isinstance(error, FileNotFoundError) else error.strerror or str(error)
