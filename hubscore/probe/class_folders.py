"""Which folders of a local folder are splits and which are classes, from the paths of its files alone.

``datasets`` finds words like ``train`` anywhere in a path; a person's folders may have such a word in the name of a
class. Here a word makes a split only where it is the whole name of a folder and the other folders say the same.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from hubscore.errors import DatasetError, ErrorCode
from hubscore.probe.archive_classes import class_archives
from hubscore.probe.data_files import ARCHIVES, SPLIT_WORDS
from hubscore.probe.folder_levels import (
    FIRST,
    IN_FIRST,
    ONLY_HOLDS,
    PLAIN,
    Tree,
    are_alike,
    below_wrappers,
    by_first,
    inner_note,
    within,
)
from hubscore.probe.folder_levels import listed as _listed
from hubscore.probe.split_names import plain_folder, split_of_folder, split_of_word, splits_of_folders

Reading = Literal["classes", "splits", "subfolders"]
"""What the first folders are; of ``subfolders``, they say nothing, and the folders in them are the classes."""


@dataclass
class ClassFolders:
    """How a folder is read.

    Attributes:
        splits: by name the files of each; files outside of all splits are in none.
        classes: of the files that lie in the folder of a class, its name.
        notes: what was guessed about splits, and what is in none.
        label_notes: by split what was guessed about classes, and what has none.
        hint: by split why there are no classes in it, where that is so.
        above: the folder whose sub-folders are the splits or the classes; empty for the root.
        inner: whether the classes are the folders in the first ones.
    """

    splits: dict[str, list[str]]
    classes: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    label_notes: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    hint: dict[str, str] = field(default_factory=dict)
    above: str = ""
    inner: bool = False


def read_class_folders(paths: Sequence[str], *, items: str, reading: Reading | None = None) -> ClassFolders:
    """Sort the files of a folder into splits and classes.

    The first folders are the classes. They are splits where all their names are words for splits, or where two or more
    are and hold the same classes. Where all of them hold the same folders, as ``fold1/cat`` and ``fold2/cat`` do, these
    are the classes, unless it is they that are numbered.

    Args:
        paths: of the items, sorted.
        items: what they are called: ``images``.
        reading: what the first folders are, where a person says it.

    Returns:
        The reading.

    Raises:
        DatasetError: the folders can be read in two ways.
    """
    found = ClassFolders({})
    archives = class_archives(paths, asked=reading == "classes")
    tree, above = below_wrappers([(path, _folders(path, archives)) for path in paths], reading)
    found.above = "/".join(above)
    tops = by_first(tree)
    how = reading or _reading(tops)
    if how is None:
        raise _two_readings(tops, items)
    inside = {path for path, _ in tree}
    if how != "splits":
        found.inner = how == "subfolders" or (reading is None and are_alike(tops))
        found.splits["train"] = list(paths)
        mine = [*within(tops), *(one for one in tree if not one[1])] if found.inner else tree
        _add_classes(found, "train", mine, items, above, FIRST)
        if archives and found.classes:
            found.label_notes["train"].append(f"each archive is read as a class: {_listed(sorted(archives))}")
        if found.classes:
            found.label_notes["train"] += _notes_on_first(tops, found)
    else:
        _add_splits(found, tops, items, above)
        _note_others(found, tree, tops, items)
    outside = [path for path in paths if path not in inside]
    if outside and found.classes:
        for split in found.splits:
            found.label_notes[split].append(_left_out(outside, items, f"outside {found.above}/"))
    return found


def _notes_on_first(tops: Mapping[str, Tree], found: ClassFolders) -> list[str]:
    """Say what the first folders are not: the classes, or splits although some are called so."""
    if found.inner:
        return [inner_note(tops, set(found.classes.values()))]
    words = list(splits_of_folders(tops))
    said = f"{_quoted(words)} {_is(words)} read as {_a_class(words)}, not as {_a_split(words)}"
    return [said] if words else []


def _folders(path: str, archives: Collection[str] = ()) -> tuple[str, ...]:
    """Return the folders of a path; an archive is one where it may be a split, or is one of those of a class each."""
    return tuple(
        part
        for part in path.split("/")[:-1]
        if not part.lower().endswith(ARCHIVES) or part in archives or split_of_folder(part) is not None
    )


def _reading(tops: Mapping[str, Tree]) -> Reading | None:
    """Say what the first folders are, or none where they could be both."""
    names = splits_of_folders(tops)
    if not names or len(tops) == 1 or all(split_of_word(top) for top in tops):
        return "splits" if names else "classes"
    inner = {top: set(by_first(below_wrappers(tops[top], "classes")[0])) for top in names}
    largest = max(inner.values(), key=len)
    several, spelled = len(set(names.values())) > 1, any(split_of_folder(top) for top in names)
    alike = all(some and some <= largest for some in inner.values())
    if len(names) == 1:
        return None if len(largest) > 1 else "classes"
    if not largest:
        whole = len(names) == len(tops) and several
        return None if whole or (spelled and "train" in names.values()) else "classes"
    if alike and (all(map(split_of_word, names)) or (several and len(largest) > 1)):
        return "splits"
    return None if spelled else "classes"


def _two_readings(tops: Mapping[str, Tree], items: str) -> DatasetError:
    words = list(splits_of_folders(tops))
    others = [top for top in tops if top not in words]
    inner = sorted({name for top in words for name in by_first(below_wrappers(tops[top], "classes")[0])})
    classes = f"with the classes {_quoted(inner)}" if inner else f"whose {items} have no classes"
    return DatasetError(
        "The folder can be read in two ways",
        f"as {_a_split(words)} {_quoted(words)} {classes}{f', without {_quoted(others)}' if others else ''};"
        f" or as {len(tops)} classes: {_quoted(list(tops))}",
        "--as splits, or --as classes" if inner else "--as classes; or --as splits with rank --unlabeled",
        code=ErrorCode.TWO_READINGS,
        splits=words,
        others=others,
    )


def _add_splits(found: ClassFolders, tops: Mapping[str, Tree], items: str, above: tuple[str, ...]) -> None:
    """Fill in the splits, those of usual words first, and the classes of each."""
    names = splits_of_folders(tops)
    if not tops:
        raise DatasetError("The folder has no splits", f"its {items} lie in no sub-folder", "leave --as splits out")
    names = names or {top: plain_folder(top) for top in tops}  # asked for, with names of their own
    words = sorted(names, key=lambda top: _place(names[top], top))
    for top in words:
        found.splits.setdefault(names[top], []).extend(path for path, _ in tops[top])
    inside = {top: below_wrappers(tops[top], "classes") for top in words}
    for split in found.splits:
        mine = [top for top in words if names[top] == split]
        for top in mine:
            tree, wrappers = inside[top]
            if wrappers and any(wrappers[0] in by_first(other) for other, _ in inside.values()):
                tree, wrappers = tops[top], ()  # the only class here, one of several there
            _add_classes(found, split, tree, items, (*above, top, *wrappers))
        if len(mine) > 1:
            found.notes.append(f"{_quoted(mine)} are all read as split {split}")
    if spelled := [top for top in words if names[top] != plain_folder(top) and split_of_word(top) is None]:
        as_splits = _listed([f"{top!r} as {names[top]}" for top in spelled])
        found.notes.append(f"folders are read as splits: {as_splits}; --as classes reads them as classes")


def _place(split: str, top: str) -> tuple[int, bool, int, str]:
    """Order usual splits before others, and the usual words of a split before its spellings."""
    words, known = SPLIT_WORDS.get(split, ()), plain_folder(top).lower()
    usual = list(SPLIT_WORDS).index(split) if split in SPLIT_WORDS else len(SPLIT_WORDS)
    return (usual, known not in words, words.index(known) if known in words else 0, top)


def _note_others(found: ClassFolders, tree: Tree, tops: Mapping[str, Tree], items: str) -> None:
    """Name what lies in no split."""
    taken = {path for some in found.splits.values() for path in some}
    others = [top for top, below in tops.items() if below[0][0] not in taken]
    if others:
        count = sum(len(tops[top]) for top in others)
        where = _listed([f"{other}/" for other in others])
        found.notes.append(f"left out, in no split: {count} of the {items} ({where})")
    loose = [path for path, folders in tree if not folders]
    if loose:
        found.notes.append(_left_out(loose, items, "in no split"))


def _add_classes(
    found: ClassFolders, split: str, tree: Tree, items: str, above: tuple[str, ...], levels: str = PLAIN
) -> None:
    """Fill in the classes of one split: the first folders, however deep the files lie in them."""
    tops, loose = by_first(tree), [path for path, folders in tree if not folders]
    where = f" in {'/'.join(above)}/" if above else ""
    if not tops or len(loose) > len(tree) - len(loose):
        found.hint[split] = f"the {items}{where} are not sorted into folders"
        if tops:
            found.hint[split] += f": {len(loose)} of {len(tree)} lie in no folder"
        return
    direct = sum(len(folders) == 1 for _, folders in tree)
    flat = 2 * direct >= len(tree) - len(loose)
    strays = list(loose)
    for top, below in tops.items():
        kept = [path for path, folders in below if not folders] if flat else []
        strays += [path for path, folders in below if kept and folders]
        found.classes |= dict.fromkeys(kept or (path for path, _ in below), plain_folder(top))
    if strays:
        found.label_notes[split].append(_left_out(strays, items, f"not directly in a class folder{where}"))
    mine = {path: folders for path, folders in tree if path in found.classes}
    _note_levels(found.label_notes[split], mine, above, IN_FIRST if found.inner else levels)


def _note_levels(notes: list[str], kept: Mapping[str, tuple[str, ...]], above: tuple[str, ...], levels: str) -> None:
    """Say which of several levels of folders is the class."""
    parents: dict[str, set[str]] = defaultdict(set)
    for folders in kept.values():
        if len(folders) > 1:
            parents[folders[-1]].add(folders[0])
    if parents:
        classes = sorted({folders[0] for folders in kept.values()})
        note = levels.format(_listed(classes))
        several = sorted(leaf for leaf, names in parents.items() if len(names) > 1)
        notes.append(note + (f"; of the same name in several classes: {_listed(several)}" if several else ""))
    elif (
        levels != IN_FIRST
        and above
        and not split_of_folder(above[-1])
        and above[-1].lower() not in (*ONLY_HOLDS, *above[:-1])
    ):
        notes.append(f"the classes are the folders in {'/'.join(above)}/")


def _left_out(paths: Sequence[str], items: str, why: str) -> str:
    return f"left out, {why}: {len(paths)} of the {items} ({_listed(list(paths))})"


def _quoted(names: Sequence[str]) -> str:
    return _listed([repr(name) for name in names])


def _is(names: Sequence[str]) -> str:
    return "is" if len(names) == 1 else "are"


def _a_class(names: Sequence[str]) -> str:
    return "a class" if len(names) == 1 else "classes"


def _a_split(names: Sequence[str]) -> str:
    return "a split" if len(names) == 1 else "splits"
