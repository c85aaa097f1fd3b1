"""Choosing the reader for a split: Parquet in parts, tables and folders by their lists, everything else as a stream."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pyarrow.parquet as pq

from hubscore.errors import DatasetError
from hubscore.modalities.base import Modality
from hubscore.modalities.files import modality_of_files, nouns
from hubscore.probe.columns import kind_of
from hubscore.probe.data_files import ARCHIVES, folder_format, is_data_file, is_packed
from hubscore.probe.files import Files
from hubscore.probe.folder import folder_rows
from hubscore.probe.layout import Layout
from hubscore.probe.parquet import ParquetRows
from hubscore.probe.rows import Rows
from hubscore.probe.source import DataSource
from hubscore.probe.stream import stream_rows
from hubscore.probe.table import PEEK, read_tables
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
    return rows


def _open_rows(
    source: DataSource,
    files: Files,
    layout: Layout,
    modalities: Sequence[Modality],
    samples: int,
    budget: int,
    seed: int,
) -> Rows:
    paths = layout.files[layout.split]
    if layout.format == "parquet":
        rows = ParquetRows(files, paths, features=layout.features, rng=np.random.default_rng([seed, 1]))
        if _holds_items(rows, modalities) or not _lists_files(files, paths[0], rows, modalities):
            return rows
    if layout.format in ("parquet", "csv", "arrow") or (
        layout.format == "json" and all(path.endswith((".jsonl", ".ndjson")) for path in paths)
    ):
        _check_size(source, files, paths, budget, modalities)
        return read_tables(files, paths, modalities=modalities, features=layout.features, separator=layout.separator)
    if layout.format in map(folder_format, modalities):
        return folder_rows(files, layout, modalities)
    if layout.format == "archive":
        every = [path for some in layout.files.values() for path in some]
        beside = [path for path in every if not is_packed(path)]
        if layout.classes is not None:  # a local layout lists the members
            archives = [path for path in files.paths() if path.lower().endswith(ARCHIVES) and is_data_file(path)]
            return folder_rows(ZipFiles(files, archives, [*beside, *layout.tables]), layout, modalities)
        members = ZipFiles(files, [path for path in every if is_packed(path)], beside)
        splits = {
            split: [*members.below(some), *(path for path in some if not is_packed(path))]
            for split, some in layout.files.items()
        }
        return folder_rows(members, replace(layout, files=splits), modalities)
    return stream_rows(source, files, layout, modalities=modalities, samples=samples, budget=budget, seed=seed)


def _check_size(
    source: DataSource, files: Files, paths: list[str], budget: int, modalities: Sequence[Modality]
) -> None:
    """Refuse tables that would have to be downloaded whole and are too large for that."""
    size = sum(files.sizes(paths))
    if size > budget and any(files.local(path) is None for path in paths):
        listed = [one for one in modalities if one.file_endings] or modalities
        why = f"they are {size:,} bytes without any {nouns(listed, 0, word='or')}, and at most {budget:,} may be read"
        raise DatasetError(
            f"The tables of data set {source.name!r} are too large", why, "--probe-bytes with a larger number"
        )


def _holds_items(rows: ParquetRows, modalities: Sequence[Modality]) -> bool:
    return any(one.is_input(feature) for one in modalities for feature in rows.features.values())


def _lists_files(files: Files, path: str, rows: ParquetRows, modalities: Sequence[Modality]) -> bool:
    """Whether a Parquet file without items in it names files of a modality; a few values tell."""
    texts = [name for name, feature in rows.features.items() if kind_of(feature) == "text"]
    if not texts:
        return False
    with files.open(path) as file:  # buffered: long texts are not read to their end
        batch = next(pq.ParquetFile(file, buffer_size=65_536, pre_buffer=False).iter_batches(PEEK, columns=texts), None)
    if batch is None:
        return False
    values = (batch.column(name).drop_null().to_pylist() for name in texts)
    return any(modality_of_files(some, modalities) is not None for some in values)
