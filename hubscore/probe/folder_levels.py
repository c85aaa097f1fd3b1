"""Levels of folders: what only holds the others is gone through, and which of two levels is the likelier class."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from hubscore.probe.split_names import plain_folder, split_of_folder, splits_of_folders

NAMED = 3
"""This many files or folders are named in a note; the rest are counted."""

ONLY_HOLDS = frozenset(
    "image images img imgs photo photos picture pictures jpegimages jpg jpeg png data dataset raw files all".split()
)
"""Names of folders that say nothing about what is in them."""

Tree = Sequence[tuple[str, tuple[str, ...]]]
"""Files as they are called, each with the folders it lies in, from a common place on."""

PLAIN = "the first folders are the classes ({}), not the folders in them"
FIRST = f"{PLAIN} (--as subfolders takes these)"
IN_FIRST = "the folders in the first ones are the classes ({}), not the folders in them"
"""What is said where there are more levels than one below the classes."""


def by_first(tree: Tree) -> dict[str, Tree]:
    """Return what lies in each first folder, seen from inside of it."""
    found: dict[str, list[tuple[str, tuple[str, ...]]]] = defaultdict(list)
    for path, folders in tree:
        if folders:
            found[folders[0]].append((path, folders[1:]))
    return dict(sorted(found.items()))


def below_wrappers(tree: Tree, reading: str | None = None) -> tuple[Tree, tuple[str, ...]]:
    """Go down while one folder holds all folders, as ``pets/`` does in ``pets/cat`` and ``pets/dog``."""
    above: tuple[str, ...] = ()
    while True:
        tops = by_first(tree)
        if len(tops) != 1:
            return tree, above
        (top, below), loose = next(iter(tops.items())), sum(not folders for _, folders in tree)
        deeper = sum(bool(folders) for _, folders in below)
        generic = not loose and top.lower() in ONLY_HOLDS
        split = split_of_folder(top) is not None and reading != "classes"
        if split or loose > len(below) or (2 * deeper <= len(below) and not generic):
            return tree, above
        tree, above = below, (*above, top)


def within(tops: Mapping[str, Tree]) -> Tree:
    """Return what lies in all first folders together, seen from inside of them."""
    return [one for below in tops.values() for one in below_wrappers(below, "classes")[0]]


def are_alike(tops: Mapping[str, Tree]) -> bool:
    """Whether all first folders hold the same folders, two or more, that are the likelier classes.

    So they are in ``fold1/cat, fold1/dog, fold2/cat, fold2/dog``. Where it is the inner ones that are numbered, as in
    ``cat/view1, cat/view2, dog/view1, dog/view2``, they are not.
    """
    inner = [by_first(below_wrappers(below, "classes")[0]) for below in tops.values()]
    if len(tops) < 2 or len({frozenset(some) for some in inner}) > 1 or len(inner[0]) < 2:
        return False
    if splits_of_folders(inner[0]) or not all(folders for _, folders in within(tops)):
        return False
    return are_numbered(tops) or not are_numbered(inner[0])


def are_numbered(names: Collection[str]) -> bool:
    """Whether names differ in a number alone, as those of parts do.

    Example:
        >>> are_numbered(["fold1", "fold10"]), are_numbered(["cat", "dog"]), are_numbered(["40X", "100X"])
        (True, False, True)
    """
    return len({re.sub(r"\d+", "1", plain_folder(name).lower()) for name in names}) == 1


def inner_note(tops: Collection[str], classes: Collection[str]) -> str:
    """Say that the folders in the first ones are the classes, and how the first ones become them."""
    firsts = listed([plain_folder(top) for top in tops])
    note = f"the classes are the folders in the first ones ({listed(sorted(classes))} in {firsts})"
    return f"{note}; --as classes makes the first ones the classes"


def listed(names: Sequence[str]) -> str:
    """Return names for a note, the first of many."""
    shown = ", ".join(names[:NAMED])
    return f"{shown} and {len(names) - NAMED} more" if len(names) > NAMED else shown
