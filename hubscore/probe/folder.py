"""Folders of images: labels from folder names or from a metadata file, as ``datasets``' imagefolder has them."""

from __future__ import annotations

import posixpath
from collections.abc import Sequence

import pyarrow as pa
from datasets import ClassLabel, Features, Image

from hubscore.errors import DatasetError
from hubscore.probe.files import Files
from hubscore.probe.layout import ARCHIVES
from hubscore.probe.table import TableRows, names_images, read_tables

METADATA = ("metadata.csv", "metadata.jsonl", "metadata.parquet")
_SPLIT_WORDS = ("train", "training", "validation", "valid", "dev", "val", "test", "testing", "eval", "evaluation")


def folder_rows(files: Files, splits: dict[str, list[str]], split: str) -> TableRows:
    """List one split of an image folder; no image is read yet.

    Args:
        files: where they lie.
        splits: the files of every split; class names are collected over all of them.
        split: the one to list.

    Returns:
        The rows, in the order in which ``datasets`` numbers them: with an ``image`` column and, from folder names, a
        ``label`` column, or the columns of the metadata file.

    Raises:
        DatasetError: no images.
    """
    tables = [path for path in splits[split] if posixpath.basename(path) in METADATA]
    if tables:
        return read_tables(files, tables)
    images = {name: [path for path in paths if names_images([path])] for name, paths in splits.items()}
    if not images[split]:
        raise DatasetError(
            f"Split {split!r} holds no images", "none of its files has an image's ending", "--split NAME"
        )
    columns: dict[str, list[str] | list[int]] = {"image": images[split]}
    features = Features({"image": Image()})
    names, hint = _class_names([path for paths in images.values() for path in paths])
    if names:
        number = {name: place for place, name in enumerate(names)}
        columns["label"] = [number[_folder(path)] for path in images[split]]
        features["label"] = ClassLabel(names=names)
    return TableRows(pa.table(columns), features, files, [""] * len(images[split]), hint=hint)


def _class_names(paths: Sequence[str]) -> tuple[list[str], str]:
    """Return the class folders, or none of them and the reason; a lone class folder is told from a lone split folder
    by its name.
    """
    depths = {path.count("/") for path in paths}
    names = sorted({_folder(path) for path in paths})
    if (
        depths == {0}
        or any(name.lower().endswith(ARCHIVES) for name in names)
        or (len(names) == 1 and names[0].lower() in _SPLIT_WORDS)
    ):
        return [], "the images are not sorted into folders"
    if len(depths) > 1:
        unlike = " and ".join(
            repr(next(path for path in paths if path.count("/") == depth)) for depth in sorted(depths)[:2]
        )
        return [], f"the images lie at different depths ({unlike}), so their folders are no classes"
    return names, ""


def _folder(path: str) -> str:
    return posixpath.basename(posixpath.dirname(path))
