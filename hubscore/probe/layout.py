"""Which files hold which split of a data set, by the rules of the ``datasets`` library, from the list of files
alone.
"""

from __future__ import annotations

import posixpath
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from datasets import Features

from hubscore.errors import DatasetError, UsageError
from hubscore.modalities.base import Modality
from hubscore.modalities.files import nouns
from hubscore.probe.card import Card, read_card
from hubscore.probe.data_files import FORMATS, files_of_format, folder_format, format_of, is_data_file, split_files
from hubscore.probe.files import Files
from hubscore.probe.source import DataSource


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


def read_layout(
    source: DataSource,
    files: Files,
    *,
    modalities: Sequence[Modality],
    config: str | None = None,
    split: str | None = None,
) -> Layout:
    """Resolve configuration, split and files.

    Args:
        source: where the data set lies.
        files: its files.
        modalities: those that come into question.
        config: the configuration; without it the only one, or the default one.
        split: the split; without it ``train``, or the only one.

    Returns:
        The layout of the split.

    Raises:
        UsageError: several configurations or splits and none chosen, or an unknown one.
        DatasetError: nothing in there holds items of a modality.
    """
    if source.kind == "file":
        return _single_file(source, config, split)
    paths = files.paths()
    card = read_card(files, paths, source.name)
    chosen = _config(source, card, config)
    options = card.configs.get(chosen or "default", {})
    splits = _splits([path for path in paths if is_data_file(path)], options, source, modalities)
    every = [path for some in splits.values() for path in some]
    form = format_of(every, modalities)
    if form is None or form not in ("archive", *FORMATS, *map(folder_format, modalities)):
        raise _nothing_there(source, every, modalities, form)
    splits = {name: files_of_format(some, form, modalities) for name, some in splits.items()}
    separator = options.get("sep") or options.get("delimiter")
    return Layout(
        form, _split(source, splits, split), chosen, splits, card.features.get(chosen or "default"), separator
    )


def _single_file(source: DataSource, config: str | None, split: str | None) -> Layout:
    if config is not None or split not in (None, "train"):
        raise UsageError(
            f"File {source.name!r} has one split, train, and no configurations", fix="leave --config and --split out"
        )
    assert source.path is not None
    form = {".parquet": "parquet", ".jsonl": "json"}.get(source.path.suffix.lower(), "csv")
    return Layout(form, "train", None, {"train": [source.path.name]})


def _config(source: DataSource, card: Card, wanted: str | None) -> str | None:
    """Choose the configuration; none where the data set does not name any."""
    names = list(card.configs) or list(card.features) or ["default"]
    if wanted is not None and wanted not in names:
        raise UsageError(
            f"Data set {source.name!r} has no configuration {wanted!r}",
            f"it has {', '.join(names)}",
            f"--config {names[0]}",
        )
    chosen = wanted or card.default or (names[0] if len(names) == 1 else None)
    if chosen is None:
        raise UsageError(
            f"Data set {source.name!r} has several configurations", ", ".join(names), f"--config {names[0]}"
        )
    return None if names == ["default"] else chosen


def _splits(
    paths: Sequence[str], options: Mapping[str, Any], source: DataSource, modalities: Sequence[Modality]
) -> dict[str, list[str]]:
    """Sort the files into splits by the card's patterns, or by their names."""
    base = posixpath.normpath(options.get("data_dir") or ".")
    prefix = "" if base == "." else f"{base}/"
    inside = [path.removeprefix(prefix) for path in paths if path.startswith(prefix)]
    splits = split_files(inside, options.get("data_files"))
    if not splits:
        raise _nothing_there(source, paths, modalities)
    return {split: [prefix + path for path in some] for split, some in splits.items()}


def _nothing_there(
    source: DataSource, paths: Sequence[str], modalities: Sequence[Modality], form: str | None = None
) -> DatasetError:
    where = "Folder" if source.kind == "folder" else "Data set"
    if any(path.endswith(".py") for path in paths) and source.kind == "hub":
        why = "it is a script, and hubscore runs no code from a data set"
        return DatasetError(
            f"{where} {source.name!r} cannot be read", why, f"use the Hub's copy: {source.name}@refs/convert/parquet"
        )
    filed = [one for one in modalities if one.file_endings]
    fix = "name a folder that holds a table"
    if filed:
        several = nouns(filed, word="or")
        fix = f"name a folder with one sub-folder of {several} per class, or a table that lists {several}"
    if source.also:
        fix += f"; the local folder was taken because it exists, for the Hub's data set type {source.also}"
    singles = "".join(f"{one.nouns[0]}, " for one in filed)
    why = f"no {singles}Parquet or CSV file was found in it" + (f", only what datasets reads as {form}" if form else "")
    return DatasetError(f"{where} {source.name!r} holds no {nouns(modalities, word='or')}", why, fix)


def _split(source: DataSource, splits: Mapping[str, Sequence[str]], wanted: str | None) -> str:
    names = [name for name, some in splits.items() if some]
    if wanted in names:
        return str(wanted)
    if wanted is None and ("train" in names or len(names) == 1):
        return "train" if "train" in names else names[0]
    what = (
        f"Data set {source.name!r} has no split {wanted!r}"
        if wanted
        else f"Data set {source.name!r} has several splits and none is 'train'"
    )
    raise UsageError(what, f"its splits are {', '.join(names)}", f"--split {names[0]}")
