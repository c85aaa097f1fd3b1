"""Items that are drawn more than once, byte for byte."""

from __future__ import annotations

from collections.abc import Sequence


def repeat_notes(ids: Sequence[str], items: str) -> list[str]:
    """Say how many of the drawn items are copies of others, which make every model look better than it is.

    Args:
        ids: what is the same for the same item.
        items: what they are called.

    Example:
        >>> repeat_notes(["a", "b", "a", "c"], "images"), repeat_notes(["a", "b"], "images")
        (['1 of the 4 images is a copy of another'], [])
    """
    copies = len(ids) - len(set(ids))
    are = "is a copy of another" if copies == 1 else "are copies of others"
    return [f"{copies:,} of the {len(ids):,} {items} {are}"] if copies else []
