"""Rows of one network: what it computes of them, each row named by a hash of its own content."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from hubscore.extract.cache_files import pack, unpack
from hubscore.types import Extraction

if TYPE_CHECKING:
    import numpy as np


@dataclass(frozen=True)
class RowBlock:
    """What one network computes of n different rows.

    Attributes:
        rows: the n rows' ids.
        values: features and logits of n rows, with the facts of the run or runs that they come from; its key is the
            network's.
    """

    rows: tuple[str, ...]
    values: Extraction

    def take(self, rows: Sequence[str]) -> RowBlock:
        """Return some rows in the order given, any of them several times; the facts stay.

        Raises:
            KeyError: a row is not in the block.
        """
        if tuple(rows) == self.rows:
            return self
        place = {row: at for at, row in enumerate(self.rows)}
        at = [place[row] for row in rows]
        features = {layer: values[at] for layer, values in self.values.features.items()}
        logits = None if self.values.logits is None else self.values.logits[at]
        return RowBlock(tuple(rows), replace(self.values, features=features, logits=logits))

    def fits(self, other: RowBlock) -> bool:
        """Whether the rows of another block can stand beside these: the same layers and widths."""
        return _widths(self.values) == _widths(other.values)

    def pack(self) -> bytes:
        """Return the block as a file's content."""
        return pack(self.values, rows=self.rows)

    @classmethod
    def unpack(cls, content: bytes) -> RowBlock:
        """Read what :meth:`pack` wrote.

        Raises:
            Exception: of any type, where the content is damaged.
        """
        values, meta = unpack(content)
        block = cls(tuple(meta["rows"]), values)
        if any(len(part) != len(block.rows) for part in _arrays(values)):
            raise ValueError("its arrays do not have one row per id")
        return block


def content_hash(content: bytes) -> str:
    """Return the name of a block's file: a hash by which every damage shows."""
    return hashlib.sha256(content).hexdigest()[:32]


def join_blocks(blocks: Sequence[RowBlock]) -> RowBlock:
    """Return the rows of several blocks of one network; of a row that is in two, the first block's.

    Seconds add up; versions and devices that differ are all named; the other facts are the first block's.
    """
    if len(blocks) == 1:
        return blocks[0]
    parts, known = list[RowBlock](), set[str]()
    for block in blocks:
        parts.append(block.take([row for row in block.rows if row not in known]))
        known.update(block.rows)
    first, values = blocks[0].values, [block.values for block in blocks]
    seconds = Counter[str]()
    for one in values:
        seconds.update(one.seconds)
    return RowBlock(
        tuple(row for part in parts for row in part.rows),
        replace(
            first,
            features={layer: _stack(part.values.features[layer] for part in parts) for layer in first.features},
            logits=None if first.logits is None else _stack(part.values.logits for part in parts),
            seconds=dict(seconds),
            versions={name: _all_of(one.versions.get(name) for one in values) for name in first.versions},
            device=_all_of(one.device for one in values),
        ),
    )


def rows_of(blocks: Sequence[RowBlock], rows: Sequence[str]) -> RowBlock | None:
    """Return the wanted rows that several blocks of one network hold, in the order wanted, each once; None where there
    are none. Blocks that do not fit the first are passed over.
    """
    wanted, parts = dict.fromkeys(rows), list[RowBlock]()
    for block in blocks:
        if not wanted.keys().isdisjoint(block.rows) and (not parts or parts[0].fits(block)):
            parts.append(block)
    if not parts:
        return None
    whole = join_blocks(parts)
    there = frozenset(whole.rows)
    return whole.take([row for row in wanted if row in there])


def _arrays(values: Extraction) -> list[np.ndarray]:
    return [*values.features.values(), *([] if values.logits is None else [values.logits])]


def _widths(values: Extraction) -> dict[str, int | None]:
    widths: dict[str, int | None] = {layer: part.shape[1] for layer, part in values.features.items()}
    return widths | {"logits/": None if values.logits is None else values.logits.shape[1]}


def _stack(parts: Iterable[np.ndarray | None]) -> np.ndarray:
    import numpy as np

    return np.concatenate([part for part in parts if part is not None])


def _all_of(words: Iterable[str | None]) -> str:
    return ", ".join(sorted({part for word in words if word for part in word.split(", ")}))
