"""Which files of a local folder are read, as what: images in class folders win over the tables beside them."""

from __future__ import annotations

import posixpath
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import get_args

from hubscore.errors import DatasetError, UsageError
from hubscore.modalities.base import Modality
from hubscore.modalities.files import is_file_of, modality_of_most
from hubscore.probe.class_folders import ClassFolders, Reading, read_class_folders
from hubscore.probe.data_files import (
    ARCHIVES,
    FORMATS,
    METADATA,
    files_of_format,
    folder_format,
    format_of,
    in_class_folders,
    split_files,
)
from hubscore.probe.masks import mask_folders, mask_notes
from hubscore.probe.odd_files import PARTIAL, ending_of, unread_notes
from hubscore.probe.table_names import is_table, unpacked_name
from hubscore.text import amount

WHOLE = ("parquet", "lance", "vortex", "arrow", "webdataset", "hdf5")
"""Formats whose files hold items themselves; CSV and JSON files mostly say something about files beside them."""

MOST_LISTS = 5
"""Text and JSON files beside items, up to which it is looked whether one of them lists the items."""

FOLDERS = ("classes", "splits", "subfolders")
"""Ways to read folders: the first ones are the classes or splits, or those in them are the classes."""

READ_AS = ("folder", *FOLDERS, "archive", *FORMATS)
"""What a person may say that a data set is."""


@dataclass
class LocalLayout:
    """What a folder was read as.

    Attributes:
        format: as in :class:`hubscore.probe.layout.Layout`.
        splits: the files of each.
        classes: of a folder of items, the class of each file that has one.
        hints: by split why there are no classes.
        label_notes: by split what was guessed about classes.
        tables: beside the items; one of them may list them.
        notes: what was guessed and what was left out.
    """

    format: str
    splits: dict[str, list[str]]
    classes: dict[str, str] | None = None
    hints: dict[str, str] = field(default_factory=dict)
    label_notes: dict[str, list[str]] = field(default_factory=dict)
    tables: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def format_named(read_as: str | None, modality: Modality) -> str | None:
    """Return the format that a person named; none where none is named.

    Raises:
        UsageError: there is no such format.
    """
    if read_as is None:
        return None
    if read_as not in READ_AS:
        raise UsageError(f"There is no format {read_as!r}", f"formats are {', '.join(READ_AS)}", "--as folder")
    return folder_format(modality) if read_as in ("folder", *FOLDERS) else read_as


def first_folders(read_as: str | None) -> Reading | None:
    """Return what a person says that the first folders are."""
    return next((one for one in get_args(Reading) if one == read_as), None)


def read_local_layout(
    paths: Sequence[str], members: Sequence[str], modalities: Sequence[Modality], read_as: str | None
) -> LocalLayout | None:
    """Say what the files of a folder are.

    Args:
        paths: of the data files.
        members: what the archives among them hold, as ``a.zip/cat/1.png``.
        modalities: those that come into question.
        read_as: one of :data:`READ_AS`, where a person says it.

    Returns:
        The layout; none where nothing can be read.

    Raises:
        DatasetError: folders can be read in two ways, or nothing can be read as asked.
    """
    modality = modality_of_most([*paths, *members], modalities)
    form = format_named(read_as, modality) or _format(paths, members, modalities, modality)
    if form in ("archive", folder_format(modality)):
        packed = form == "archive" or not any(is_file_of(path, modality) for path in paths)
        found = _folder(members if packed else paths, paths, modality, modalities, first_folders(read_as))
        if found is not None and packed:
            found.format = "archive"
    elif form is not None and form in FORMATS:
        found = _tables(paths, form, modality, modalities)
    else:
        return None
    if found is None and read_as is not None:
        raise DatasetError(f"Nothing in the folder can be read as {read_as}", _endings(paths), "leave --as out")
    if found is not None:
        found.notes += unread_notes(paths, modalities)
    return found


