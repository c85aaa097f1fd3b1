"""Formats that cannot be read in part, such as webdataset, through ``datasets``' streaming."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from itertools import islice
from typing import Any

import datasets
import pyarrow as pa
from datasets import Features, IterableDataset

from hubscore.errors import DatasetError
from hubscore.hub.errors import recognise
from hubscore.modalities.base import Modality
from hubscore.modalities.files import nouns
from hubscore.probe.columns import describe_columns, kind_of
from hubscore.probe.files import Files
from hubscore.probe.layout import Layout
from hubscore.probe.source import DataSource
from hubscore.probe.table import TableRows

BUFFER = 1_000
"""Rows among which a stream is shuffled."""


def stream_rows(
    source: DataSource,
    files: Files,
    layout: Layout,
    *,
    modalities: Sequence[Modality],
    samples: int,
    budget: int,
    seed: int,
) -> TableRows:
    """Read the first rows of a shuffled stream, four times as many as are to be drawn.

    Args:
        source: where the data set lies.
        files: its files.
        layout: its split.
        modalities: those that come into question.
        samples: rows wanted.
        budget: most bytes of files to read.
        seed: of the shuffle.

    Returns:
        The rows, with a note that says what they are.

    Raises:
        DatasetError: no input column, or the stream cannot be read.
        HubError: the Hub failed.
    """
    try:
        with _no_download_count():
            stream, features = _open(source, layout, modalities)
            stored = [name for name, feature in features.items() if kind_of(feature) == "file"]
            shuffled = stream.shuffle(seed=seed, buffer_size=BUFFER)
            kept = list(_until_full(shuffled, stored, 4 * samples, budget))
    except DatasetError:
        raise
    except Exception as error:  # the builders' errors have no common base
        lines = str(error).strip().splitlines() or [type(error).__name__]
        fix = "check that its files are whole"
        if isinstance(error, ModuleNotFoundError) and error.name:
            fix = f"pip install {error.name}"
        plain = DatasetError(f"Data set {source.name!r} cannot be read as {layout.format}", lines[0], fix)
        raise recognise(error, source.name, kind="dataset") or plain from error
    rows = TableRows(pa.Table.from_pylist(kept), features, files, [""] * len(kept))
    rows.population = None
    drawn = (
        f"rows come from the first {len(kept)} of a stream shuffled among {BUFFER}, and are numbered as it gave them"
    )
    rows.notes.append(f"{layout.format} data cannot be read in part: {drawn}")
    return rows


def _open(source: DataSource, layout: Layout, modalities: Sequence[Modality]) -> tuple[IterableDataset, Features]:
    stream = datasets.load_dataset(
        source.uri, layout.config, split=layout.split, revision=source.revision, token=source.token, streaming=True
    )
    features = stream.features
    if features is None or not any(one.is_input(feature) for one in modalities for feature in features.values()):
        silent = f"its {layout.format} files do not say which column holds them"
        why = silent if features is None else describe_columns(features)
        of_type = " or ".join(f"{one.name.capitalize()}" for one in modalities)
        fix = f"save it with datasets' push_to_hub or to_parquet, with an input column of type {of_type}"
        what = f"Data set {source.name!r} cannot be read as {nouns(modalities, word='or')}"
        raise DatasetError(what, why, fix)
    for name, feature in features.items():
        if hasattr(feature, "decode"):
            stream = stream.cast_column(name, replace(feature, decode=False))
    return stream, features


def _until_full(stream: IterableDataset, stored: Sequence[str], rows: int, budget: int) -> Iterator[dict[str, Any]]:
    """Yield rows until there are enough, or their files reach the budget."""
    for row in islice(stream, rows):
        budget -= sum(_size(row[name]) for name in stored)
        if budget < 0:
            return
        yield row


def _size(value: Any) -> int:
    """Return the bytes of a stored file."""
    data = value.get("bytes") if isinstance(value, dict) else value
    return len(data) if isinstance(data, bytes) else 0


@contextmanager
def _no_download_count() -> Iterator[None]:
    """Keep ``datasets`` from reporting the name of the data set to a server that is not the Hub."""
    before = datasets.config.HF_UPDATE_DOWNLOAD_COUNTS
    datasets.config.HF_UPDATE_DOWNLOAD_COUNTS = False
    try:
        yield
    finally:
        datasets.config.HF_UPDATE_DOWNLOAD_COUNTS = before
