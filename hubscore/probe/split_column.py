"""A column that says which split a row is in, as ``split`` with train and test does in many tables."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from datasets import ClassLabel, Features

from hubscore.errors import UsageError
from hubscore.modalities.base import Modality
from hubscore.modalities.encoded import Encoded
from hubscore.probe.columns import kind_of
from hubscore.probe.data_files import SPLIT_WORDS
from hubscore.probe.files import Files
from hubscore.probe.rows import Rows
from hubscore.text import option

MOST_VALUES = 10
"""Splits that a column may name."""

_SURE = re.compile(r"(?:.*[_ -])?splits?", re.IGNORECASE)
_PERHAPS = re.compile(r"(?:.*[_ -])?(?:sub-?set|set|partition|phase|part|usage|tvt|fold)", re.IGNORECASE)
_FLAG = re.compile(
    r"(?:is|in)_?(train|training|test|testing|val|valid|validation)(?:_?(?:image|set|split|row))?", re.IGNORECASE
)
_ALIASES = {word: split for split, words in SPLIT_WORDS.items() for word in words} | {
    "trn": "train",
    "tr": "train",
    "tst": "test",
    "te": "test",
    "holdout": "test",
}
_MORE = ("unlabeled", "unlabelled", "extra", "all", "trainval", "train+val", "minival")


@dataclass(frozen=True)
class SplitColumn:
    """A column of splits: its name, and each row's split, empty where it names none."""

    name: str
    values: list[str]


class PickedRows:
    """Some rows of a split, in their order.

    Args:
        rows: all of them.
        places: of the rows to keep, among those that can be drawn.
        without: a column that is not offered.
    """

    def __init__(self, rows: Rows, places: np.ndarray, without: str) -> None:
        self._rows, self._places = rows, places
        self.features = Features({name: one for name, one in rows.features.items() if name != without})
        self.numbers = np.arange(len(places))
        self.population: int | None = len(places)
        self.files: Files = rows.files
        self.notes, self.hint, self.advice = rows.notes, rows.hint, rows.advice
        self.label_origin = rows.label_origin

    def column(self, name: str) -> pa.ChunkedArray:
        """Return a column."""
        return self._rows.column(name).take(pa.array(self._places, pa.int64()))

    def items(self, name: str, positions: Sequence[int], modality: Modality) -> list[Encoded]:
        """Read the items at ``positions``."""
        return self._rows.items(name, self._places[np.asarray(positions, dtype=int)].tolist(), modality)

    def fitting(self, name: str, positions: Sequence[int], budget: int, rng: np.random.Generator) -> np.ndarray | None:
        """Return none when the items at ``positions`` fit, else the positions to draw from."""
        found = self._rows.fitting(name, self._places[np.asarray(positions, dtype=int)].tolist(), budget, rng)
        return None if found is None else np.flatnonzero(np.isin(self._places, found))

    def block(self, name: str, position: int) -> tuple[int, int] | None:
        """Return the block that a position is read with."""
        return self._rows.block(name, int(self._places[position]))


def pick_split(rows: Rows, split: str, *, required: bool, source: str) -> Rows:
    """Keep the rows of a split where a column names splits.

    Args:
        rows: of the files that were chosen.
        split: the split to read.
        required: whether no file is called after it, so that a column must name it.
        source: what the data set is called.

    Returns:
        The rows of the split, with a note; all of them where no column names splits.

    Raises:
        UsageError: the column has no rows of the split, or there is no such column.
    """
    column = find_split_column(rows)
    if column is None:
        if not required:
            return rows
        why = "its splits are train, and no column says which rows are of another"
        raise UsageError(f"Data set {source!r} has no split {split!r}", why, "--split train")
    counts = Counter(column.values)
    listed = ", ".join(f"{name or 'none'} ({count:,})" for name, count in sorted(counts.items()))
    wanted = split if split in counts else _ALIASES.get(split.lower(), split)
    names = sorted(filter(None, counts))
    if wanted not in counts:
        if not required and (split != "train" or len(names) < 2):  # the files' names decide
            return PickedRows(rows, np.arange(len(column.values)), column.name)
        what = f"Data set {source!r} has no rows of split {split!r}"
        raise UsageError(what, f"column {column.name!r} has {listed}", option("--split", names[0]))
    if len(counts) > 1:
        others = [name for name in names if name != wanted]
        hint = f"; {option('--split', others[0])} reads others" if others and wanted == "train" else ""
        rows.notes.append(f"split {wanted}, by column {column.name!r}: {listed}{hint}")
    return PickedRows(rows, np.flatnonzero(np.array(column.values) == wanted), column.name)


def find_split_column(rows: Rows) -> SplitColumn | None:
    """Return the column that names splits, by its name and its values; none where there is no such column."""
    names = sorted(rows.features, key=lambda name: (not _SURE.fullmatch(name), not _PERHAPS.fullmatch(name)))
    for name in names:
        sure, flag = _SURE.fullmatch(name) is not None, _FLAG.fullmatch(name)
        if not (sure or flag or _PERHAPS.fullmatch(name)):
            continue
        kind = kind_of(rows.features[name])
        if flag and kind in ("bool", "int", "float"):
            found = _of_flags(rows.column(name).to_pylist(), _ALIASES[flag[1].lower()])
        elif not flag and kind in ("text", "class"):
            found = _of_words(_texts(rows, name), sure)
        else:
            continue
        if found is not None:
            return SplitColumn(name, found)
    return None


def _texts(rows: Rows, name: str) -> list[str]:
    feature = rows.features[name]
    values = rows.column(name).to_pylist()
    if isinstance(feature, ClassLabel):
        values = [feature.int2str(value) if isinstance(value, int) and value >= 0 else value for value in values]
    return ["" if value is None else str(value).strip() for value in values]


def _of_words(values: Sequence[str], sure: bool) -> list[str] | None:
    """Return the splits that words name: all must be words for splits, or one where the column is called split."""
    words = set(filter(None, values))
    known = {word for word in words if word.lower() in _ALIASES}
    if not known or len(words) > MOST_VALUES:
        return None
    if not sure and any(word.lower() not in (*_ALIASES, *_MORE) for word in words):
        return None
    return [_ALIASES.get(value.lower(), value) for value in values]


def _of_flags(values: Sequence[object], split: str) -> list[str] | None:
    """Return the splits that 0 and 1 name."""
    if not set(values) <= {0, 1, None}:
        return None
    other = "test" if split == "train" else "train"
    return ["" if value is None else split if value else other for value in values]