def _format(
    paths: Sequence[str], members: Sequence[str], modalities: Sequence[Modality], modality: Modality
) -> str | None:
    """Return what the files are: items where there are some, unless data files or a flat folder's tables prevail."""
    items = [path for path in paths if is_file_of(path, modality)]
    if not items or (modality.yields and not in_class_folders(items, modality)):
        form = format_of(paths, modalities)
        inside = any(is_file_of(path, modality) for path in members)
        if modality.yields:
            inside = in_class_folders(members, modality)
        return "archive" if inside and form not in WHOLE else form
    kinds = Counter(form for path in _others(paths, items) if (form := _kind(path)))
    whole = {form: kinds[form] for form in WHOLE if kinds[form]}
    if sum(whole.values()) >= len(items):
        return max(whole, key=lambda form: whole[form])
    rest = {form: kinds[form] for form in ("json", "csv") if kinds[form]}
    if rest and max(rest.values()) > len(items) and not any("/" in path for path in items):
        return max(rest, key=lambda form: rest[form])
    return folder_format(modality)


def _others(paths: Sequence[str], items: Sequence[str]) -> list[str]:
    """Return the files that neither are items nor stand beside one under its name, as annotations do."""
    names = {posixpath.splitext(posixpath.basename(path))[0] for path in items}
    known = set(items)
    return [
        path
        for path in paths
        if path not in known
        and posixpath.splitext(posixpath.basename(path))[0] not in names
        and posixpath.basename(path) not in METADATA
    ]


def _kind(path: str) -> str | None:
    return next((form for form, endings in FORMATS.items() if ending_of(unpacked_name(path)) in endings), None)


def _folder(
    among: Sequence[str],
    paths: Sequence[str],
    modality: Modality,
    modalities: Sequence[Modality],
    reading: Reading | None,
) -> LocalLayout | None:
    """Read a folder of items; their paths are ``among`` others, and tables may lie beside them."""
    items, nouns = [path for path in among if is_file_of(path, modality)], modality.nouns[1]
    if not items:
        return None
    notes: list[str] = []
    masks = mask_folders(items)
    for folder, some in masks.items():
        notes.append(f"left out, named like masks of the {nouns} beside them: {len(some)} {nouns} in {folder}/")
        left = set(some)
        items = [path for path in items if path not in left]
    notes += mask_notes(items, nouns)
    found = read_class_folders(items, items=nouns, reading=reading)
    if masks:
        found.hint = {split: f"{why}, and {', '.join(masks)} was left out" for split, why in found.hint.items()}
    metadata = [path for path in (*among, *paths) if posixpath.basename(path) in METADATA]
    splits = _with_metadata(found, list(dict.fromkeys(metadata)))
    others = _others(list(dict.fromkeys((*among, *paths))), items)
    tables = [path for path in others if is_table(path)]
    perhaps = [path for path in tables if ending_of(path) in (".json", ".txt")]
    if len(perhaps) > MOST_LISTS:  # notes, one of which hardly lists the files
        tables = [path for path in tables if path not in perhaps]
    if len(set(found.classes.values())) > 1:  # of one class alone, a table that lists the items is looked for
        notes += _unread(paths, items, modality)
    if among is paths and (zips := [path for path in paths if path.lower().endswith(ARCHIVES) and not is_table(path)]):
        notes.append(f"left out: {amount(len(zips), 'zip file', 'zip files')} ({', '.join(zips[:3])})")
    return LocalLayout(
        *(folder_format(modality), splits, found.classes, found.hint),
        *(dict(found.label_notes), tables, [*found.notes, *notes]),
    )


def _unread(paths: Sequence[str], items: Sequence[str], modality: Modality) -> list[str]:
    """Say which files beside the items are not read, but for those that every folder may have."""
    known = set(items)
    endings = Counter(
        ending_of(path) or "no ending"
        for path in paths
        if path not in known
        and not path.lower().endswith((*ARCHIVES, *modality.file_endings, *modality.package_endings, *PARTIAL))
        and not posixpath.basename(path)
        .lower()
        .startswith(("readme", "license", "metadata.", "thumbs.db", "desktop.ini"))
    )
    if not endings:
        return []
    listed = ", ".join(f"{count} {ending}" for ending, count in endings.most_common(3))
    return [f"files that are no {modality.nouns[1]} were left out: {listed}"]


