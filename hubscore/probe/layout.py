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
from hubscore.modalities.files import modality_of_most, nouns
from hubscore.probe.card import Card, read_card
from hubscore.probe.data_files import (
    ARCHIVES,
    FORMATS,
    METADATA,
    files_by_split,
    files_of_format,
    folder_format,
    format_of,
    is_data_file,
    is_own_data,
)
from hubscore.probe.files import Files, LocalFiles
from hubscore.probe.left_out import folder_notes, shard_notes, spreadsheet_notes
from hubscore.probe.local_layout import FOLDERS, LocalLayout, format_named, hub_difference, read_local_layout
from hubscore.probe.odd_files import odd_files, unread_notes
from hubscore.probe.own_files import is_ranking, rankings_among
from hubscore.probe.shown_part import with_shown
from hubscore.probe.source import DataSource
from hubscore.probe.split_choice import choose_split
from hubscore.probe.table_names import table_format
from hubscore.probe.walk import listing_notes
from hubscore.probe.zips import ZipFiles
from hubscore.text import option


@dataclass(frozen=True)
class Layout:
    """One split of a data set.

    Attributes:
        format: what reads it, for example ``parquet``, ``imagefolder`` or ``archive``.
        split: its name.
        config: the configuration, where the data set names one.
        files: every split's files, as paths below the data set's root; a split that a column names has none.
        features: from the card, where it has them.
        separator: between the fields of CSV files, where the card says it.
        classes: of a local folder of items, the class of each file that has one; none where the last folder is it.
        hint: why there are no classes, where that is known.
        label_notes: what was guessed about classes, where the folders are the classes.
        tables: beside the items of a local folder; one of them may list them.
        labels: whether the folders of items are classes: ``drop_labels`` of the card.
        notes: what was guessed about the files and what was left out.
    """

    format: str
    split: str
    config: str | None
    files: dict[str, list[str]]
    features: Features | None = None
    separator: str | None = None
    classes: Mapping[str, str] | None = None
    hint: str = ""
    label_notes: tuple[str, ...] = ()
    tables: tuple[str, ...] = ()
    labels: bool = True
    notes: tuple[str, ...] = ()


def read_layout(
    source: DataSource,
    files: Files,
    *,
    modalities: Sequence[Modality],
    config: str | None = None,
    split: str | None = None,
    read_as: str | None = None,
) -> Layout:
    """Resolve configuration, split and files.

    Args:
        source: where the data set lies.
        files: its files.
        modalities: those that come into question.
        config: the configuration; without it the only one, or the default one.
        split: the split; without it ``train``, or the only one.
        read_as: one of :data:`hubscore.probe.local_layout.READ_AS`, where a person says what the files are.

    Returns:
        The layout of the split.

    Raises:
        UsageError: several configurations or splits and none chosen, or an unknown one.
        DatasetError: nothing in there holds items of a modality.
    """
    if source.kind == "file":
        return _single_file(source, config, split, read_as)
    paths = files.paths()
    card = read_card(files, paths, source.name)
    if source.shown:
        config, split = with_shown(source, card, paths, config, split)
    chosen = _config(source, card, config)
    options = card.configs.get(chosen or "default", {})
    dropped = [path for path in paths if options.get("drop_metadata") is True and posixpath.basename(path) in METADATA]
    is_read = is_own_data if source.kind == "folder" else is_data_file
    data = [path for path in paths if is_read(path) and path not in dropped]
    said = [f"not read, as its card says drop_metadata: true: {', '.join(dropped[:3])}"] if dropped else []
    if source.kind == "folder" and source.path is not None and (mine := rankings_among(source.path, data)):
        data = [path for path in data if path not in mine]
        said.append(f"left out, rankings that hubscore wrote: {', '.join(mine[:3])}")
    separator = options.get("sep") or options.get("delimiter")
    features, labels = card.features.get(chosen or "default"), options.get("drop_labels") is not True
    by_folders = source.kind == "folder" or read_as in FOLDERS
    if by_folders and options.get("data_files") is None:
        local = _local(source, files, data, options, modalities, read_as)
        asked, tables = read_as == "splits", local.tables
        wanted = choose_split(source, local.splits, split, local.format, asked=asked, hints=local.hints, tables=tables)
        hint = local.hints.get(wanted, "")
        return Layout(
            *(local.format, wanted, chosen, local.splits, features, separator),
            *(local.classes, hint, tuple(local.label_notes.get(wanted, ()))),
            *(() if dropped else tuple(local.tables), labels, (*local.notes, *said)),
        )
    splits = _splits(data, options, source, modalities)
    every = [path for some in splits.values() for path in some]
    form = format_named(read_as, modalities[0]) or format_of(every, modalities)
    if form is None or form not in ("archive", *FORMATS, *map(folder_format, modalities)):
        raise _nothing_there(source, every, modalities, form)
    splits = {name: files_of_format(some, form, modalities) for name, some in splits.items()}
    if not any(splits.values()):
        raise _nothing_there(source, every, modalities)
    notes = (*shard_notes(every), *_notes(source, files, data, splits, options, modalities, read_as))
    return Layout(
        *(form, choose_split(source, splits, split, form), chosen, splits, features, separator),
        labels=labels,
        notes=(*notes, *said),
    )


