"""Tables that fit in memory: CSV and TSV, Parquet with paths of files, and the lists that folders become."""

from __future__ import annotations

import io
import os
import posixpath
from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from datasets import Features
from pyarrow import json

from hubscore.errors import DatasetError
from hubscore.modalities.base import Modality
from hubscore.modalities.encoded import Encoded
from hubscore.modalities.files import modality_of_files
from hubscore.probe.columns import kind_of
from hubscore.probe.files import Files
from hubscore.probe.rows import encode, nested, unreadable

PEEK = 20
"""Values that are looked at to see whether a column holds paths of files."""


class TableRows:
    """One split whose columns, other than the files they name, are in memory.

    Args:
        table: the columns; files as bytes, ``{"bytes", "path"}`` or paths.
        features: the columns' features.
        files: where paths are read.
        folders: for each row, the folder that its paths are relative to.
        hint: why there are no labels, where that is known.
        label_origin: what the column ``label`` was made from, where that is not a column of the data set.
    """

    def __init__(
        self,
        table: pa.Table,
        features: Features,
        files: Files,
        folders: Sequence[str],
        *,
        hint: str = "",
        label_origin: str = "",
    ) -> None:
        self.features, self.files, self.hint, self.label_origin = features, files, hint, label_origin
        self.notes: list[str] = []
        self.numbers = np.arange(len(table))
        self.population: int | None = len(table)
        self._table = table
        self._folders = folders

    def column(self, name: str) -> pa.ChunkedArray:
        """Return a column."""
        return nested(self._table, name)

    def paths(self, name: str) -> list[str]:
        """Return the paths that a column names, an empty one where a row names none."""
        return self._paths(name, range(len(self.numbers)))

    def keep(self, places: Sequence[int]) -> None:
        """Forget all rows but these."""
        self._table = self._table.take(pa.array(places, pa.int64()))
        self._folders = [self._folders[place] for place in places]
        self.numbers, self.population = np.arange(len(places)), len(places)

    def items(self, name: str, positions: Sequence[int], modality: Modality) -> list[Encoded]:
        """Read the items at ``positions``."""
        values = self._table[name].take(pa.array(positions, pa.int64())).to_pylist()
        held = self.files.meter.total
        items = encode(self.files, values, [self._folders[position] for position in positions], modality)
        read = self.files.meter.total - held
        self.files.meter.add(sum(len(item.data) for item in items) - read)  # bytes that were in the table count too
        return items

    def fitting(self, name: str, positions: Sequence[int], budget: int, rng: np.random.Generator) -> np.ndarray | None:
        """Return none when the files at ``positions`` fit, else as many of the first of them as do."""
        sizes = np.cumsum(self.files.sizes(self._paths(name, positions)))
        count = int((sizes <= budget).sum())
        if count == len(positions):
            return None
        self.notes.append(f"only {count} of {len(positions)} drawn rows were read, to read at most {budget:,} bytes")
        return np.array(positions[:count], dtype=int)

    def _paths(self, name: str, positions: Sequence[int]) -> list[str]:
        """Return the paths to read, an empty one where the bytes are in memory or the path is refused."""
        paths = []
        for position, value in zip(
            positions, self._table[name].take(pa.array(positions, pa.int64())).to_pylist(), strict=True
        ):
            named = value.get("path") if isinstance(value, dict) and not value.get("bytes") else value
            try:
                paths.append(self.files.join(self._folders[position], named) if isinstance(named, str) else "")
            except ValueError:
                paths.append("")
        return paths


def read_tables(
    files: Files,
    paths: Sequence[str],
    *,
    modalities: Sequence[Modality],
    features: Features | None = None,
    separator: str | None = None,
) -> TableRows:
    """Read CSV, TSV, JSON lines, Arrow or Parquet files that hold items or list their paths.

    Args:
        files: where they lie.
        paths: the files of the split.
        modalities: whose files may be listed.
        features: from the data set's card, where it has them.
        separator: between the fields of a CSV file; by its ending otherwise.

    Returns:
        The rows; columns whose values are files of a modality have its feature. A column ``x_file_name`` is called
        ``x`` and ``file_name`` is called after the modality, as in a metadata file of ``datasets``' imagefolder.

    Raises:
        DatasetError: a file cannot be read, or names files that are not there.
    """
    tables = [_read(files, path, separator) for path in paths]
    table = pa.concat_tables(tables, promote_options="permissive")
    meant = table.schema.metadata  # the features of an Arrow file, which renaming forgets
    file_column = next((one.name for one in modalities if one.file_endings), "file_name")
    names = [_short(name, table.column_names, file_column) for name in table.column_names]
    table = table.rename_columns(names).replace_schema_metadata(meant)
    folders = [os.path.dirname(path) for path, part in zip(paths, tables, strict=True) for _ in range(len(part))]
    known = Features.from_arrow_schema(table.schema)
    known.update(
        {name: feature for name, feature in (features or {}).items() if name in known and kind_of(feature) != "file"}
    )
    known.update(_path_columns(files, table, known, folders, modalities))
    return TableRows(table, known, files, folders)


def _path_columns(
    files: Files, table: pa.Table, features: Features, folders: Sequence[str], modalities: Sequence[Modality]
) -> dict[str, object]:
    """Return the features of the columns whose first values are files of a modality that exist."""
    found: dict[str, object] = {}
    absent, kinds = "", ""
    for name in [column for column, feature in features.items() if kind_of(feature) == "text"]:
        values = [value for value in table[name].slice(0, PEEK).to_pylist() if value]
        modality = modality_of_files(values, modalities)
        if modality is None:
            continue
        if any(files.sizes(_joined(files, folders, values))):
            found[name] = modality.file_feature()
        else:
            absent, kinds = f"column {name!r} names {values[0]!r}", modality.nouns[1]
    if absent and not found:
        fix = "paths must be relative to the table's folder, or absolute"
        raise DatasetError(f"The {kinds} of the table were not found", absent, fix)
    return found


def _joined(files: Files, folders: Sequence[str], values: Sequence[str]) -> list[str]:
    paths = []
    for folder, value in zip(folders, values, strict=False):
        try:
            paths.append(files.join(folder, value))
        except ValueError:
            continue
    return paths


def _short(name: str, taken: Sequence[str], file_column: str) -> str:
    short = file_column if name == "file_name" else name.removesuffix("_file_name")
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
