"""Archives that are packed class folders: ``cat.zip`` beside ``dog.zip``, each with files and no folders in it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from hubscore.probe.data_files import ARCHIVES
from hubscore.probe.split_names import plain_folder

_NUMBER = re.compile(r"[\W\d_]+|(?:part|shard|chunk|batch|vol|volume|of)(?![a-z])")
_CONTENT = frozenset({"", "image", "images", "img", "imgs", "photo", "photos", "picture", "pictures", "data", "files"})


def class_archives(paths: Sequence[str], *, asked: bool = False) -> frozenset[str]:
    """Return the names of the archives that hold a class each; none where they may be parts of one whole.

    Args:
        paths: of the items, as ``cat.zip/1.png``.
        asked: whether a person says that they are classes, whatever their names.

    Example:
        >>> sorted(class_archives(["cat.zip/1.png", "dog.zip/1.png"]))
        ['cat.zip', 'dog.zip']
        >>> sorted(class_archives(["part1.zip/1.png", "part2.zip/2.png"]))
        []
    """
    holders = {path.rpartition("/")[0].rpartition("/")[2] for path in paths}
    if len(holders) < 2 or not all(name.lower().endswith(ARCHIVES) for name in holders):
        return frozenset()
    words = {_NUMBER.sub("", plain_folder(name).lower()) for name in holders}
    if not asked and (len(words) < len(holders) or words & _CONTENT):
        return frozenset()
    return frozenset(holders)
