"""Rows that are members of sequences with a label each: the words of sentences whose labels say what each word is."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from datasets import Features

from hubscore.errors import DatasetError
from hubscore.modalities.base import Modality
from hubscore.modalities.encoded import Encoded
from hubscore.probe.columns import feature_of, kind_of
from hubscore.probe.files import Files
from hubscore.probe.label_choice import LabelChoice, choose_label
from hubscore.probe.label_names import TAGS, ends_in
from hubscore.probe.rows import Rows
from hubscore.types import Target

MOST_MEMBERS = 2_000_000
"""Members whose labels are read; of a larger set, sequences are drawn at random until they have about as many."""

LOOKED_AT = 20
"""Sequences that are read to see whether they have a label for each member."""

IGNORED = -100
"""The number that stands for no label where labels are integers, as in transformers."""


class MemberRows:
    """One row per member of the sequences of a column.

    Args:
        rows: the sequences.
        column: that holds them.
        label: the column with a label for each member.
        rng: draws sequences of a set that has too many.

    Attributes:
        whole: for each row, the place of its sequence.
    """

    def __init__(self, rows: Rows, column: str, label: str, rng: np.random.Generator) -> None:
        self._rows, self._column, self._label = rows, column, label
        labels = _one_array(rows.column(label))
        lengths = pc.fill_null(pc.list_value_length(labels), 0).to_numpy(zero_copy_only=False).astype(np.int64)
        total = int(lengths.sum())
        starts = np.concatenate([[0], np.cumsum(lengths)[:-1]]).astype(np.int64)
        kept = np.arange(len(lengths))
        self.notes = rows.notes
        if total > MOST_MEMBERS:
            order = rng.permutation(len(lengths))
            kept = np.sort(order[: int(np.searchsorted(np.cumsum(lengths[order]), MOST_MEMBERS)) + 1])
            self.notes.append(f"rows come from {len(kept):,} sequences drawn at random of {len(lengths):,}")
        self.whole = np.repeat(kept, lengths[kept])
        self._index = np.arange(len(self.whole)) - np.repeat(np.cumsum(lengths[kept]) - lengths[kept], lengths[kept])
        self._lengths = lengths
        self.numbers = starts[self.whole] + self._index
        self.population: int | None = total if rows.population == len(rows.numbers) else None
        flat = pc.list_flatten(labels)
        self._flat = _without_ignored(flat if len(kept) == len(lengths) else flat.take(pa.array(self.numbers)))
        inner = getattr(feature_of(rows.features, label), "feature", None)
        self.features = Features({**rows.features, label: inner})
        self.files: Files = rows.files
        self.hint, self.advice, self.label_origin = rows.hint, rows.advice, rows.label_origin

    def column(self, name: str) -> pa.ChunkedArray:
        """Return a column: the label of each member, or for each what its sequence has."""
        if name == self._label:
            return pa.chunked_array([self._flat])
        return self._rows.column(name).take(pa.array(self.whole))

    def items(self, name: str, positions: Sequence[int], modality: Modality) -> list[Encoded]:
        """Read the sequences of ``positions``, each once, and make a member of each the item."""
        wanted = [int(place) for place in self.whole[np.asarray(positions, dtype=np.int64)]]
        places = list(dict.fromkeys(wanted))
        found = dict(zip(places, self._rows.items(name, places, modality), strict=True))
        return [
            self._member(found[place], place, int(self._index[position]), modality)
            for place, position in zip(wanted, positions, strict=True)
        ]

    def fitting(self, name: str, positions: Sequence[int], budget: int, rng: np.random.Generator) -> np.ndarray | None:
        """Return none when the sequences of ``positions`` fit, else the positions to draw from."""
        places = np.unique(self.whole[np.asarray(positions, dtype=np.int64)]).tolist()
        found = self._rows.fitting(name, places, budget, rng)
        return None if found is None else np.flatnonzero(np.isin(self.whole, found))

    def block(self, name: str, position: int) -> tuple[int, int] | None:
        """Return the block that a position's sequence is read with."""
        return self._rows.block(name, int(self.whole[position]))

    def drawn_note(self, positions: Sequence[int]) -> str:
        """Say from how many sequences the rows at ``positions`` come."""
        from_ = len(set(self.whole[np.asarray(positions, dtype=np.int64)].tolist()))
        return f"each row is a word of {self._column!r} in its sentence: {len(positions)} words of {from_} sentences"

    def _member(self, sequence: Encoded, place: int, index: int, modality: Modality) -> Encoded:
        where = f"row {int(self._rows.numbers[place])}"
        if sequence.fault is not None:
            return Encoded(b"", where, sequence.fault)
        try:
            return Encoded(modality.member(sequence.data, index, int(self._lengths[place])), where)
        except ValueError as error:
            return Encoded(b"", where, str(error))


def label_of_members(
    rows: Rows, column: str, modality: Modality, *, name: str | None, target: Target | None
) -> LabelChoice | None:
    """Return which column labels each member of the sequences of another; none where no column surely does.

    Args:
        rows: the split.
        column: the input column.
        modality: of the rows.
        name: the label column, where it is named.
        target: what the labels are to be read as.

    Raises:
        DatasetError: a column of tags, or one that is to hold classes, has more or fewer labels than members.
    """
    if not modality.is_sequence(rows.features.get(column)) or target not in (None, "classification"):
        return None
    choice = choose_label(rows.features, column, modality, name=name)
    if len(choice.columns) != 1 or not choice.sure:
        return None
    if kind_of(feature_of(rows.features, choice.name)) not in ("list", "classes"):
        return None
    fault = _unlike(rows, column, choice.name, modality)
    if not fault:
        return choice
    if target is None and not ends_in(choice.name, TAGS):
        return None
    raise DatasetError(
        f"The labels of column {choice.name!r} do not fit the words of {column!r}",
        fault,
        "--target multilabel, if each list labels a whole text; or --label-column NAME",
    )


def _unlike(rows: Rows, column: str, label: str, modality: Modality) -> str:
    """Say where sequences have more or fewer labels than members, if half of a few have; else return an empty text."""
    lengths = pc.list_value_length(_one_array(rows.column(label))).to_pylist()
    given = [place for place, length in enumerate(lengths) if length]
    tried = given[:: max(1, len(given) // LOOKED_AT)][:LOOKED_AT]
    faults = []
    for place, found in zip(tried, rows.items(column, tried, modality), strict=True):
        try:
            fault = found.fault
            if fault is None:
                modality.member(found.data, 0, int(lengths[place]))
        except ValueError as error:
            fault = str(error)
        if fault is not None:
            faults.append(f"row {int(rows.numbers[place])}: {fault}")
    if not tried:
        return "no row has a label"
    return f"of {len(tried)} rows, {len(faults)} do not; {faults[0]}" if 2 * len(faults) >= len(tried) else ""


def _one_array(column: pa.ChunkedArray) -> pa.Array:
    found = column.combine_chunks()
    return pa.concat_arrays(found.chunks) if isinstance(found, pa.ChunkedArray) else found


def _without_ignored(labels: pa.Array) -> pa.Array:
    """Return labels with none in place of transformers' number for no label."""
    if not pa.types.is_integer(labels.type) or pa.types.is_unsigned_integer(labels.type):
        return labels
    return pc.if_else(pc.equal(labels, IGNORED), pa.scalar(None, labels.type), labels) if len(labels) else labels