def _local(
    source: DataSource,
    files: Files,
    paths: Sequence[str],
    options: Mapping[str, Any],
    modalities: Sequence[Modality],
    read_as: str | None,
) -> LocalLayout:
    """Read the layout of a folder, of the part of it that a card names."""
    base = posixpath.normpath(options.get("data_dir") or ".")
    prefix = "" if base == "." else f"{base}/"
    mine = [path for path in paths if path.startswith(prefix)]
    archives = [path for path in mine if path.lower().endswith(ARCHIVES)]
    members = _members(files, archives, read_as or format_of(mine, modalities))
    inside = [path.removeprefix(prefix) for path in members if is_own_data(path)]
    found = read_local_layout([path.removeprefix(prefix) for path in mine], inside, modalities, read_as)
    if found is None:
        raise _nothing_there(source, paths, modalities, format_of(mine, modalities))
    found.splits = {name: [prefix + path for path in some] for name, some in found.splits.items()}
    if found.classes is not None:
        found.classes = {prefix + path: name for path, name in found.classes.items()}
    found.tables = [prefix + path for path in found.tables]
    sheets = spreadsheet_notes(mine)
    found.hints = {split: "; ".join([hint, *sheets]) for split, hint in found.hints.items()}
    if isinstance(files, LocalFiles):
        found.notes += [*listing_notes(files.listing), *shard_notes(mine)]
        if found.classes:
            modality = modality_of_most(list(found.classes), modalities)
            beside = folder_notes(files.listing.folders, paths, found.classes, modality)
            found.notes += beside
            if len(set(found.classes.values())) < 2:
                unread = unread_notes(mine, modalities)
                found.hints |= {split: "; ".join([*beside, *unread]) for split in found.splits if beside or unread}
    return found


def _members(files: Files, archives: Sequence[str], form: str | None) -> list[str]:
    """List what archives hold, where they may hold the items; a damaged one matters where nothing else is there."""
    if not archives or form not in ("archive", "csv", "json", "folder", "classes", "splits"):
        return []
    try:
        return ZipFiles(files, archives).paths()
    except DatasetError:
        if form == "archive":
            raise
        return []


def _notes(
    source: DataSource,
    files: Files,
    paths: Sequence[str],
    splits: Mapping[str, Sequence[str]],
    options: Mapping[str, Any],
    modalities: Sequence[Modality],
    read_as: str | None,
) -> tuple[str, ...]:
    """Say what a reader of the files of a card or of the Hub should know."""
    if source.kind == "folder":
        return tuple(listing_notes(files.listing)) if isinstance(files, LocalFiles) else ()
    if options.get("data_files") is not None or not modalities:
        return ()
    return tuple(hub_difference(paths, splits, modalities[0], read_as))


def _single_file(source: DataSource, config: str | None, split: str | None, read_as: str | None) -> Layout:
    if config is not None:
        raise UsageError(f"File {source.name!r} has no configurations", fix="leave --config out")
    assert source.path is not None
    name = source.path.name
    if is_ranking(source.path):
        what, why = f"File {source.name!r} is no data set", "it is a ranking that hubscore wrote"
        raise DatasetError(what, why, "name the data that was ranked, as in hubscore rank DATASET")
    form = table_format(name)
    if read_as not in (None, form):
        raise UsageError(f"File {source.name!r} cannot be read as {read_as}", f"it is {form}", "leave --as out")
    return Layout(form, split or "train", None, {"train": [name]})


def _config(source: DataSource, card: Card, wanted: str | None) -> str | None:
    """Choose the configuration; none where the data set does not name any."""
    names = list(card.configs) or list(card.features) or ["default"]
    if wanted is not None and wanted not in names:
        raise UsageError(
            f"Data set {source.name!r} has no configuration {wanted!r}",
            f"it has {', '.join(names)}",
            option("--config", names[0]),
        )
    chosen = wanted or card.default or (names[0] if len(names) == 1 else None)
    if chosen is None:
        raise UsageError(
            f"Data set {source.name!r} has several configurations", ", ".join(names), option("--config", names[0])
        )
    return None if names == ["default"] else chosen


def _splits(
    paths: Sequence[str], options: Mapping[str, Any], source: DataSource, modalities: Sequence[Modality]
) -> dict[str, list[str]]:
    """Sort the files into splits by the card's patterns, or by their names."""
    splits = files_by_split(paths, options)
    if not splits:
        raise _nothing_there(source, paths, modalities)
    return splits


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
    root = source.name if source.kind == "folder" else source.name.rpartition("/")[2]
    odd = odd_files(paths, modalities, root)
    why = f"no {singles}Parquet or CSV file was found in it" + (f", only what datasets reads as {form}" if form else "")
    if odd is not None:
        why, fix = f"{why}{':' if form else ', but'} {odd.why}", odd.fix or fix
        if source.kind == "hub" and odd.fix:
            fix = f"hf download {source.name} --repo-type dataset --local-dir {root}, then {odd.fix}"
    return DatasetError(f"{where} {source.name!r} holds no {nouns(modalities, word='or')}", why, fix)
