"""Everything that cannot be read in part (webdataset, archives, Arrow and so on), through ``datasets``' streaming."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import Any

import datasets
import pyarrow as pa
from datasets import DownloadConfig, Features, Image, IterableDataset, load_dataset
from datasets.utils.file_utils import xgetsize, xopen

from hubscore.errors import DatasetError
from hubscore.huberrors import recognise
from hubscore.probe.columns import listing, sort_of
from hubscore.probe.files import Meter
from hubscore.probe.layout import Layout
from hubscore.probe.locate import Place
from hubscore.probe.table import TableRows

BUFFER = 1_000
"""Rows among which a stream is shuffled."""

MOST_NAMES = 200_000
"""Rows of a stream that only names its images, such as the entries of a zip file."""


class StreamFiles:
    """Files that ``datasets`` names in a stream: members of archives, on this machine or on the Hub."""

    def __init__(self, place: Place) -> None:
        self.meter = Meter()
        self._name = place.name
        self._access = DownloadConfig(token=place.token)

    def paths(self) -> list[str]:
        """Return nothing: a stream gives its files one after the other."""
        return []

    def open(self, path: str) -> io.RawIOBase:
        """Open for reading in parts."""
        return xopen(path, "rb", download_config=self._access)

    def read(self, path: str) -> bytes:
        """Read all of it."""
        try:
            with self.open(path) as file:
                data = bytes(file.read())
        except Exception as error:
            told = recognise(error, self._name, kind="dataset")
            raise (told or OSError(str(error))) from error
        self.meter.add(len(data))
        return data

    def sizes(self, paths: Sequence[str]) -> list[int]:
        """Return the sizes in bytes."""
        return [xgetsize(path, download_config=self._access) if path else 0 for path in paths]

    def join(self, folder: str, name: str) -> str:
        """Return ``name``, which a stream gives in full."""
        return name


def stream_rows(place: Place, layout: Layout, *, samples: int, budget: int, seed: int) -> TableRows:
    """Read rows from a stream: all of them where it only names its images, else the first ones of it, shuffled.

    Args:
        place: where the data set lies.
        layout: its split.
        samples: rows wanted; four times as many are read to draw them from.
        budget: most bytes to read.
        seed: of the shuffle.

    Returns:
        The rows, with a note that says what they are.

    Raises:
        DatasetError: no image column, or the stream cannot be read.
        HubError: the Hub failed.
    """
    files = StreamFiles(place)
    try:
        stream, features = _open(place, layout)
        images = [name for name, feature in features.items() if sort_of(feature) == "image"]
        first = next(iter(stream), None)
        if first is None or not images:
            raise DatasetError(f"Data set {place.name!r} has no image column, and hubscore reads images", listing(features))
        named = all((first[name] or {}).get("bytes") is None for name in images)
        if named:
            kept, note = list(islice(stream, MOST_NAMES)), ""
        else:
            shuffled = stream.shuffle(seed=seed, buffer_size=BUFFER)
            kept = list(_until_full(shuffled, images, 4 * samples, budget, files.meter))
            note = f"rows come from the first {len(kept)} of a stream shuffled among {BUFFER}, and are numbered as it gave them"
    except DatasetError:
        raise
    except Exception as error:  # the builders' errors have no common base
        raise _unreadable(place, layout, error) from error
    rows = TableRows(pa.Table.from_pylist(kept), features, files, [""] * len(kept))
    if note:
        rows.population = None
        rows.notes.append(f"{layout.format} data cannot be read in part: {note}")
    return rows


def _open(place: Place, layout: Layout) -> tuple[IterableDataset, Features]:
    with _no_download_count():
        stream = load_dataset(place.uri, layout.config, split=layout.split, revision=place.revision, token=place.token, streaming=True)
    features = stream.features
    if features is None:
        raise DatasetError(
            f"Data set {place.name!r} cannot be read as images",
            f"its {layout.format} files do not say which column holds them",
            "save it with datasets' push_to_hub or to_parquet, with an Image column",
        )
    for name in [name for name, feature in features.items() if isinstance(feature, Image)]:
        stream = stream.cast_column(name, Image(decode=False))
    return stream, features


@contextmanager
def _no_download_count() -> Iterator[None]:
    """Keep ``datasets`` from reporting the name of the data set to a server that is not the Hub."""
    before = datasets.config.HF_UPDATE_DOWNLOAD_COUNTS
    datasets.config.HF_UPDATE_DOWNLOAD_COUNTS = False
    try:
        yield
    finally:
        datasets.config.HF_UPDATE_DOWNLOAD_COUNTS = before


def _until_full(stream: IterableDataset, images: Sequence[str], rows: int, budget: int, meter: Meter) -> Iterator[dict[str, Any]]:
    """Yield rows until there are enough, or their images reach the budget."""
    for row in islice(stream, rows):
        size = sum(len((row[name] or {}).get("bytes") or b"") for name in images)
        if meter.total + size > budget:
            return
        meter.add(size)
        yield row


def _unreadable(place: Place, layout: Layout, error: Exception) -> Exception:
    lines = str(error).strip().splitlines() or [type(error).__name__]
    plain = DatasetError(f"Data set {place.name!r} cannot be read as {layout.format}", lines[0], "check that its files are whole")
    return (recognise(error, place.name, kind="dataset") if place.kind == "hub" else None) or plain
