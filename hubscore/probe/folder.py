"""Folders of files: labels from folder names or from a metadata file, as ``datasets``' imagefolder has them."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping, Sequence

import pyarrow as pa
from datasets import ClassLabel, Features

from hubscore.errors import DatasetError
from hubscore.modalities.base import Modality
from hubscore.modalities.files import is_file_of, nouns
from hubscore.probe.data_files import ARCHIVES, METADATA, SPLIT_WORDS
from hubscore.probe.files import Files
from hubscore.probe.table import TableRows, read_tables


def folder_rows(
    files: Files, splits: Mapping[str, Sequence[str]], split: str, modalities: Sequence[Modality]
) -> TableRows:
    """List one split of a folder of files; none of them is read yet.

    Args:
        files: where they lie.
        splits: the files of every split; class names are collected over all of them.
        split: the one to list.
        modalities: those that come into question; the one that most files are of is taken.

    Returns:
        The rows, in the order in which ``datasets`` numbers them: with a column called after the modality (``image``)
        and, from folder names, a ``label`` column, or the columns of the metadata file.

    Raises:
        DatasetError: no such files.
    """
    tables = [path for path in splits[split] if posixpath.basename(path) in METADATA]
    if tables:
        return read_tables(files, tables, modalities=modalities)
    every = [path for paths in splits.values() for path in paths]
    modality = max(modalities, key=lambda one: sum(is_file_of(path, one) for path in every))
    items = {name: [path for path in paths if is_file_of(path, modality)] for name, paths in splits.items()}
    if not items[split]:
        what = f"Split {split!r} holds no {nouns(modalities, word='or')}"
        why = f"none of its files has {_article(modality.nouns[0])} {modality.nouns[0]}'s ending"
        raise DatasetError(what, why, "--split NAME")
    columns: dict[str, list[str] | list[int]] = {modality.name: items[split]}
    features = Features({modality.name: modality.file_feature()})
    names, hint = _class_names([path for paths in items.values() for path in paths], modality.nouns[1])
    if names:
        number = {name: position for position, name in enumerate(names)}
        columns["label"] = [number[_folder(path)] for path in items[split]]
        features["label"] = ClassLabel(names=names)
    return TableRows(pa.table(columns), features, files, [""] * len(items[split]), hint=hint)


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
