"""What a probe's rows are called in the cache."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any, overload

from hubscore.modalities.lazy_items import seen_by
from hubscore.types import Json, Probe


class SomeItems(Sequence[Any]):
    """Some of a sequence's items, each decoded when it is asked for.

    Args:
        items: all of them.
        places: of those that are wanted, in the order wanted.

    Example:
        >>> list(SomeItems("abcd", (3, 0)))
        ['d', 'a']
    """

    def __init__(self, items: Sequence[Any], places: Sequence[int]) -> None:
        self._items, self._places = items, places

    @overload
    def __getitem__(self, index: int) -> Any: ...
    @overload
    def __getitem__(self, index: slice) -> list[Any]: ...
    def __getitem__(self, index: int | slice) -> Any:
        if isinstance(index, slice):
            return [self._items[place] for place in self._places[index]]
        return self._items[self._places[index]]

    def __len__(self) -> int:
        return len(self._places)

    def seen_by(self, spec: Json) -> SomeItems:
        """Return the same items as a transform needs them."""
        return SomeItems(seen_by(self._items, spec), self._places)


def row_ids(probe: Probe) -> tuple[str, ...]:
    """Return one id per row, the same for the same content wherever it stands.

    A probe that was made by hand and has no content hashes names its rows by its fingerprint and their places: they are
    found again for the same probe and never shared with another.

    Example:
        >>> probe = Probe("here", None, "train", None, (0, 1), None, (), None, "f00d", 0)
        >>> first, second = row_ids(probe)
        >>> len(first), first == second
        (64, False)
    """
    if probe.row_ids:
        return probe.row_ids
    return tuple(
        hashlib.sha256(f"{probe.fingerprint} row {at}".encode()).hexdigest() for at in range(len(probe.indices))
    )
