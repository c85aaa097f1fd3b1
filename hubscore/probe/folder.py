"""Folders of images: labels from folder names or from a metadata file, as ``datasets``' imagefolder has them."""

from __future__ import annotations

import json
import os
import posixpath
from collections.abc import Sequence

import pyarrow as pa
from datasets import ClassLabel, Features, Image

from hubscore.errors import DatasetError
from hubscore.probe.files import Files
from hubscore.probe.table import TableRows, names_images, read_tables

METADATA = ("metadata.csv", "metadata.jsonl", "metadata.parquet")
_SPLIT_WORDS = ("train", "training", "validation", "valid", "dev", "val", "test", "testing", "eval", "evaluation")


def folder_rows(files: Files, splits: dict[str, list[str]], split: str, root: str) -> TableRows:
    """List one split of an image folder; no image is read yet.

    Args:
        files: where they lie.
        splits: the files of every split; class names are collected over all of them.
        split: the one to list.
        root: the data set's own folder, empty for a repo.

    Returns:
        The rows, in the order in which ``datasets`` numbers them: with an ``image`` column and, from folder names, a ``label`` column, or
        the columns of the metadata file.

    Raises:
        DatasetError: no images, one class folder only, or a metadata file without ``file_name``.
    """
    tables = [path for path in splits[split] if posixpath.basename(path) in METADATA]
    if tables:
        return _with_metadata(files, tables)
    images = {name: [path for path in paths if names_images([path])] for name, paths in splits.items()}
    if not images[split]:
        raise DatasetError(f"Split {split!r} holds no images", "none of its files has an image's ending", "--split NAME")
    names = _class_names([path for paths in images.values() for path in paths], root)
    columns: dict[str, list[str] | list[int]] = {"image": images[split]}
    features = Features({"image": Image()})
    if names:
        number = {name: place for place, name in enumerate(names)}
        columns["label"] = [number[_folder(path)] for path in images[split]]
        features["label"] = ClassLabel(names=names)
    return TableRows(pa.table(columns), features, files, [""])


def _class_names(paths: Sequence[str], root: str) -> list[str]:
    """Return the class folders, none when the images are not sorted into folders."""
    inside = [os.path.relpath(path, root) if root else path for path in paths]
    depths = {path.count("/") for path in inside}
    names = sorted({_folder(path) for path in inside})
    if depths == {0} or (len(names) == 1 and names[0].lower() in _SPLIT_WORDS):
        return []
    if len(names) == 1:
        raise DatasetError("The data set has one class", f"all images lie in {names[0]!r}", "a ranking needs images of at least two classes")
    if len(depths) > 1:
        levels = ", ".join(f"{next(path for path in inside if path.count('/') == depth)!r}" for depth in sorted(depths))
        raise DatasetError(
            "The classes cannot be told from the folders", f"images lie at different depths: {levels}", "use one folder a class, or a metadata.csv"
        )
    return names


def _with_metadata(files: Files, tables: Sequence[str]) -> TableRows:
    """Read the metadata files; their ``file_name`` column becomes ``image``."""
    if tables[0].endswith(".jsonl"):
        rows = _read_jsonl(files, tables)
    else:
        rows = read_tables(files, tables)
    if "file_name" not in rows.features:
        listed = ", ".join(rows.features)
        raise DatasetError("The metadata file has no file_name column", f"its columns are {listed}", "name the column with the images file_name")
    return rows.renamed("file_name", "image")
