"""The probe's items: decoded once, kept while they fit, decoded again when they do not."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, overload

from hubscore.modalities.stored_items import EncodedItems, StoredItem
from hubscore.types import Json


class LazyItems(Sequence[Any]):
    """Items that are decoded when they are asked for; treat them as read-only, several networks look at the same ones.

    Args:
        stored: the items.
        spec: the transform that they are decoded for; by default they are whole.
    """

    def __init__(self, stored: Sequence[StoredItem], spec: Json | None = None) -> None:
        self.stored, self.spec = tuple(stored), spec

    @overload
    def __getitem__(self, index: int) -> Any: ...
    @overload
    def __getitem__(self, index: slice) -> list[Any]: ...
    def __getitem__(self, index: int | slice) -> Any:
        if isinstance(index, slice):
            return [one.decoded(self.spec) for one in self.stored[index]]
        return self.stored[index].decoded(self.spec)

    def __len__(self) -> int:
        return len(self.stored)

    def __add__(self, other: LazyItems) -> LazyItems:
        """Return the items of both, one after the other; what is decoded is shared."""
        return LazyItems(self.stored + other.stored, self.spec)

    def __repr__(self) -> str:
        return f"<{len(self)} items, {sum(bool(one.kept) for one in self.stored)} of them decoded>"

    @property
    def encoded(self) -> Sequence[bytes]:
        """The bytes of each item."""
        return EncodedItems(self.stored)

    def seen_by(self, spec: Json) -> LazyItems:
        """Return the same items as a transform needs them: what it would shrink anyway may come smaller."""
        return LazyItems(self.stored, spec)


class PickedItems(Sequence[Any]):
    """Items of several sequences, each decoded when it is asked for.

    Args:
        picked: sequences, and the place of an item in each.

    Example:
        >>> list(PickedItems([("ab", 1), ("cd", 0)]))
        ['b', 'c']
    """

    def __init__(self, picked: Sequence[tuple[Sequence[Any], int]]) -> None:
        self._picked = picked

    @overload
    def __getitem__(self, index: int) -> Any: ...
    @overload
    def __getitem__(self, index: slice) -> list[Any]: ...
    def __getitem__(self, index: int | slice) -> Any:
        if isinstance(index, slice):
            return [items[place] for items, place in self._picked[index]]
        items, place = self._picked[index]
        return items[place]

    def __len__(self) -> int:
        return len(self._picked)

    def seen_by(self, spec: Json) -> PickedItems:
        """Return the same items as a transform needs them."""
        views = {id(items): seen_by(items, spec) for items, _ in self._picked}
        return PickedItems([(views[id(items)], place) for items, place in self._picked])


def seen_by(items: Sequence[Any], spec: Json) -> Sequence[Any]:
    """Return items as a transform needs them; those of a plain sequence as they are.

    Args:
        items: decoded, or decoded when they are asked for.
        spec: the transform as plain values.

    Example:
        >>> seen_by(["a", "b"], {})
        ['a', 'b']
    """
    view = getattr(items, "seen_by", None)
    return items if view is None else view(spec)
