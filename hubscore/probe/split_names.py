"""Which names of folders are words for splits: the words themselves, their spellings, and names that differ in one."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable

from hubscore.probe.data_files import ARCHIVES, SPLIT_WORDS

_SPLIT_OF = {word: split for split, words in SPLIT_WORDS.items() for word in words}
_BESIDE = "dataset|data set|set|data|images|image|imgs|img|photos|pictures|files|split|(?:19|20)\\d\\d"
_WORD = "|".join(sorted(_SPLIT_OF, key=len, reverse=True))
_SPELLED = re.compile(rf"({_WORD})(?:[_\- .]?(?:{_BESIDE}))+")
_INSIDE = re.compile(rf"(?<![a-z])({_WORD})(?![a-z])")


def plain_folder(name: str) -> str:
    """Return the name of a folder, of an archive without its ending."""
    return posixpath.splitext(name)[0] if name.lower().endswith(ARCHIVES) else name


def split_of_word(name: str) -> str | None:
    """Return the split that a folder is called after exactly, or none.

    Example:
        >>> split_of_word("Valid"), split_of_word("training_set"), split_of_word("train_station")
        ('validation', None, None)
    """
    return _SPLIT_OF.get(plain_folder(name).lower())


def split_of_folder(name: str) -> str | None:
    """Return the split that a folder with this name may be, or none: a word, or one with what such folders hold.

    Example:
        >>> split_of_folder("TRAIN"), split_of_folder("test-data"), split_of_folder("train2017")
        ('train', 'test', 'train')
        >>> split_of_folder("train_station")
    """
    spelled = _SPELLED.fullmatch(plain_folder(name).lower())
    return split_of_word(name) or (_SPLIT_OF[spelled[1]] if spelled else None)


def splits_of_folders(names: Iterable[str]) -> dict[str, str]:
    """Return by folder the split that it may be: by its own name, or else where others differ in the word alone.

    Example:
        >>> splits_of_folders(["training_set", "test_set", "docs"])
        {'training_set': 'train', 'test_set': 'test'}
        >>> splits_of_folders(["seg_train", "seg_test", "seg_pred"]), splits_of_folders(["train_bus", "train_tram"])
        ({'seg_train': 'train', 'seg_test': 'test'}, {})
    """
    names = list(names)
    own = {name: split for name in names if (split := split_of_folder(name))}
    if own:
        return own
    alike: dict[str, dict[str, str]] = {}
    for name in names:
        plain = plain_folder(name).lower()
        words = _INSIDE.findall(plain)
        if len(words) == 1:
            alike.setdefault(_INSIDE.sub("*", plain), {})[name] = _SPLIT_OF[words[0]]
    groups = [group for group in alike.values() if len(set(group.values())) > 1]
    return {name: split for group in groups for name, split in group.items()}
