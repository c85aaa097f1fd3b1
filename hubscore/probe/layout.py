"""Which files hold which split of a data set, by the rules of the ``datasets`` library, from the list of files
alone.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from datasets import Features
from datasets.data_files import FILES_TO_IGNORE, _get_data_files_patterns, sanitize_patterns
from datasets.load import infer_module_for_data_files_list
from datasets.packaged_modules import _MODULE_TO_EXTENSIONS, _MODULE_TO_METADATA_FILE_NAMES
from fsspec.utils import glob_translate

from hubscore.errors import DatasetError, UsageError
from hubscore.probe.card import Card, read_card
from hubscore.probe.files import Files
from hubscore.probe.source import DataSource

FORMATS = ("parquet", "imagefolder", "csv", "json", "arrow", "webdataset", "lance", "vortex", "hdf5")
"""Formats of ``datasets`` that can hold images or list them."""

ARCHIVES = (".zip",)
"""Endings of files that hold other files."""


@dataclass(frozen=True)
class Layout:
    """One split of a data set.

    Attributes:
        format: what reads it, for example ``parquet``, ``imagefolder`` or ``archive``.
        split: its name.
        config: the configuration, where the data set names one.
        files: every split's files, as paths below the data set's root.
        features: from the card, where it has them.
        separator: between the fields of CSV files, where the card says it.
    """

    format: str
    split: str
    config: str | None
    files: dict[str, list[str]]
    features: Features | None = None
    separator: str | None = None


def read_layout(place: DataSource, files: Files, *, config: str | None = None, split: str | None = None) -> Layout:
    """Resolve configuration, split and files.

    Args:
        place: where the data set lies.
        files: its files.
        config: the configuration; without it the only one, or the default one.
        split: the split; without it ``train``, or the only one.

    Returns:
        The layout of the split.

    Raises:
        UsageError: several configurations or splits and none chosen, or an unknown one.
        DatasetError: nothing in there can be read as images.
    """
    if place.kind == "file":
        return _single_file(place, config, split)
    paths = files.paths()
    card = read_card(files, paths, place.name)
    chosen = _config(place, card, config)
    options = card.configs.get(chosen or "default", {})
    splits = _splits(place, [path for path in paths if _visible(path)], options)
    form = _format(place, splits)
    splits = {name: _of_format(some, form) for name, some in splits.items()}
    separator = options.get("sep") or options.get("delimiter")
    return Layout(form, _split(place, splits, split), chosen, splits, card.features.get(chosen or "default"), separator)


def _single_file(place: DataSource, config: str | None, split: str | None) -> Layout:
    if config is not None or split not in (None, "train"):
        raise UsageError(
            f"File {place.name!r} has one split, train, and no configurations", fix="leave --config and --split out"
        )
    assert place.path is not None
    form = {".parquet": "parquet", ".jsonl": "json"}.get(place.path.suffix.lower(), "csv")
    return Layout(form, "train", None, {"train": [place.path.name]})


def _config(place: DataSource, card: Card, wanted: str | None) -> str | None:
    """Choose the configuration; none where the data set does not name any."""
    names = list(card.configs) or list(card.features) or ["default"]
    if wanted is not None and wanted not in names:
        raise UsageError(
            f"Data set {place.name!r} has no configuration {wanted!r}",
            f"it has {', '.join(names)}",
            f"--config {names[0]}",
        )
    chosen = wanted or card.default or (names[0] if len(names) == 1 else None)
    if chosen is None:
        raise UsageError(
            f"Data set {place.name!r} has several configurations", ", ".join(names), f"--config {names[0]}"
        )
    return None if names == ["default"] else chosen


def _splits(place: DataSource, paths: Sequence[str], options: Mapping[str, Any]) -> dict[str, list[str]]:
    """Sort the files into splits by the card's patterns, or by their names."""
    base = posixpath.normpath(options.get("data_dir") or ".")
    inside = paths if base == "." else [path[len(base) + 1 :] for path in paths if path.startswith(f"{base}/")]
    find = _finder(inside)
    try:
        given = options.get("data_files")
        patterns = _get_data_files_patterns(find) if given is None else sanitize_patterns(given)
    except FileNotFoundError:
        raise _nothing_there(place, paths) from None
    prefix = "" if base == "." else f"{base}/"
    found = {
        str(split): list(dict.fromkeys(path for pattern in some for path in find(pattern)))
        for split, some in patterns.items()
    }
    return {split: [prefix + path for path in some] for split, some in found.items() if some}


def _finder(paths: Sequence[str]) -> Callable[[str], list[str]]:
    """Return what finds the paths that match a pattern."""

    def find(pattern: str) -> list[str]:
        matches = re.compile(glob_translate(pattern)).match
        return [path for path in paths if matches(path)]

    return find


def _visible(path: str) -> bool:
    """Whether ``datasets`` takes a file for data: not hidden, not in a folder like __MACOSX, no README or the like."""
    *folders, name = path.split("/")
    hidden = name.startswith(".") or any(folder.startswith((".", "__")) for folder in folders)
    return not hidden and name not in FILES_TO_IGNORE


def _format(place: DataSource, splits: Mapping[str, Sequence[str]]) -> str:
    """Infer what reads the files from their endings."""
    every = [path for some in splits.values() for path in some]
    plain = [path for path in every if not path.lower().endswith(ARCHIVES)]
    form, _ = infer_module_for_data_files_list(plain) if plain else (None, {})
    if form is None or (form == "csv" and all(posixpath.basename(path).startswith("metadata.") for path in plain)):
        form = "archive" if len(plain) < len(every) else None
    if form not in (*FORMATS, "archive"):
        raise _nothing_there(place, every, form)
    return str(form)


def _of_format(paths: Sequence[str], form: str) -> list[str]:
    endings, names = tuple(_MODULE_TO_EXTENSIONS.get(form, ARCHIVES)), _MODULE_TO_METADATA_FILE_NAMES.get(form, [])
    return [path for path in paths if path.lower().endswith(endings) or posixpath.basename(path) in names]


def _nothing_there(place: DataSource, paths: Sequence[str], form: str | None = None) -> DatasetError:
    where = "Folder" if place.kind == "folder" else "Data set"
    if any(path.endswith(".py") for path in paths) and place.kind == "hub":
        why = "it is a script, and hubscore runs no code from a data set"
        return DatasetError(
            f"{where} {place.name!r} cannot be read", why, f"use the Hub's copy: {place.name}@refs/convert/parquet"
        )
    fix = "name a folder with one sub-folder of images a class, or a table that lists images"
    if place.also:
        fix += f"; the local folder was taken because it exists, for the Hub's data set type {place.also}"
    why = "no image, Parquet or CSV file was found in it" + (f", only what datasets reads as {form}" if form else "")
    return DatasetError(f"{where} {place.name!r} holds no images", why, fix)


def _split(place: DataSource, splits: Mapping[str, Sequence[str]], wanted: str | None) -> str:
    names = [name for name, some in splits.items() if some]
    if wanted in names:
        return str(wanted)
    if wanted is None and ("train" in names or len(names) == 1):
        return "train" if "train" in names else names[0]
    what = (
        f"Data set {place.name!r} has no split {wanted!r}"
        if wanted
        else f"Data set {place.name!r} has several splits and none is 'train'"
    )
    raise UsageError(what, f"its splits are {', '.join(names)}", f"--split {names[0]}")
