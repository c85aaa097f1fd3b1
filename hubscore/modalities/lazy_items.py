"""The probe's items: decoded once, kept while they fit, decoded again when they do not."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, overload

from hubscore.modalities.base import Modality

KEPT_BYTES = 1_000_000_000
"""Decoded items are kept up to this many bytes together; the encoded ones always are."""


class LazyItems(Sequence[Any]):
    """Items over encoded bytes; treat them as read-only, several networks look at the same ones.

    Args:
        encoded: the bytes of each item.
        decoded: items that are decoded already, by position.
        decode: turns bytes into an item.
    """

    def __init__(self, encoded: Sequence[bytes], decoded: Mapping[int, Any], decode: Callable[[bytes], Any]) -> None:
        self.encoded = tuple(encoded)
        self._decoded = dict(decoded)
        self._decode = decode

    @overload
    def __getitem__(self, index: int) -> Any: ...
    @overload
    def __getitem__(self, index: slice) -> list[Any]: ...
    def __getitem__(self, index: int | slice) -> Any:
        if isinstance(index, slice):
            return [self[at] for at in range(*index.indices(len(self)))]
        at = range(len(self.encoded))[index]  # negative and out-of-range numbers as any sequence has them
        kept = self._decoded.get(at)
        return self._decode(self.encoded[at]) if kept is None else kept

    def __len__(self) -> int:
        return len(self.encoded)

    def __add__(self, other: LazyItems) -> LazyItems:
        """Return the items of both, one after the other; what is decoded is shared."""
        moved = {len(self) + at: item for at, item in other._decoded.items()}
        return LazyItems(self.encoded + other.encoded, self._decoded | moved, self._decode)

    def __repr__(self) -> str:
        return f"<{len(self)} items, {len(self._decoded)} of them decoded>"


def decode_all(modality: Modality, encoded: Sequence[bytes], *, room: int = KEPT_BYTES) -> Iterator[Any]:
    """Decode each item once, on several threads.

    Args:
        modality: of the items.
        encoded: the bytes of each item.
        room: how many bytes of decoded items may be kept.

    Yields:
        The item, None for one that is sound but has no room, or the :class:`DecodeError` that says why it is not.
    """
    workers = min(8, os.cpu_count() or 1)
    with ThreadPoolExecutor(workers) as pool:
        for start in range(0, len(encoded), 2 * workers):  # in slices: all at once could be many times the room
            for item in pool.map(lambda data: _decoded(modality, data), encoded[start : start + 2 * workers]):
                if isinstance(item, DecodeError):
                    yield item
                    continue
                room -= modality.item_bytes(item)
                yield item if room >= 0 else None


class DecodeError(ValueError):
    """Why an item cannot be decoded, on one line."""


def _decoded(modality: Modality, data: bytes) -> Any:
    try:
        return modality.decode(data)
    except Exception as error:  # a damaged file can make its readers raise nearly anything
        lines = str(error).splitlines()
        return DecodeError(lines[0] if lines else type(error).__name__)
