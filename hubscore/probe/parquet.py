"""Parquet files: the label column alone, then only the row groups that hold drawn rows."""

from __future__ import annotations

import posixpath
from collections import defaultdict
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from datasets import Features, Value

from hubscore.modalities.base import Modality
from hubscore.modalities.encoded import Encoded
from hubscore.probe.byte_texts import as_texts, texts_note
from hubscore.probe.files import CONNECTIONS, Files
from hubscore.probe.rows import encode, nested, plain_values, unreadable
from hubscore.probe.table_files import damaged

MOST_GROUPS = 2_000
"""Row groups whose labels are read; each costs a request. From a larger set, this many are drawn at random."""

MOST_ROWS = 2_000_000
"""Rows whose labels are read. From a larger set, about this many are drawn at random."""

BATCH = 65_536
"""Rows of a column that are in memory at one time, where a row group has more rows than that."""

AT_ONCE = 256_000_000
"""Bytes of row groups in memory at one time."""

T = TypeVar("T")


@dataclass(frozen=True)
class Group:
    """One row group: its file, its number there, the number of its first row in the split, how many rows it has, and
    which of them can be drawn, where that is not all of them.
    """

    path: str
    number: int
    first: int
    rows: int
    drawn: np.ndarray | None = None

    @property
    def places(self) -> np.ndarray:
        """The places in the group of the rows that can be drawn."""
        return np.arange(self.rows) if self.drawn is None else self.drawn

    def __len__(self) -> int:
        return self.rows if self.drawn is None else len(self.drawn)


class ParquetRows:
    """One split that is stored as Parquet.

    Args:
        files: where they lie.
        paths: the files of the split, in order.
        features: from the data set's card; otherwise they are read from the first file.
        rng: draws the row groups of a set that has too many.
    """

    advice: str = ""

    def __init__(
        self, files: Files, paths: Sequence[str], *, features: Features | None, rng: np.random.Generator
    ) -> None:
        self.files, self.hint, self.label_origin = files, "", ""
        self.notes: list[str] = []
        self._texts: frozenset[str] = frozenset()
        self._metadata = dict(zip(paths, _parallel(self._footer, paths), strict=True))
        first = self._metadata[paths[0]].schema.to_arrow_schema()
        self.features = features or Features.from_arrow_schema(first)
        every = list(_groups(self._metadata))
        self.population: int | None = sum(group.rows for group in every)
        self._groups = every
        if len(every) > MOST_GROUPS:
            self._groups = [every[position] for position in sorted(rng.choice(len(every), MOST_GROUPS, replace=False))]
            self.notes.append(f"rows come from {MOST_GROUPS} row groups drawn at random of {len(every)}")
        rows = sum(map(len, self._groups))
        if rows > MOST_ROWS:
            self._groups = [_thinned(group, MOST_ROWS / rows, rng) for group in self._groups]
            self.notes.append(f"rows come from {sum(map(len, self._groups)):,} drawn at random of {rows:,}")
        self.numbers = np.concatenate([group.first + group.places for group in self._groups] or [np.arange(0)])
        self._starts = np.cumsum([0] + [len(group) for group in self._groups])

    def read_as_texts(self, names: Sequence[str]) -> None:
        """Take columns of bytes for strings from now on."""
        self.features = Features({**self.features, **dict.fromkeys(names, Value("string"))})
        self._texts = frozenset(names)
        self.notes += texts_note(names)

    def column(self, name: str) -> pa.ChunkedArray:
        """Read one column of every row group, and nothing else of the files."""
        return pa.chunked_array(
            [chunk for part in _parallel(lambda group: self._read(group, name), self._groups) for chunk in part.chunks]
        )

    def items(self, name: str, positions: Sequence[int], modality: Modality) -> list[Encoded]:
        """Read the input column of the row groups that hold ``positions``."""
        wanted: dict[int, list[int]] = defaultdict(list)
        for position in positions:
            wanted[self._group_of(position)].append(position)
        largest = max((self._bytes(number, name, unpacked=True) for number in wanted), default=1)
        stored: dict[int, Any] = {}
        for found in _parallel(
            lambda item: self._stored(name, *item), list(wanted.items()), workers=AT_ONCE // max(largest, 1)
        ):
            stored.update(found)
        folders = [posixpath.dirname(self._groups[self._group_of(position)].path) for position in positions]
        values = [stored[position] for position in positions]
        return encode(self.files, values, folders, modality, self.features.get(name))

    def fitting(self, name: str, positions: Sequence[int], budget: int, rng: np.random.Generator) -> np.ndarray | None:
        """Return none when the row groups that hold ``positions`` fit, else the rows of row groups drawn at random
        until they fit.
        """
        needed = {self._group_of(position) for position in positions}
        if sum(self._bytes(number, name) for number in needed) <= budget:
            return None
        chosen, left = [], budget
        for number in rng.permutation(len(self._groups)).tolist():
            if self._bytes(number, name) <= left:
                left -= self._bytes(number, name)
                chosen.append(number)
        self.notes.append(
            f"rows come from {len(chosen)} row groups drawn at random of {len(self._groups)}, to read at most"
            f" {budget:,} bytes"
        )
        return np.concatenate(
            [np.arange(self._starts[number], self._starts[number + 1]) for number in sorted(chosen)] or [np.arange(0)]
        )

    def block(self, name: str, position: int) -> tuple[int, int]:
        """Return the row group of a position, and what its input column takes in memory."""
        number = self._group_of(position)
        return number, self._bytes(number, name, unpacked=True)

    def _footer(self, path: str) -> pq.FileMetaData:
        try:
            with self.files.open(path) as file:
                return pq.ParquetFile(file).metadata
        except (pa.ArrowException, OSError) as error:
            with self.files.open(path) as file:
                raise damaged(path, error, bytes(file.read(64) or b"")) from error

    def _read(self, group: Group, name: str, places: np.ndarray | None = None) -> pa.ChunkedArray:
        """Read a column of a row group: the rows at ``places`` in it, or all that can be drawn."""
        found = self._read_plain(group, name, places)
        return as_texts(found) if name in self._texts else found

    def _read_plain(self, group: Group, name: str, places: np.ndarray | None) -> pa.ChunkedArray:
        places = group.drawn if places is None else places
        try:
            with self.files.open(group.path) as file:
                stored = pq.ParquetFile(file, metadata=self._metadata[group.path])
                if group.rows > BATCH and places is not None:
                    return _in_batches(stored, group, name, places)
                table = stored.read_row_group(group.number, columns=[name])
                column = nested(table, name)
        except (pa.ArrowException, OSError, KeyError) as error:
            raise unreadable(group.path, error) from error
        if len(table) != group.rows:
            raise unreadable(group.path, ValueError(f"it says {group.rows:,} rows and holds {len(table):,}"))
        return column if places is None else column.take(pa.array(places, pa.int64()))

    def _stored(self, name: str, number: int, positions: list[int]) -> dict[int, Any]:
        group = self._groups[number]
        places = np.array(positions, dtype=np.int64) - self._starts[number]
        values = self._read(group, name, places if group.drawn is None else group.drawn[places])
        return dict(zip(positions, plain_values(values), strict=True))

    def _group_of(self, position: int) -> int:
        return int(np.searchsorted(self._starts, position, side="right")) - 1

    def _bytes(self, number: int, name: str, *, unpacked: bool = False) -> int:
        """Return what the input column of a row group costs to read, or takes in memory."""
        group = self._groups[number]
        found = self._metadata[group.path].row_group(group.number)
        columns = (found.column(position) for position in range(found.num_columns))
        return sum(
            column.total_uncompressed_size if unpacked else column.total_compressed_size
            for column in columns
            if f"{column.path_in_schema}.".startswith(f"{name}.")
        )


