"""Choosing the reader for a split: Parquet in parts, tables and folders by their lists, everything else as a stream."""

from __future__ import annotations

import posixpath
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pyarrow.parquet as pq

from hubscore.errors import DatasetError
from hubscore.modalities.base import Modality
from hubscore.modalities.files import leading, modality_of_files, nouns
from hubscore.probe.byte_texts import bytes_columns, first_texts
from hubscore.probe.columns import kind_of
from hubscore.probe.data_files import ARCHIVES, folder_format, is_own_data, is_packed
from hubscore.probe.files import Files
from hubscore.probe.folder import folder_rows
from hubscore.probe.inputs import input_columns
from hubscore.probe.item_columns import PEEK
from hubscore.probe.layout import Layout
from hubscore.probe.listed import FileFinder, base64_modality, is_url, may_name_files, urls_refused
from hubscore.probe.packed import is_packed_table, plain_name
from hubscore.probe.parquet import ParquetRows
from hubscore.probe.rows import Rows, plain_values
from hubscore.probe.source import DataSource
from hubscore.probe.split_column import pick_split
from hubscore.probe.stream import stream_rows
from hubscore.probe.table import read_tables
from hubscore.probe.table_names import TABULAR
from hubscore.probe.webdataset import tar_rows
from hubscore.probe.zips import ZipFiles


def open_rows(
    source: DataSource,
    files: Files,
    layout: Layout,
    *,
    modalities: Sequence[Modality],
    samples: int,
    budget: int,
    seed: int,
) -> Rows:
    """Open one split so that columns and chosen items can be read from it.

    Args:
        source: where the data set lies.
        files: its files.
        layout: its format and files.
        modalities: those that come into question.
        samples: rows wanted, which decides how much of a stream is read.
        budget: most bytes to read.
        seed: of every draw of the reader.

    Returns:
        The rows.
    """
    rows = _open_rows(source, files, layout, modalities, samples, budget, seed)
    rows.notes[:0] = layout.notes
    if layout.format not in (*TABULAR, "archive", *map(folder_format, modalities)):
        return rows
    return pick_split(rows, layout.split, required=layout.split not in layout.files, source=source.name)


def _open_rows(
    source: DataSource,
    files: Files,
    layout: Layout,
    modalities: Sequence[Modality],
    samples: int,
    budget: int,
    seed: int,
) -> Rows:
    paths = layout.files[layout.split] if layout.split in layout.files else layout.files["train"]
    if layout.format == "parquet" and not any(map(is_packed_table, paths)):
        rows = ParquetRows(files, paths, features=layout.features, rng=np.random.default_rng([seed, 1]))
        named = [name for one in leading(modalities) if not one.yields for name in one.column_names]
        if texts := first_texts(files, paths[0], bytes_columns(rows.features, named)):
            rows.read_as_texts(texts)
        if _holds_items(rows, modalities) or not _lists_files(files, paths[0], rows, modalities):
            return rows
    if layout.format in ("parquet", "csv", "arrow") or (
        layout.format == "json" and (source.kind == "file" or _may_be_table(paths, modalities))
    ):
        _check_size(source, files, paths, budget, modalities)
        return read_tables(files, paths, modalities=modalities, features=layout.features, separator=layout.separator)
    if layout.format in map(folder_format, modalities):
        return folder_rows(files, layout, modalities)
    if layout.format == "archive":
        every = [path for some in layout.files.values() for path in some]
        beside = [path for path in every if not is_packed(path)]
        if layout.classes is not None:  # a local layout lists the members
            archives = [path for path in files.paths() if path.lower().endswith(ARCHIVES) and is_own_data(path)]
            tables = [path for path in layout.tables if not is_packed(posixpath.dirname(path))]
            return folder_rows(ZipFiles(files, archives, [*beside, *tables]), layout, modalities)
        members = ZipFiles(files, [path for path in every if is_packed(path)], beside)
        splits = {
            split: [*members.below(some), *(path for path in some if not is_packed(path))]
            for split, some in layout.files.items()
        }
        return folder_rows(members, replace(layout, files=splits), modalities)
    if layout.format == "webdataset":
        listed = tar_rows(files, paths, modalities, layout.split, always=source.packed)
        if listed is not None:
            return listed
    return stream_rows(source, files, layout, modalities=modalities, samples=samples, budget=budget, seed=seed)


def _may_be_table(paths: Sequence[str], modalities: Sequence[Modality]) -> bool:
    """Whether JSON files are read as tables: JSON lines, and any where texts may be in them."""
    lines = all(plain_name(path).lower().endswith((".jsonl", ".ndjson")) for path in paths)
    return lines or any(one.yields for one in modalities)


def _check_size(
    source: DataSource, files: Files, paths: list[str], budget: int, modalities: Sequence[Modality]
) -> None:
    """Refuse tables that would have to be downloaded whole and are too large for that."""
    size = sum(files.sizes(paths))
    if size > budget and any(files.local(path) is None for path in paths):
        listed = [one for one in modalities if one.file_endings] or modalities
        why = f"they are {size:,} bytes without any {nouns(listed, 0, word='or')}, and at most {budget:,} may be read"
        raise DatasetError(f"The tables of data set {source.name!r} are too large", why, f"--probe-bytes {size}")


def _holds_items(rows: ParquetRows, modalities: Sequence[Modality]) -> bool:
    return any(one.is_input(feature) for one in leading(modalities) for feature in rows.features.values())


def _lists_files(files: Files, path: str, rows: ParquetRows, modalities: Sequence[Modality]) -> bool:
    """Whether a Parquet file without items in it names files of a modality, or holds them as base64; a few values tell.

    Raises:
        DatasetError: it names URLs.
    """
    filed = [one for one in leading(modalities) if one.file_endings]
    kinds = {name: kind_of(feature) for name, feature in rows.features.items()}
    texts = [name for name, kind in kinds.items() if kind == "text" or (kind == "int" and may_name_files(name))]
    if not texts or not filed:
        return False
    with files.open(path) as file:  # buffered: long texts are not read to their end
        batch = next(pq.ParquetFile(file, buffer_size=65_536, pre_buffer=False).iter_batches(PEEK, columns=texts), None)
    if batch is None:
        return False
    values = {name: plain_values(batch.column(name).drop_null()) for name in texts}
    if any(modality_of_files(some, filed) or base64_modality(some, filed) for some in values.values()):
        return True
    addresses = [name for name, some in values.items() if some and all(map(is_url, some))]
    others = {name: feature for name, feature in rows.features.items() if name not in addresses}
    if addresses and not any(input_columns(others, one) for one in modalities if one not in filed):
        raise urls_refused(addresses[0], values[addresses[0]][0])
    finder = FileFinder(files, path, filed[0]) if any(map(may_name_files, texts)) else None
    return finder is not None and any(
        finder.find(some[0]) for name, some in values.items() if some and may_name_files(name)
    )
