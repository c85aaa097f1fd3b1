"""Tables that fit in memory: CSV and TSV, Parquet with paths of files, and the lists that folders become."""

from __future__ import annotations

import os
from collections.abc import Sequence

import numpy as np
import pyarrow as pa
from datasets import Features, Value

from hubscore.errors import DatasetError
from hubscore.modalities.base import Modality
from hubscore.modalities.encoded import Encoded
from hubscore.modalities.files import leading
from hubscore.probe.byte_texts import texts_note, with_texts
from hubscore.probe.columns import LISTED, kind_of
from hubscore.probe.delimited import NO_HEADER
from hubscore.probe.files import Files, as_typed
from hubscore.probe.item_columns import find_items
from hubscore.probe.rows import encode, nested, plain_values
from hubscore.probe.table_files import read_table_file


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

    advice: str = ""
    input_column: str | None = None

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
        values = plain_values(self._table[name].take(pa.array(positions, pa.int64())))
        held, feature = self.files.meter.total, self.features.get(name)
        items = encode(self.files, values, [self._folders[position] for position in positions], modality, feature)
        read = self.files.meter.total - held
        held_in_table = sum(len(item.data) for item in items) - read
        self.files.meter.add(max(0, held_in_table))  # these count too
        return items

    def fitting(self, name: str, positions: Sequence[int], budget: int, rng: np.random.Generator) -> np.ndarray | None:
        """Return none when the files at ``positions`` fit, else as many of the first of them as do."""
        sizes = np.cumsum(self.files.sizes(self._paths(name, positions)))
        count = int((sizes <= budget).sum())
        if count == len(positions):
            return None
        self.notes.append(f"only {count} of {len(positions)} drawn rows were read, to read at most {budget:,} bytes")
        return np.array(positions[:count], dtype=int)

    def block(self, name: str, position: int) -> None:
        """Each item is read by itself."""

    def _paths(self, name: str, positions: Sequence[int]) -> list[str]:
        """Return the paths to read, an empty one where the bytes are in memory or the path is refused."""
        paths = []
        for position, value in zip(
            positions, plain_values(self._table[name].take(pa.array(positions, pa.int64()))), strict=True
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
    tables, notes = [], []
    for path in paths:
        found, said = read_table_file(files, path, separator, modalities)
        tables.append(found)
        notes += said
    notes += _differences(files, paths, tables)
    table, were_bytes = with_texts(_together(paths, tables))
    notes += texts_note(were_bytes)
    if not len(table):
        raise DatasetError(f"The table {os.path.basename(paths[0])!r} has no rows", "", "name a table with rows")
    meant = table.schema.metadata  # the features of an Arrow file, which renaming forgets
    file_column = next((one.name for one in leading(modalities) if one.file_endings), "file_name")
    names = [_short(name, table.column_names, file_column) for name in table.column_names]
    table = table.rename_columns(names).replace_schema_metadata(meant)
    folders = [os.path.dirname(path) for path, part in zip(paths, tables, strict=True) for _ in range(len(part))]
    known = Features.from_arrow_schema(table.schema)
    known.update({name: Value("string") for name in were_bytes if name in known})
    known.update(
        {name: feature for name, feature in (features or {}).items() if name in known and kind_of(feature) != "file"}
    )
    listing = find_items(files, table, known, folders, paths[0], modalities)
    known.update(listing.features)
    rows = TableRows(listing.table, known, files, folders if not listing.found else [""] * len(folders))
    rows.notes += [*notes, *listing.notes]
    if NO_HEADER.items() <= (meant or {}).items():
        rows.hint = f"{os.path.basename(paths[0])} has no header"
        what = "texts" if "text" in known else "files"
        rows.label_origin = f"the column beside the {what} in a table without a header"
    return rows


def _differences(files: Files, paths: Sequence[str], tables: Sequence[pa.Table]) -> list[str]:
    """Say where tables of one split have different columns.

    Raises:
        DatasetError: two of them have hardly a column in common, as those of a data base.
    """
    notes: list[str] = []
    for path, table in zip(paths, tables, strict=True):
        one, other = set(tables[0].column_names), set(table.column_names)
        if one == other:
            continue
        names = f"{os.path.basename(paths[0])} and {os.path.basename(path)}"
        only = "; ".join(
            f"{os.path.basename(name)} has {', '.join(found.column_names[:LISTED])}"
            for name, found in ((paths[0], tables[0]), (path, table))
        )
        if 2 * len(one & other) > min(len(one), len(other)):
            notes = notes or [f"the tables have different columns, and fields that are not there are empty: {only}"]
            continue
        local = files.local(paths[0])
        one_alone = (
            "download the one to read" if local is None else f"name the one to read: hubscore rank {as_typed(local)}"
        )
        fix = f"join them into one table, or {one_alone}"
        raise DatasetError(f"The tables {names} have different columns", only, fix)
    return notes


def _together(paths: Sequence[str], tables: Sequence[pa.Table]) -> pa.Table:
    try:
        return pa.concat_tables(tables, promote_options="permissive")
    except pa.ArrowException as error:
        reason = str(error).splitlines()[0]
        names = ", ".join(map(os.path.basename, paths[:3]))
        raise DatasetError(
            f"The tables {names} do not fit together", reason, "give their columns the same types, or name one of them"
        ) from error


def _short(name: str, taken: Sequence[str], file_column: str) -> str:
    short = file_column if name == "file_name" else name.removesuffix("_file_name")
    return name if short in taken else short
