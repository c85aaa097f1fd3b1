"""WebDataset files of this machine that ``datasets`` cannot read as they are meant: several kinds of files, several
images of a key, class folders.
"""

from __future__ import annotations

import posixpath
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
from datasets import ClassLabel, Features

from hubscore.modalities.base import Modality
from hubscore.modalities.files import is_file_of, leading
from hubscore.probe.files import Files
from hubscore.probe.masks import is_like_mask
from hubscore.probe.split_names import split_of_word
from hubscore.probe.table import TableRows
from hubscore.probe.tars import TarFiles
from hubscore.text import parse_json

_SIDE = (".cls", ".json", ".txt")
Members = dict[str, dict[str, str]]
"""By key, by ending, the path of a member."""


@dataclass
class _Items:
    """Columns of paths, the one to read where that is decided, and what was guessed."""

    columns: dict[str, list[str | None]]
    chosen: str | None = None
    notes: list[str] = field(default_factory=list)


def tar_rows(
    files: Files, paths: Sequence[str], modalities: Sequence[Modality], split: str = "train", *, always: bool = False
) -> TableRows | None:
    """List TAR files where the items are of several kinds, several have one key, or only folders say the class.

    Where one item of each key is left without those that are named like masks, it is taken; else each ending is a
    column of its own.

    Args:
        files: where they lie.
        paths: of the TAR files.
        modalities: those that come into question.
        split: whose rows are kept where the first folders in the TAR files are splits.
        always: list them also where ``datasets`` could read them.

    Returns:
        The rows; none where the files are on the Hub, or ``datasets`` reads them as they are meant.

    Raises:
        DatasetError: a TAR file is damaged.
    """
    filed = [one for one in leading(modalities) if one.file_endings]
    if not filed or any(files.local(path) is None for path in paths):
        return None
    members = TarFiles(files, paths)
    modality = max(filed, key=lambda one: sum(is_file_of(path, one) for path in members.paths()))
    keys, dotted = _by_key(members.paths(), modality)
    items = {key: [end for end in some if is_file_of(end, modality)] for key, some in keys.items()}
    items = {key: some for key, some in items.items() if some}
    folders, notes = _class_folders(list(items), paths, modality.nouns[1], split)
    items = {key: items[key] for key in folders}
    sides = {ending for key in items for ending in keys[key] if ending.endswith(_SIDE)}
    labelled = any(ending.endswith((".cls", ".json")) for ending in sides)
    by_folder = not labelled and len(set(folders.values())) > 1 and all(folders.values())
    several = any(len(some) > 1 for some in items.values())
    kinds = {some[0].rpartition(".")[2] for some in items.values()}
    if not items or not (several or by_folder or dotted or notes or len(kinds) > 1 or always):
        return None
    found = _item_columns(keys, items, modality)
    features = Features(dict.fromkeys(found.columns, modality.file_feature()))
    table = pa.table({name: pa.array(values, pa.string()) for name, values in found.columns.items()})
    if by_folder:
        names = sorted(set(folders.values()))
        table = table.append_column("label", pa.array([names.index(folders[key]) for key in items]))
        features["label"] = ClassLabel(names=names)
    for name, column in _beside(members, [keys[key] for key in items]).items():
        if name not in table.column_names:
            table = table.append_column(name, column)
    features = Features({**Features.from_arrow_schema(table.schema), **features})
    origin = "the names of the class folders" if by_folder else ""
    rows = TableRows(table, features, members, [""] * len(table), label_origin=origin)
    rows.input_column = found.chosen
    rows.notes += [*notes, *found.notes]
    return rows


