"""Rows whose items are made of several columns, as pairs of texts are."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
from datasets import Features

from hubscore.modalities.base import Modality
from hubscore.modalities.encoded import Encoded
from hubscore.probe.files import Files
from hubscore.probe.rows import Rows


class CompositeRows:
    """Rows of which one column is made of several others, under their names with commas.

    Args:
        rows: with the columns themselves.
        columns: that an item is made of, in order.
    """

    def __init__(self, rows: Rows, columns: Sequence[str]) -> None:
        self._rows, self._columns = rows, tuple(columns)
        self.name = ",".join(columns)
        others = {name: one for name, one in rows.features.items() if name not in columns}
        self.features = Features({self.name: rows.features[columns[0]], **others})
        self.numbers, self.population = rows.numbers, rows.population
        self.files: Files = rows.files
        self.notes, self.hint, self.advice = rows.notes, rows.hint, rows.advice
        self.label_origin = rows.label_origin

    def column(self, name: str) -> pa.ChunkedArray:
        """Return a column; of the one that is made, the first that it is made of."""
        return self._rows.column(self._columns[0] if name == self.name else name)

    def items(self, name: str, positions: Sequence[int], modality: Modality) -> list[Encoded]:
        """Read the items at ``positions``, each made of several."""
        if name != self.name:
            return self._rows.items(name, positions, modality)
        parts = [self._rows.items(column, positions, modality) for column in self._columns]
        return [self._joined(some, modality) for some in zip(*parts, strict=True)]

    def fitting(self, name: str, positions: Sequence[int], budget: int, rng: np.random.Generator) -> np.ndarray | None:
        """Return none when the items at ``positions`` fit, else the positions to draw from."""
        allowed: np.ndarray | None = None
        for column in self._columns if name == self.name else (name,):
            wanted = positions if allowed is None else allowed.tolist()
            found = self._rows.fitting(column, wanted, budget // len(self._columns), rng)
            allowed = allowed if found is None else found if allowed is None else np.intersect1d(allowed, found)
        return allowed

    def block(self, name: str, position: int) -> tuple[int, int] | None:
        """Return the block that a position is read with."""
        if name != self.name:
            return self._rows.block(name, position)
        blocks = [self._rows.block(column, position) for column in self._columns]
        known = [block for block in blocks if block is not None]
        return (known[0][0], sum(size for _, size in known)) if len(known) == len(blocks) else None

    def _joined(self, parts: Sequence[Encoded], modality: Modality) -> Encoded:
        for column, part in zip(self._columns, parts, strict=True):
            if part.fault is not None:
                return Encoded(b"", part.name, f"{column}: {part.fault}")
        return Encoded(modality.join([part.data for part in parts]))
