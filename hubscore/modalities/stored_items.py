"""A probe's items as they are kept: encoded and decoded, in memory while there is room, then in a temporary file."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Hashable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, overload

from hubscore.modalities.base import Modality
from hubscore.modalities.spill import Span, SpillFile
from hubscore.types import Json

MEGABYTE = 10**6
DECODED_ROOM = 512 * MEGABYTE
"""Decoded items in memory."""
ENCODED_ROOM = 256 * MEGABYTE
"""Encoded items in memory."""
FILE_ROOM = 4_000 * MEGABYTE
"""Decoded items in the temporary file; what has no room there either is decoded again each time."""
_SMALL = 4096
"""An item of fewer bytes goes to another process as it is, a larger one through the file."""
_UNKNOWN = object()


@contextmanager
def by_reference() -> Iterator[None]:
    """Let what is pickled in the block say where large items lie, decoded ones too, in place of a copy of their bytes:
    for processes of this machine that end before this one.
    """
    before = _referring.set(True)
    try:
        yield
    finally:
        _referring.reset(before)


_referring = ContextVar("referring", default=False)


class ItemStore:
    """What the items of one probe share: their modality, the room, the files, and how long decoding took.

    Args:
        modality: of the items.
        decoded: bytes of decoded items that are kept in memory.
        encoded: bytes of encoded items that are kept in memory.
        file: bytes of decoded items that are kept in a file beyond that.
        shared: whether other processes may be told where items lie.
    """

    def __init__(
        self,
        modality: Modality,
        *,
        decoded: int = DECODED_ROOM,
        encoded: int = ENCODED_ROOM,
        file: int = FILE_ROOM,
        shared: bool = True,
    ) -> None:
        self.modality = modality
        self._rooms = decoded, encoded, file
        self._decoded, self._encoded = decoded, encoded
        self._file, self._originals = SpillFile(file, named=shared), SpillFile(1 << 62, named=shared)
        self._lock = threading.Lock()
        self.decodings, self.decode_seconds = 0, 0.0

    def add(self, data: bytes) -> StoredItem:
        """Keep an encoded item."""
        with self._lock:
            fits = len(data) <= self._encoded
            self._encoded -= len(data) if fits else 0
        return StoredItem(self, data if fits else self._originals.write(data) or data)

    def decode(self, data: bytes, detail: Hashable) -> Any:
        """Decode bytes, and count it and its processor time."""
        began = time.thread_time()
        item = self.modality.decode_in(data, detail)
        with self._lock:
            self.decodings += 1
            self.decode_seconds += time.thread_time() - began
        return item

    def keep(self, item: Any) -> Any:
        """Return what is to be kept of a decoded item: itself, a :class:`Span`, or none where there is no room."""
        size = self.modality.item_bytes(item)
        with self._lock:
            if size <= self._decoded:
                self._decoded -= size
                return item
        packed = self.modality.pack(item)
        return None if packed is None else self._file.write(packed)

    def referred(self, data: bytes | Span, *, original: bool) -> bytes | Span | None:
        """Return where another process of this machine finds bytes; small originals as they are."""
        if isinstance(data, Span):
            if os.path.exists(data.path):
                return data
            return data.read() if original else None  # of a file without a name
        if original and len(data) < _SMALL:
            return data
        file = self._originals if original else self._file
        span = file.write(data) if file.named else None
        return span if span is not None or not original else data

    def __getstate__(self) -> dict[str, Any]:
        return {"modality": self.modality, "rooms": self._rooms}

    def __setstate__(self, state: dict[str, Any]) -> None:
        decoded, encoded, file = state["rooms"]
        ItemStore.__init__(self, state["modality"], decoded=decoded // 4, encoded=encoded // 4, file=file, shared=False)


class StoredItem:
    """One item.

    Args:
        store: which it belongs to.
        data: its bytes, or where they lie.
    """

    __slots__ = ("_data", "_extent", "kept", "store")

    def __init__(self, store: ItemStore, data: bytes | Span) -> None:
        self.store, self._data = store, data
        self.kept: dict[Hashable, Any] = {}
        self._extent: Any = _UNKNOWN

    @property
    def encoded(self) -> bytes:
        """Its bytes."""
        return self._data.read() if isinstance(self._data, Span) else self._data

    def decoded(self, spec: Json | None) -> Any:
        """Return it as a transform needs it; treat it as read-only, several networks look at the same one.

        What comes back depends on the item and the transform alone, never on what else was asked for.

        Args:
            spec: the transform; none for the whole item.
        """
        detail = None if spec is None else self.store.modality.detail(self.extent, spec)
        found = self.kept.get(detail)
        if isinstance(found, Span):
            return self.store.modality.unpack(found.read())
        if found is None:
            found = self.store.decode(self.encoded, detail)
            kept = self.store.keep(found)
            if kept is not None:
                self.kept[detail] = kept
        return found

    @property
    def extent(self) -> Any:
        """How large it is, as its modality measures that."""
        if self._extent is _UNKNOWN:
            self._extent = self.store.modality.extent(self.encoded)
        return self._extent

    def __getstate__(self) -> dict[str, Any]:
        """Return the item with its bytes; within :func:`by_reference`, where they lie and what is decoded."""
        if not _referring.get():
            return {"store": self.store, "data": self.encoded, "extent": self.extent, "kept": {}}
        kept = {}
        for detail, one in self.kept.items():
            packed = one if isinstance(one, Span) else self.store.modality.pack(one)
            span = None if packed is None else self.store.referred(packed, original=False)
            if span is not None:
                kept[detail] = span
        data = self.store.referred(self._data, original=True)
        return {"store": self.store, "data": data, "extent": self.extent, "kept": kept}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.store, self._data = state["store"], state["data"]
        self._extent, self.kept = state["extent"], state["kept"]


class EncodedItems(Sequence[bytes]):
    """The bytes of items, each read when it is asked for.

    Args:
        items: whose.
    """

    def __init__(self, items: Sequence[StoredItem]) -> None:
        self._items = items

    @overload
    def __getitem__(self, index: int) -> bytes: ...
    @overload
    def __getitem__(self, index: slice) -> list[bytes]: ...
    def __getitem__(self, index: int | slice) -> Any:
        found = self._items[index]
        return found.encoded if isinstance(found, StoredItem) else [one.encoded for one in found]

    def __len__(self) -> int:
        return len(self._items)


class DecodeError(ValueError):
    """Why an item cannot be decoded, on one line."""


def decoding_threads() -> int:
    """Return how many threads decode items."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(8, cores)


def decode_all(items: Sequence[StoredItem]) -> Iterator[DecodeError | None]:
    """Decode each item once, on several threads, in the detail that most networks need, and keep it.

    Yields:
        For each item the error that says why it cannot be decoded, or none.
    """
    with ThreadPoolExecutor(decoding_threads()) as pool:
        yield from pool.map(_fault, items)


def _fault(item: StoredItem) -> DecodeError | None:
    try:
        item.decoded(item.store.modality.usual_spec())
        return None
    except Exception as error:  # a damaged file can make its readers raise nearly anything
        lines = str(error).splitlines()
        return DecodeError(lines[0] if lines else type(error).__name__)
