"""TAR files of this machine that ``datasets`` cannot read as webdataset: several kinds of files, class folders."""

from __future__ import annotations

import io
import json
import posixpath
import tarfile
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
from datasets import ClassLabel, Features

from hubscore.errors import DatasetError
from hubscore.modalities.base import Modality
from hubscore.modalities.files import is_file_of
from hubscore.probe.data_files import SPLIT_WORDS
from hubscore.probe.files import Files
from hubscore.probe.table import TableRows

_SIDE = (".cls", ".json", ".txt")


class TarFiles:
    """The files in TAR files of this machine, as ``a.tar/cat/1.png``.

    Args:
        files: where the TAR files lie.
        paths: of the TAR files.

    Raises:
        DatasetError: one of them is damaged.
    """

    def __init__(self, files: Files, paths: Sequence[str]) -> None:
        self.meter, self._files = files.meter, files
        self._places: dict[str, tuple[Path, int, int]] = {}
        for path in paths:
            local = files.local(path) or Path(path)
            try:
                with tarfile.open(local, "r:") as archive:
                    for member in archive:
                        if member.isfile() and not posixpath.basename(member.name).startswith("."):
                            name = posixpath.normpath(f"{path}/{member.name}")
                            self._places[name] = (local, member.offset_data, member.size)
            except (tarfile.TarError, OSError, EOFError) as error:
                what, fix = f"File {posixpath.basename(path)!r} cannot be read", "download it again, to its end"
                raise DatasetError(what, str(error), fix) from error

    def paths(self) -> list[str]:
        """Return the path of every file, as they lie in the TAR files."""
        return list(self._places)

    def open(self, path: str) -> io.BytesIO:
        """Open for reading."""
        return io.BytesIO(self.read(path))

    def read(self, path: str) -> bytes:
        """Read all of it."""
        if path not in self._places:
            raise FileNotFoundError(path)
        local, start, size = self._places[path]
        with local.open("rb") as file:
            file.seek(start)
            data = file.read(size)
        if len(data) < size:
            raise OSError("the TAR file is broken off")
        self.meter.add(size)
        return data

    def sizes(self, paths: Sequence[str]) -> list[int]:
        """Return the sizes in bytes, 0 for what is not there."""
        return [self._places[path][2] if path in self._places else 0 for path in paths]

    def join(self, folder: str, name: str) -> str:
        """Return the path of ``name``."""
        return posixpath.join(folder, name)

    def local(self, path: str) -> Path | None:
        """Return none: no member lies on this machine as a file of its own."""
        return None


def tar_rows(files: Files, paths: Sequence[str], modalities: Sequence[Modality]) -> TableRows | None:
    """List TAR files with one item per key, where the items are of several kinds or only folders say the class.

    Args:
        files: where they lie.
        paths: of the TAR files.
        modalities: those that come into question.

    Returns:
        The rows; none where the files are on the Hub, or ``datasets`` reads them as they are meant.

    Raises:
        DatasetError: a TAR file is damaged.
    """
    filed = [one for one in modalities if one.file_endings]
    if not filed or any(files.local(path) is None for path in paths):
        return None
    members = TarFiles(files, paths)
    modality = max(filed, key=lambda one: sum(is_file_of(path, one) for path in members.paths()))
    keys: dict[str, dict[str, str]] = defaultdict(dict)
    for path in members.paths():
        folder, name = posixpath.split(path)
        stem, _, ending = name.partition(".")
        keys[f"{folder}/{stem}"][f".{ending.lower()}"] = path
    items = {key: [some[end] for end in some if is_file_of(end, modality)] for key, some in keys.items()}
    items = {key: found for key, found in items.items() if found}
    if not items or any(len(found) > 1 for found in items.values()):
        return None
    endings = {posixpath.splitext(found[0])[1].lower() for found in items.values()}
    sides = {ending for key in items for ending in keys[key] if ending in _SIDE}
    folders = _class_folders(list(items), paths)
    by_folder = not sides & {".cls", ".json"} and len(set(folders.values())) > 1 and all(folders.values())
    if len(endings) == 1 and not by_folder:
        return None
    columns: dict[str, Any] = {modality.name: [found[0] for found in items.values()]}
    features = Features({modality.name: modality.file_feature()})
    if by_folder:
        names = sorted(set(folders.values()))
        columns["label"], features["label"] = [names.index(folders[key]) for key in items], ClassLabel(names=names)
    table = pa.table(columns)
    for name, column in _beside(members, [keys[key] for key in items]).items():
        if name not in table.column_names:
            table = table.append_column(name, column)
    features = Features({**Features.from_arrow_schema(table.schema), **features})
    origin = "the names of the class folders" if by_folder else ""
    rows = TableRows(table, features, members, [""] * len(table), label_origin=origin)
    if len(endings) > 1:
        rows.notes.append(f"the {modality.nouns[1]} of the TAR files are {', '.join(sorted(endings))}, one per key")
    return rows


def _class_folders(keys: Sequence[str], paths: Sequence[str]) -> dict[str, str]:
    """Return the first folder of each key, below the folders that all of them have and those that name splits."""
    parts = {}
    for key in keys:
        tar = next(path for path in paths if key.startswith(f"{path}/"))
        parts[key] = key.removeprefix(f"{tar}/").split("/")[:-1]
    words = {word for some in SPLIT_WORDS.values() for word in some}
    while all(parts.values()):
        first = {some[0] for some in parts.values()}
        if len(first) > 1 and not {name.lower() for name in first} <= words:
            break
        parts = {key: some[1:] for key, some in parts.items()}
    return {key: some[0] if some else "" for key, some in parts.items()}


def _beside(members: TarFiles, keys: Sequence[dict[str, str]]) -> dict[str, pa.Array]:
    """Read what lies beside the items: classes, texts, and objects with a value per column."""
    rows: list[dict[str, Any]] = []
    for some in keys:
        row: dict[str, Any] = {}
        for ending, name in ((".cls", "cls"), (".txt", "txt"), (".json", "json")):
            text = members.read(some[ending]).decode("utf-8", errors="replace").strip() if ending in some else None
            if text is None:
                continue
            try:
                value = json.loads(text) if name != "txt" else text
            except ValueError:
                value = text
            row |= value if isinstance(value, dict) else {"label" if name == "cls" else name: value}
        rows.append(row)
    found = {}
    for name in dict.fromkeys(name for row in rows for name in row):
        values = [row.get(name) for row in rows]
        try:
            found[name] = pa.array(values)
        except pa.ArrowException:
            found[name] = pa.array([None if value is None else str(value) for value in values])
    return found
