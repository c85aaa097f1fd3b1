"""Tables that fit in memory: CSV and TSV, Parquet with image paths, and the lists that folders become."""

from __future__ import annotations

import io
import os
import posixpath
from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from datasets import Features, Image
from pyarrow import json

from hubscore.errors import DatasetError
from hubscore.modalities.base import Modality
from hubscore.modalities.encoded import Encoded
from hubscore.probe.columns import sort_of
from hubscore.probe.files import Files
from hubscore.probe.rows import encode, nested, unreadable

PEEK = 20
"""Values that are looked at to see whether a column holds image paths."""


class TableRows:
    """One split whose columns, other than the image files they name, are in memory.

    Args:
        table: the columns; images as bytes, ``{"bytes", "path"}`` or paths.
        features: the columns' features.
        files: where image paths are read.
        folders: for each row, the folder that its paths are relative to.
        hint: why there are no labels, where that is known.
    """

    def __init__(
        self, table: pa.Table, features: Features, files: Files, folders: Sequence[str], *, hint: str = ""
    ) -> None:
        self.features, self.files, self.hint = features, files, hint
        self.notes: list[str] = []
        self.numbers = np.arange(len(table))
        self.population: int | None = len(table)
        self._table = table
        self._folders = folders

    def column(self, name: str) -> pa.ChunkedArray:
        """Return a column."""
        return nested(self._table, name)

    def items(self, name: str, places: Sequence[int], modality: Modality) -> list[Encoded]:
        """Read the items at ``places``."""
        values = self._table[name].take(pa.array(places, pa.int64())).to_pylist()
        held = self.files.meter.total
        items = encode(self.files, values, [self._folders[place] for place in places], modality)
        read = self.files.meter.total - held
        self.files.meter.add(sum(len(item.data) for item in items) - read)  # bytes that were in the table count too
        return items

    def within(self, name: str, places: Sequence[int], budget: int, rng: np.random.Generator) -> np.ndarray | None:
        """Return none when the image files at ``places`` fit, else as many of the first of them as do."""
        sizes = np.cumsum(self.files.sizes(self._paths(name, places)))
        fitting = int((sizes <= budget).sum())
        if fitting == len(places):
            return None
        self.notes.append(f"only {fitting} of {len(places)} drawn images were read, to read at most {budget:,} bytes")
        return np.array(places[:fitting], dtype=int)

    def _paths(self, name: str, places: Sequence[int]) -> list[str]:
        """Return the paths to read, an empty one where the bytes are in memory or the path is refused."""
        paths = []
        for place, value in zip(places, self._table[name].take(pa.array(places, pa.int64())).to_pylist(), strict=True):
            named = value.get("path") if isinstance(value, dict) and not value.get("bytes") else value
            try:
                paths.append(self.files.join(self._folders[place], named) if isinstance(named, str) else "")
            except ValueError:
                paths.append("")
        return paths


def read_tables(
    files: Files, paths: Sequence[str], *, features: Features | None = None, separator: str | None = None
) -> TableRows:
    """Read CSV, TSV, JSON lines, Arrow or Parquet files that hold images or list image paths.

    Args:
        files: where they lie.
        paths: the files of the split.
        features: from the data set's card, where it has them.
        separator: between the fields of a CSV file; by its ending otherwise.

    Returns:
        The rows; columns whose values are image files have the feature ``Image``. A column ``x_file_name`` is called
        ``x`` and ``file_name`` is called ``image``, as in a metadata file of ``datasets``' imagefolder.

    Raises:
        DatasetError: a file cannot be read, or names images that are not there.
    """
    tables = [_read(files, path, separator) for path in paths]
    table = pa.concat_tables(tables, promote_options="permissive")
    meant = table.schema.metadata  # the features of an Arrow file, which renaming forgets
    table = table.rename_columns(
        [_short(name, table.column_names) for name in table.column_names]
    ).replace_schema_metadata(meant)
    folders = [os.path.dirname(path) for path, part in zip(paths, tables, strict=True) for _ in range(len(part))]
    known = Features.from_arrow_schema(table.schema)
    known.update(
        {name: feature for name, feature in (features or {}).items() if name in known and sort_of(feature) != "image"}
    )
    known.update({name: Image() for name in _path_columns(files, table, known, folders)})
    return TableRows(table, known, files, folders)


def names_images(values: Sequence[object]) -> bool:
    """Whether values look like the names of image files."""
    from datasets.packaged_modules.imagefolder.imagefolder import ImageFolder

    endings = tuple(ImageFolder.EXTENSIONS)
    return bool(values) and all(isinstance(value, str) and value.lower().endswith(endings) for value in values)


def _path_columns(files: Files, table: pa.Table, features: Features, folders: Sequence[str]) -> list[str]:
    """Name the columns whose first values are image files that exist."""
    found, absent = [], ""
    for name in [column for column, feature in features.items() if sort_of(feature) == "text"]:
        values = [value for value in table[name].slice(0, PEEK).to_pylist() if value]
        if not names_images(values):
            continue
        paths = _joined(files, folders, values)
        if any(files.sizes(paths)):
            found.append(name)
        else:
            absent = f"column {name!r} names {values[0]!r}"
    if absent and not found:
        raise DatasetError(
            "The images of the table were not found",
            absent,
            "paths must be relative to the table's folder, or absolute",
        )
    return found


def _joined(files: Files, folders: Sequence[str], values: Sequence[str]) -> list[str]:
    paths = []
    for folder, value in zip(folders, values, strict=False):
        try:
            paths.append(files.join(folder, value))
        except ValueError:
            continue
    return paths


def _short(name: str, taken: Sequence[str]) -> str:
    short = "image" if name == "file_name" else name.removesuffix("_file_name")
    return name if short in taken else short


def _read(files: Files, path: str, separator: str | None) -> pa.Table:
    import pandas as pd

    ending = posixpath.splitext(path)[1].lower()
    try:
        if ending == ".arrow":
            return _read_arrow(files, path)
        data = io.BytesIO(files.read(path))
        if ending == ".parquet":
            return pq.read_table(data)
        if ending in (".jsonl", ".ndjson"):
            return json.read_json(data)
        # Only an empty field is missing: "None" and "NA" are classes in many tables.
        frame = pd.read_csv(
            data,
            sep=separator or ("\t" if ending == ".tsv" else ","),
            keep_default_na=False,
            na_values=[""],
            dtype_backend="pyarrow",
        )
    except (pa.ArrowException, OSError, ValueError) as error:
        raise unreadable(path, error) from error
    return pa.Table.from_pandas(frame, preserve_index=False)


def _read_arrow(files: Files, path: str) -> pa.Table:
    """Read what ``save_to_disk`` writes; a local file is mapped into memory, not read."""
    local = files.local(path)
    source = pa.memory_map(str(local)) if local is not None else pa.BufferReader(files.read(path))
    return pa.ipc.open_stream(source).read_all()
