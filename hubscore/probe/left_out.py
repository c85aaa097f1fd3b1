"""What is not there where it could be expected: folders beside class folders that hold nothing to read, shards."""

from __future__ import annotations

import posixpath
import re
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from hubscore.modalities.base import Modality
from hubscore.modalities.files import is_file_of
from hubscore.probe.data_files import is_own_file
from hubscore.text import amount

NAMED = 3
"""This many folders are named in a note; the rest are counted."""

SPREADSHEETS = (".xlsx", ".xls", ".ods", ".xlsm", ".numbers")
"""Endings of tables that only other programs read."""

_SHARD = re.compile(r"(?P<before>.+)-(?P<number>\d{5,})-of-(?P<count>\d{5,})(?:-[0-9a-f]{8,})?(?P<after>.*)")


def folder_notes(
    folders: Sequence[str], paths: Collection[str], classes: Mapping[str, str], modality: Modality
) -> list[str]:
    """Say which folders beside class folders hold no items, and so are no classes: empty ones, files of other kinds.

    Args:
        folders: all there are.
        paths: of all files.
        classes: of the files that have one, its name, which is that of a folder above.
        modality: of the items.

    Example:
        >>> from hubscore.modalities.image.modality import IMAGE
        >>> found = {"a/cat/1.png": "cat", "a/dog/1.png": "dog"}
        >>> folder_notes(["a", "a/cat", "a/dog", "a/owl"], found, found, IMAGE)
        ['no class, as there are no images in it: a/owl/']
    """
    above: set[str] = set()
    for path, name in classes.items():
        parts = path.split("/")[:-1]
        if name in parts:
            above.add("/".join(parts[: parts.index(name)]))
    full = {folder for path in paths if is_file_of(path, modality) for folder in _above(path)}
    empty = [
        folder
        for folder in folders
        if posixpath.dirname(folder) in above and folder not in full and is_own_file(f"{folder}/file")
    ]
    if not empty:
        return []
    listed = ", ".join(f"{folder}/" for folder in sorted(empty)[:NAMED])
    more = f" and {len(empty) - NAMED} more" if len(empty) > NAMED else ""
    one = "no class, as there are" if len(empty) == 1 else "no classes, as there are"
    return [f"{one} no {modality.nouns[1]} in {'it' if len(empty) == 1 else 'them'}: {listed}{more}"]


def shard_notes(paths: Sequence[str]) -> list[str]:
    """Say which files of a series are missing, as their names count them.

    Example:
        >>> shard_notes(["data/train-00000-of-00003.parquet", "data/test-00000-of-00001.parquet"])
        ['only 1 of 3 files of data/train is there: its other rows are missing']
    """
    return [
        f"only {there} of {amount(count, 'file', 'files')} of {name} {'is' if there == 1 else 'are'} there:"
        " its other rows are missing"
        for name, there, count in missing_shards(paths)
    ]


def missing_shards(paths: Sequence[str]) -> list[tuple[str, int, int]]:
    """Return each series of files that is not whole: how their names begin, how many are there, and of how many.

    Example:
        >>> missing_shards(["train-00000-of-00002-0a1b2c3d4e5f6071.parquet"])  # a hash of its own, as older ones have
        [('train', 1, 2)]
    """
    found = defaultdict[tuple[str, str, int], set[int]](set)
    for path in paths:
        if (shard := _SHARD.fullmatch(path)) is not None:
            found[shard["before"], shard["after"], int(shard["count"])].add(int(shard["number"]))
    return [(name, len(there), count) for (name, _, count), there in sorted(found.items()) if len(there) < count]


def spreadsheet_notes(paths: Sequence[str]) -> list[str]:
    """Say which tables are not read because of their format.

    Example:
        >>> spreadsheet_notes(["1.png", "labels.xlsx"])
        ['labels.xlsx is a spreadsheet, which is not read: save it as CSV']
    """
    names = [posixpath.basename(path) for path in paths if path.lower().endswith(SPREADSHEETS)]
    return [f"{name} is a spreadsheet, which is not read: save it as CSV" for name in names[:NAMED]]


def _above(path: str) -> list[str]:
    parts = path.split("/")[:-1]
    return ["/".join(parts[:count]) for count in range(1, len(parts) + 1)]
