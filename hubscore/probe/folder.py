"""Folders of files: labels from folder names or from a table that lists the files."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Mapping, Sequence

import pyarrow as pa
from datasets import ClassLabel, Features

from hubscore.errors import DatasetError, UsageError
from hubscore.modalities.base import Modality
from hubscore.modalities.files import is_file_of, modality_of_most, nouns
from hubscore.probe.data_files import ARCHIVES, METADATA, SPLIT_WORDS
from hubscore.probe.files import Files, as_typed
from hubscore.probe.found_by_name import FoundByName
from hubscore.probe.label_choice import is_named_like_label
from hubscore.probe.layout import Layout
from hubscore.probe.split_names import splits_of_folders
from hubscore.probe.table import TableRows, read_tables
from hubscore.probe.table_names import unpacked_name

ORIGIN = "the names of the class folders"

DROPPED = "its card says drop_labels: true"
UNDROP = "rank --unlabeled, or take drop_labels out of README.md"
ADVICE = (
    "put each class in a sub-folder of its own, or list the files in a metadata.csv with the columns file_name and"
    " label; or rank --unlabeled"
)

MAX_TABLE = 100_000_000
"""Bytes of a table beside items that is looked into, to see whether it lists them."""


def folder_rows(files: Files, layout: Layout, modalities: Sequence[Modality]) -> TableRows:
    """List one split of a folder of files; none of them is read yet.

    Args:
        files: where they lie.
        layout: the files of every split, over which class names are collected; and the split to list.
        modalities: those that come into question; the one that most files are of is taken.

    Returns:
        The rows: with a column called after the modality (``image``) and, from folder names, a ``label`` column, or
        the columns of the metadata file, or of another table that lists the files.

    Raises:
        DatasetError: no such files.
        UsageError: several tables list the files.
    """
    splits = layout.files
    split = layout.split if layout.split in splits else "train"  # which a column of the table divides
    every = [path for paths in splits.values() for path in paths]
    modality = modality_of_most(every, modalities)
    items = {name: [path for path in paths if is_file_of(path, modality)] for name, paths in splits.items()}
    classes, hint = _classes(layout, items, modality)
    tables = [path for path in splits[split] if posixpath.basename(path) in METADATA]
    if tables:
        listed = _listed_rows(files, tables, items[split], modality, layout, every)
        mine = set(classes) & set(items[split])
        if not mine or is_named_like_label(listed.features, modality):
            if mine:
                listed.notes.append(f"labels come from {posixpath.basename(tables[0])}, not from the folders")
            return listed
        note = f"{posixpath.basename(tables[0])} has no column named like a label: the folders are the classes"
        return _by_folder(files, classes, items[split], modality, hint, [note, *layout.label_notes], listed)
    if not items[split]:
        what = f"Split {split!r} holds no {nouns(modalities, word='or')}"
        why = f"none of its files has {_article(modality.nouns[0])} {modality.nouns[0]}'s ending"
        raise DatasetError(what, why, "--split NAME")
    if len(set(classes.values())) < 2 and layout.labels:
        listing = _other_table(files, items[split], modality, layout, every)
        if listing is not None:
            return listing
    return _by_folder(files, classes, items[split], modality, hint, layout.label_notes)


def _by_folder(
    files: Files,
    classes: Mapping[str, str],
    items: Sequence[str],
    modality: Modality,
    hint: str,
    notes: Sequence[str],
    beside: TableRows | None = None,
) -> TableRows:
    """List the items that have a class, or all where none has one; with the columns of a table that lists them."""
    mine = [path for path in items if path in classes]
    features = Features({modality.name: modality.file_feature()})
    if not mine:
        rows = TableRows(pa.table({modality.name: list(items)}), features, files, [""] * len(items), hint=hint)
        rows.advice = ADVICE if hint != DROPPED else UNDROP
        return rows
    names = sorted(set(classes.values()))
    number = {name: position for position, name in enumerate(names)}
    features["label"] = ClassLabel(names=names)
    table = pa.table({modality.name: mine, "label": [number[classes[path]] for path in mine]})
    column = None if beside is None else _item_column(beside, modality)
    if beside is not None and column is not None:
        where = {path: place for place, path in enumerate(beside.paths(column))}
        places = pa.array([where.get(path) for path in mine], pa.int64())
        for name in [one for one in beside.features if one not in (*features, column)]:
            table = table.append_column(name, beside.column(name).take(places))
            features[name] = beside.features[name]
    rows = TableRows(table, features, files, [""] * len(mine), hint=hint, label_origin=ORIGIN)
    rows.notes += notes
    return rows


def _classes(layout: Layout, items: Mapping[str, Sequence[str]], modality: Modality) -> tuple[Mapping[str, str], str]:
    """Return the class of each file that has one, and why there are none."""
    if not layout.labels:
        return {}, DROPPED
    if layout.classes is not None:
        return layout.classes, layout.hint
    paths = [path for some in items.values() for path in some]
    names, hint = _class_names(paths, modality.nouns[1])
    return ({path: _folder(path) for path in paths} if names else {}), hint


def _listed_rows(
    files: Files, tables: Sequence[str], items: Sequence[str], modality: Modality, layout: Layout, every: Sequence[str]
) -> TableRows:
    """Read the tables that list the items, and keep the rows of this split."""
    known = FoundByName(files, [path for path in every if is_file_of(path, modality)], items)
    rows = read_tables(known, tables, modalities=[modality])
    column = _item_column(rows, modality)
    if column is None:
        return rows
    paths = rows.paths(column)
    mine, all_ = set(items), {path for path in every if is_file_of(path, modality)}
    elsewhere = [place for place, path in enumerate(paths) if path in all_ and path not in mine]
    if elsewhere:
        other = set(elsewhere)
        rows.keep([place for place in range(len(paths)) if place not in other])
    unlisted = sorted(mine - set(paths))
    if unlisted:
        shown = ", ".join(unlisted[:3]) + (f" and {len(unlisted) - 3} more" if len(unlisted) > 3 else "")
        name = posixpath.basename(tables[0])
        rows.notes.append(f"left out, not listed in {name}: {len(unlisted)} of the {modality.nouns[1]} ({shown})")
    return rows


def _other_table(
    files: Files, items: Sequence[str], modality: Modality, layout: Layout, every: Sequence[str]
) -> TableRows | None:
    """Return the rows of a table beside the items that lists them, none where there is no such table."""
    found: dict[str, TableRows] = {}
    sizes = files.sizes(layout.tables)
    for table, size in zip(layout.tables, sizes, strict=True):
        if not 0 < size <= MAX_TABLE or len(layout.tables) > 20:
            continue
        try:
            rows = _listed_rows(files, [table], items, modality, layout, every)
        except (DatasetError, UsageError):
            continue
        column = _item_column(rows, modality)
        if column is not None and len(rows.features) > 1 and set(rows.paths(column)) & set(items):
            found[table] = rows
    words = splits_of_folders(_stem(table) for table in found)
    named = [table for table in found if words.get(_stem(table)) == layout.split]
    if len(found) > 1 and len(named) != 1:
        raise UsageError(f"Several tables list the {modality.nouns[1]}", ", ".join(found), _one_table(files, found))
    for table in named or found:
        others = [other for other in found if other != table]
        beside = f"; {', '.join(others)} would too" if others else ""
        found[table].notes.append(f"labels come from {table}, which lists the {modality.nouns[1]}{beside}")
        return found[table]
    return None


def _stem(table: str) -> str:
    return posixpath.basename(unpacked_name(table)).partition(".")[0]


def _one_table(files: Files, tables: Iterable[str]) -> str:
    """Say how to read one of several tables: by its own name, or under the name of a metadata file."""
    first = next(iter(tables))
    local = files.local(first)
    if local is None:
        return f"rename the one to read: {first} to {posixpath.join(posixpath.dirname(first), 'metadata.csv')}"
    return f"hubscore rank {as_typed(local)}"


def _item_column(rows: TableRows, modality: Modality) -> str | None:
    """Return the column that names the items, or none."""
    columns = [
        name for name, feature in rows.features.items() if modality.is_input(feature) and modality.holds_files(feature)
    ]
    return next((name for name in modality.column_names if name in columns), columns[0] if columns else None)


def _article(noun: str) -> str:
    return "an" if noun[0] in "aeiou" else "a"


def _class_names(paths: Sequence[str], items: str) -> tuple[list[str], str]:
    """Return the class folders, or none of them and the reason; a lone class folder is told from a lone split folder
    by its name.
    """
    depths = {path.count("/") for path in paths}
    names = sorted({_folder(path) for path in paths})
    if (
        depths == {0}
        or any(name.lower().endswith(ARCHIVES) for name in names)
        or (len(names) == 1 and names[0].lower() in {word for words in SPLIT_WORDS.values() for word in words})
    ):
        return [], f"the {items} are not sorted into folders"
    if len(depths) > 1:
        unlike = " and ".join(
            repr(next(path for path in paths if path.count("/") == depth)) for depth in sorted(depths)[:2]
        )
        return [], f"the {items} lie at different depths ({unlike}), so their folders are not classes"
    return names, ""


def _folder(path: str) -> str:
    return posixpath.basename(posixpath.dirname(path))