def _by_key(paths: Sequence[str], modality: Modality) -> tuple[Members, bool]:
    """Group the members by key, which ends at the first dot of a name; at the last one, and True, where there
    would be more endings than keys otherwise.
    """
    found: Members = defaultdict(dict)
    for path in paths:
        folder, name = posixpath.split(path)
        stem, _, ending = name.partition(".")
        found[f"{folder}/{stem}"][f".{ending.lower()}"] = path
    images = {key: [end for end in some if is_file_of(end, modality)] for key, some in found.items()}
    endings = {end for some in images.values() for end in some}
    if len(endings) <= 4 or len(endings) < sum(map(bool, images.values())):
        return found, False
    found = defaultdict(dict)
    for path in paths:
        stem, ending = posixpath.splitext(path)
        found[stem][ending.lower()] = path
    return found, True


def _item_columns(keys: Members, items: Mapping[str, Sequence[str]], modality: Modality) -> _Items:
    """Return the columns of items: one where a key has one that is no mask, with those of masks; else one an ending."""
    masks = {end for some in items.values() for end in some if is_like_mask(end)}
    plain = {key: [end for end in some if end not in masks] or list(some) for key, some in items.items()}
    common = [end for end in next(iter(plain.values())) if all(end in some for some in plain.values())]
    counts = Counter(end for some in items.values() for end in some)
    nouns = modality.nouns[1]
    if all(len(some) == 1 for some in plain.values()):
        chosen = {key: some[0] for key, some in plain.items()}
    elif len(common) == 1:
        chosen = dict.fromkeys(plain, common[0])
    else:
        return _Items({end[1:]: [keys[key].get(end) for key in items] for end in sorted(counts)})
    kinds = sorted(set(chosen.values()))
    others = [end for end in sorted(counts) if end not in kinds]
    name = kinds[0][1:] if len(kinds) == 1 and others else modality.name
    columns: dict[str, list[str | None]] = {name: [keys[key][end] for key, end in chosen.items()]}
    columns |= {end[1:]: [keys[key].get(end) for key in items] for end in others}
    said = [f"the {nouns} of the TAR files are {', '.join(kinds)}, one per key"] if len(kinds) > 1 else []
    return _Items(columns, name, said)


def _class_folders(
    keys: Sequence[str], paths: Sequence[str], nouns: str, split: str
) -> tuple[dict[str, str], list[str]]:
    """Return the first folder of each key, below the folders that all of them have; of those that name splits, the keys
    of one split.
    """
    parts = {}
    for key in keys:
        tar = next(path for path in paths if key.startswith(f"{path}/"))
        parts[key] = key.removeprefix(f"{tar}/").split("/")[:-1]
    notes = []
    while parts and all(parts.values()):
        splits = {some[0]: split_of_word(some[0]) for some in parts.values()}
        if len(splits) > 1 and not all(splits.values()):
            break
        if len(splits) > 1 and split in splits.values():
            others = Counter(some[0] for some in parts.values() if splits[some[0]] != split)
            listed = ", ".join(f"{name}/ ({count:,})" for name, count in sorted(others.items()))
            notes.append(f"left out, {nouns} in folders of other splits in the TAR files: {listed}")
            parts = {key: some for key, some in parts.items() if splits[some[0]] == split}
        parts = {key: some[1:] for key, some in parts.items()}
    return {key: some[0] if some else "" for key, some in parts.items()}, notes


def _beside(members: TarFiles, keys: Sequence[dict[str, str]]) -> dict[str, pa.Array]:
    """Read what lies beside the items: classes, texts, and objects with a value per column."""
    rows: list[dict[str, Any]] = []
    for some in keys:
        row: dict[str, Any] = {}
        for ending in sorted(some, key=lambda end: _SIDE.index(end) if end in _SIDE else len(_SIDE)):
            if not ending.endswith(_SIDE):
                continue
            text = members.read(some[ending]).decode("utf-8", errors="replace").strip()
            try:
                value = parse_json(text) if not ending.endswith(".txt") else text
            except ValueError:
                value = text
            row |= value if isinstance(value, dict) else {ending[1:]: value}
        rows.append(row)
    found = {}
    for name in dict.fromkeys(name for row in rows for name in row):
        values = [row.get(name) for row in rows]
        try:
            found[name] = pa.array(values)
        except pa.ArrowException:
            found[name] = pa.array([None if value is None else str(value) for value in values])
    return found