def _with_metadata(found: ClassFolders, metadata: Sequence[str]) -> dict[str, list[str]]:
    """Give each split the metadata files in its folders, or else those above them."""
    splits = {}
    for split, files in found.splits.items():
        folders = {ancestor for path in files for ancestor in _ancestors(path)}
        mine = [path for path in metadata if posixpath.dirname(path) in folders or posixpath.dirname(path) == ""]
        if len(found.splits) > 1:
            shared = {
                path
                for path in mine
                for other, theirs in found.splits.items()
                if other != split and _above(path, theirs)
            }
            mine = [path for path in mine if path not in shared] or mine
        splits[split] = sorted({*files, *mine})
    return splits


def _above(table: str, files: Sequence[str]) -> bool:
    folder = posixpath.dirname(table)
    return not folder or any(path.startswith(f"{folder}/") for path in files)


def _ancestors(path: str) -> list[str]:
    parts = path.split("/")[:-1]
    return ["/".join(parts[:count]) for count in range(len(parts) + 1)]


def _tables(paths: Sequence[str], form: str, modality: Modality, modalities: Sequence[Modality]) -> LocalLayout | None:
    """Read tables; their names and folders say the split, as ``datasets`` has it."""
    mine = files_of_format(paths, form, modalities)
    mine = [path for path in mine if not path.lower().endswith(ARCHIVES)]
    if not mine:
        return None
    splits = split_files(mine)
    taken = {path for some in splits.values() for path in some}
    notes = []
    if left := [path for path in mine if path not in taken]:
        notes.append(f"left out, in no split: {amount(len(left), 'file', 'files')} ({', '.join(left[:3])})")
    if beside := [path for path in paths if is_file_of(path, modality)]:
        nouns = modality.nouns[1]
        count = amount(len(beside), "file", "files")
        notes.append(f"read as {form}; --as folder reads the {count} of {nouns} beside the tables instead")
    return LocalLayout(form, splits, notes=notes)


def _endings(paths: Sequence[str]) -> str:
    counts = Counter(ending_of(path) or "no ending" for path in paths)
    return "it holds " + (", ".join(f"{count} {ending}" for ending, count in counts.most_common(4)) or "no files")


def hub_difference(
    paths: Sequence[str], splits: Mapping[str, Sequence[str]], modality: Modality, read_as: str | None
) -> list[str]:
    """Say where a Hub data set's images would be read in another way if they lay on this machine.

    Args:
        paths: of its data files.
        splits: the files of each.
        modality: of the items.
        read_as: what a person says that it is.
    """
    items = [path for path in paths if is_file_of(path, modality)]
    named = {split: {path for path in some if is_file_of(path, modality)} for split, some in splits.items()}
    if read_as is not None or not any(named.values()):
        return []
    nouns, notes = modality.nouns[1], []
    outside = [path for path in items if not any(path in some for some in named.values())]
    if outside:
        shown = ", ".join(outside[:3]) + (f" and {len(outside) - 3} more" if len(outside) > 3 else "")
        notes.append(f"left out, in no split of load_dataset: {len(outside)} of the {nouns} ({shown})")
    try:
        found = read_class_folders(items, items=nouns)
    except DatasetError as error:
        return [
            *notes,
            f"splits and labels are those of load_dataset; its folders can be read in two ways: {error.why}",
        ]
    same_splits = named == {split: set(files) for split, files in found.splits.items()}
    labels = {path: posixpath.basename(posixpath.dirname(path)) for path in found.classes}
    if (same_splits and labels == found.classes) or not found.classes:
        return notes
    classes = sorted(set(found.classes.values()))
    shown = f"{', '.join(classes[:4])}{', ...' if len(classes) > 4 else ''}"
    there = f"by its folders there would be {len(classes)} classes ({shown}) in {', '.join(found.splits)}"
    by = "subfolders" if found.inner else "classes" if list(found.splits) == ["train"] else "splits"
    return [*notes, f"splits and labels are those of load_dataset; {there}: --as {by} reads it so"]
