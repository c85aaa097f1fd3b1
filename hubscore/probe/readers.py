"""Choosing the reader for a split: Parquet in parts, tables and folders by their lists, everything else as a stream."""

from __future__ import annotations

import numpy as np
import pyarrow.parquet as pq

from hubscore.errors import DatasetError
from hubscore.probe.columns import sort_of
from hubscore.probe.files import Files
from hubscore.probe.folder import folder_rows
from hubscore.probe.layout import Layout
from hubscore.probe.parquet import ParquetRows
from hubscore.probe.rows import Rows
from hubscore.probe.source import DataSource
from hubscore.probe.stream import stream_rows
from hubscore.probe.table import PEEK, names_images, read_tables
from hubscore.probe.zips import ZipFiles


def open_rows(place: DataSource, files: Files, layout: Layout, *, samples: int, budget: int, seed: int) -> Rows:
    """Open one split so that columns and chosen images can be read from it.

    Args:
        place: where the data set lies.
        files: its files.
        layout: its format and files.
        samples: rows wanted, which decides how much of a stream is read.
        budget: most bytes to read.
        seed: of every draw of the reader.

    Returns:
        The rows.
    """
    paths = layout.files[layout.split]
    if layout.format == "parquet":
        found = ParquetRows(files, paths, features=layout.features, rng=np.random.default_rng([seed, 1]))
        if any(sort_of(feature) == "image" for feature in found.features.values()) or not _lists_images(
            files, paths[0], found
        ):
            return found
        _check_size(place, files, paths, budget)
        return read_tables(files, paths, features=layout.features)
    if layout.format in ("csv", "arrow") or (
        layout.format == "json" and all(path.endswith((".jsonl", ".ndjson")) for path in paths)
    ):
        _check_size(place, files, paths, budget)
        return read_tables(files, paths, features=layout.features, separator=layout.separator)
    if layout.format == "imagefolder":
        return folder_rows(files, layout.files, layout.split)
    if layout.format == "archive":
        members = ZipFiles(files, [path for some in layout.files.values() for path in some])
        return folder_rows(members, {split: members.below(some) for split, some in layout.files.items()}, layout.split)
    return stream_rows(place, files, layout, samples=samples, budget=budget, seed=seed)


def _check_size(place: DataSource, files: Files, paths: list[str], budget: int) -> None:
    """Refuse tables that would have to be downloaded whole and are too large for that."""
    size = sum(files.sizes(paths))
    if size > budget and any(files.local(path) is None for path in paths):
        why = f"they are {size:,} bytes without any image, and at most {budget:,} may be read"
        raise DatasetError(
            f"The tables of data set {place.name!r} are too large", why, "--probe-bytes with a larger number"
        )


def _lists_images(files: Files, path: str, rows: ParquetRows) -> bool:
    """Whether a Parquet file without images in it names image files; a few values tell."""
    texts = [name for name, feature in rows.features.items() if sort_of(feature) == "text"]
    if not texts:
        return False
    with files.open(path) as file:  # buffered: long texts are not read to their end
        batch = next(pq.ParquetFile(file, buffer_size=65_536, pre_buffer=False).iter_batches(PEEK, columns=texts), None)
    return batch is not None and any(names_images(batch.column(name).drop_null().to_pylist()) for name in texts)
