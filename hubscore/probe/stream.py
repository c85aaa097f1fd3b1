"""Formats that cannot be read in part, such as webdataset, through ``datasets``' streaming."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import Any

import datasets
import pyarrow as pa
from datasets import Features, Image, IterableDataset

from hubscore.errors import DatasetError
from hubscore.hub.errors import recognise
from hubscore.probe.columns import listing, sort_of
from hubscore.probe.files import Files
from hubscore.probe.layout import Layout
from hubscore.probe.source import DataSource
from hubscore.probe.table import TableRows

BUFFER = 1_000
"""Rows among which a stream is shuffled."""


def stream_rows(place: DataSource, files: Files, layout: Layout, *, samples: int, budget: int, seed: int) -> TableRows:
    """Read the first rows of a shuffled stream, four times as many as are to be drawn.

    Args:
        place: where the data set lies.
        files: its files.
        layout: its split.
        samples: rows wanted.
        budget: most bytes of images to read.
        seed: of the shuffle.

    Returns:
        The rows, with a note that says what they are.

    Raises:
        DatasetError: no image column, or the stream cannot be read.
        HubError: the Hub failed.
    """
    try:
        with _no_download_count():
            stream, features = _open(place, layout)
            images = [name for name, feature in features.items() if sort_of(feature) == "image"]
            shuffled = stream.shuffle(seed=seed, buffer_size=BUFFER)
            kept = list(_until_full(shuffled, images, 4 * samples, budget))
    except DatasetError:
        raise
    except Exception as error:  # the builders' errors have no common base
        lines = str(error).strip().splitlines() or [type(error).__name__]
        plain = DatasetError(
            f"Data set {place.name!r} cannot be read as {layout.format}", lines[0], "check that its files are whole"
        )
        raise recognise(error, place.name, kind="dataset") or plain from error
    rows = TableRows(pa.Table.from_pylist(kept), features, files, [""] * len(kept))
    rows.population = None
    drawn = (
        f"rows come from the first {len(kept)} of a stream shuffled among {BUFFER}, and are numbered as it gave them"
    )
    rows.notes.append(f"{layout.format} data cannot be read in part: {drawn}")
    return rows


def _open(place: DataSource, layout: Layout) -> tuple[IterableDataset, Features]:
    stream = datasets.load_dataset(
        place.uri, layout.config, split=layout.split, revision=place.revision, token=place.token, streaming=True
    )
    features = stream.features
    if features is None or not any(sort_of(feature) == "image" for feature in features.values()):
        why = f"its {layout.format} files do not say which column holds them" if features is None else listing(features)
        fix = "save it with datasets' push_to_hub or to_parquet, with an Image column"
        raise DatasetError(f"Data set {place.name!r} cannot be read as images", why, fix)
    for name in [name for name, feature in features.items() if isinstance(feature, Image)]:
        stream = stream.cast_column(name, Image(decode=False))
    return stream, features


def _until_full(stream: IterableDataset, images: Sequence[str], rows: int, budget: int) -> Iterator[dict[str, Any]]:
    """Yield rows until there are enough, or their images reach the budget."""
    for row in islice(stream, rows):
        budget -= sum(len((row[name] or {}).get("bytes") or b"") for name in images)
        if budget < 0:
            return
        yield row


@contextmanager
def _no_download_count() -> Iterator[None]:
    """Keep ``datasets`` from reporting the name of the data set to a server that is not the Hub."""
    before = datasets.config.HF_UPDATE_DOWNLOAD_COUNTS
    datasets.config.HF_UPDATE_DOWNLOAD_COUNTS = False
    try:
        yield
    finally:
        datasets.config.HF_UPDATE_DOWNLOAD_COUNTS = before
