"""Which columns of a table hold items: paths of files beside it, ids of files, or the files themselves as base64."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial

import pyarrow as pa
import pyarrow.compute as pc
from datasets import Features

from hubscore.errors import DatasetError
from hubscore.modalities.base import Modality
from hubscore.modalities.files import leading
from hubscore.probe.columns import kind_of
from hubscore.probe.files import Files
from hubscore.probe.inputs import input_columns
from hubscore.probe.listed import (
    FileFinder,
    base64_modality,
    decode_base64,
    is_url,
    may_name_files,
    paths_modality,
    shortened,
    urls_refused,
)

PEEK = 20
"""Values that are looked at to see what a column holds."""


@dataclass
class ItemColumns:
    """What was found.

    Attributes:
        table: the table, in which ids of files and base64 texts are replaced.
        features: of the columns that hold items.
        notes: what was guessed.
        found: whether paths in the table are below the data set's root, not below the table's folder.
    """

    table: pa.Table
    features: dict[str, object] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    found: bool = False


def find_items(
    files: Files,
    table: pa.Table,
    features: Features,
    folders: Sequence[str],
    path: str,
    modalities: Sequence[Modality],
) -> ItemColumns:
    """Find the columns that hold items.

    Args:
        files: where the table lies.
        table: all of it.
        features: of its columns.
        folders: for each row, the folder that its paths are relative to.
        path: of the table's first file.
        modalities: whose items may be in it.

    Raises:
        DatasetError: the files it names are not there, or it holds URLs.
    """
    result = ItemColumns(table)
    absent: dict[str, tuple[object, Modality]] = {}
    urls: tuple[str, str] | None = None
    filed = [one for one in leading(modalities) if one.file_endings]
    texts = [column for column, feature in features.items() if kind_of(feature) == "text"]
    for name in texts:
        values = [value for value in table[name].slice(0, PEEK).to_pylist() if value]
        if values and all(map(is_url, values)):
            urls = urls or (name, str(values[0]))
            continue
        if values and len(str(values[0])) >= 40 and (encoded := base64_modality(values, filed)) is not None:
            position = result.table.column_names.index(name)
            result.table = result.table.set_column(position, name, decode_base64(table[name]))
            result.features[name] = encoded.file_feature()
            result.notes.append(f"column {name!r} was decoded from base64")
            continue
        modality = paths_modality(values, modalities)
        if modality is None:
            continue
        if any(files.sizes(_joined(files, folders, values))):
            result.features[name] = modality.file_feature()
            if not modality.yields:  # spaces around a path are none of the file's
                place = result.table.column_names.index(name)
                paths = table[name].cast(pa.string())  # also where pandas stored categories
                result.table = result.table.set_column(place, name, pc.utf8_trim_whitespace(paths))
        elif not modality.yields:
            absent[name] = (values[0], modality)
    stored = any(kind_of(feature) == "file" for feature in features.values())
    if result.features or stored or not filed:
        return result
    if _look_around(files, result, absent, features, path, modalities):
        return result
    if absent:
        name, (value, modality) = next(iter(absent.items()))
        why = f"column {name!r} names {shortened(value)!r}, and there is no such file"
        fix = "check the paths: absolute ones as they are, others from the table's folder"
        raise DatasetError(f"The {modality.nouns[1]} of the table were not found", why, fix)
    if urls is not None and not _other_inputs(features, urls[0], [one for one in modalities if one not in filed]):
        raise urls_refused(*urls)
    return result


def _other_inputs(features: Features, addresses: str, modalities: Sequence[Modality]) -> bool:
    """Whether a table holds items beside its addresses, of modalities whose items are no files there."""
    others = {name: feature for name, feature in features.items() if name != addresses}
    return any(input_columns(others, one) for one in modalities)


def _look_around(
    files: Files,
    result: ItemColumns,
    absent: dict[str, tuple[object, Modality]],
    features: Features,
    path: str,
    modalities: Sequence[Modality],
) -> bool:
    """Look for the files that ids, or paths of another machine, mean below the table's folder."""
    keys = [name for name, one in features.items() if may_name_files(name) and kind_of(one) in ("text", "int", "float")]
    filed = [one for one in leading(modalities) if one.file_endings]
    for name in dict.fromkeys([*absent, *keys]):
        modality = absent[name][1] if name in absent else filed[0]
        finder = FileFinder(files, path, modality)
        values = [_whole(value) for value in result.table[name].to_pylist()]
        first = [value for value in values if value is not None][:PEEK]
        texts = [one for one in modalities if one not in filed]  # beside which a number may be just that
        find = partial(finder.find, loosely=name in absent or not _other_inputs(features, name, texts))
        known = [find(value) for value in first]
        if not first or sum(one is not None for one in known) < max(1, 0.5 * len(first)):
            continue
        paths = [find(value) for value in values]
        held = [one for one in paths if one is not None]
        if len(set(held)) < len({value for value, one in zip(values, paths, strict=True) if one is not None}):
            continue  # two values cannot mean one file
        column = pa.array(
            [one or (None if value is None else str(value)) for one, value in zip(paths, values, strict=True)]
        )
        label = modality.name if name not in absent and modality.name not in result.table.column_names else name
        position = result.table.column_names.index(name)
        result.table = result.table.set_column(position, label, column)
        result.features[label] = modality.file_feature()
        result.found = True
        example = next(one for one in known if one is not None)
        value = next(value for value, one in zip(first, known, strict=True) if one is not None)
        lost = f"; {len(paths) - len(held)} of {len(paths)} were not found" if len(held) < len(paths) else ""
        result.notes.append(
            f"column {name!r} was matched with the {modality.nouns[1]} below the table:"
            f" {shortened(value)} is {example}{lost}"
        )
        if label != name:
            features.pop(name)
        return True
    return False


def _whole(value: object) -> object:
    """Return a whole float as the integer that it was before a gap in its column."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _joined(files: Files, folders: Sequence[str], values: Sequence[str]) -> list[str]:
    paths = []
    for folder, value in zip(folders, values, strict=False):
        try:
            paths.append(files.join(folder, value.strip()))
        except ValueError:
            continue
    return paths