def _groups(metadata: dict[str, pq.FileMetaData]) -> list[Group]:
    found, first = [], 0
    for path, footer in metadata.items():
        for number in range(footer.num_row_groups):
            rows = footer.row_group(number).num_rows
            found.append(Group(path, number, first, rows))
            first += rows
    return found


def _thinned(group: Group, share: float, rng: np.random.Generator) -> Group:
    """Draw about a share of a row group's rows, without a list of all of them."""
    drawn = np.unique(rng.integers(0, group.rows, size=int(np.ceil(share * group.rows))))
    return replace(group, drawn=drawn.astype(np.int64))


def _in_batches(stored: pq.ParquetFile, group: Group, name: str, places: np.ndarray) -> pa.ChunkedArray:
    """Read a column of a large row group, keeping the rows at ``places`` only, and no further than the last of them."""
    order = np.argsort(places, kind="stable")
    wanted, parts, seen = places[order], [], 0
    size = 256 if len(wanted) < group.rows / BATCH else BATCH  # a batch of files is large
    for batch in stored.iter_batches(size, row_groups=[group.number], columns=[name]):
        here = wanted[np.searchsorted(wanted, seen) : np.searchsorted(wanted, seen + len(batch))]
        if len(here):
            parts += nested(pa.Table.from_batches([batch]), name).take(pa.array(here - seen)).chunks
        seen += len(batch)
        if not len(wanted) or seen > wanted[-1]:
            break
    found = pa.chunked_array(parts, type=None if parts else pa.null())
    if len(found) != len(wanted):
        raise pa.ArrowInvalid(f"it says {group.rows:,} rows and holds {seen:,}")
    return found.take(pa.array(np.argsort(order, kind="stable")))


def _parallel(task: Callable[[Any], T], items: Sequence[Any], *, workers: int = CONNECTIONS) -> list[T]:
    with ThreadPoolExecutor(max(1, min(workers, CONNECTIONS))) as pool:
        return list(pool.map(task, items))
