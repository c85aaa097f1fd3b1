"""What lies in a cache: whose it is and what it takes, by the headers of its files."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from hubscore.extract.cache_files import SUFFIX, read_metadata

FEATURES = "features"


@dataclass(frozen=True)
class CacheEntry:
    """Something stored: its key, whose it is, and what it takes on disk.

    Attributes:
        key: of the network, or of a file of maps or of a kernel.
        model: the candidate's ``repo_id`` when it was computed.
        revision: the candidate's revision.
        bytes: on disk.
        kind: ``features``, ``maps``, ``kernel``, ``finetuned`` (accuracies), ``old`` (of earlier versions).
        rows: how many rows of features, those that are in two blocks twice; none of another kind.
    """

    key: str
    model: str
    revision: str
    bytes: int
    kind: str = FEATURES
    rows: int | None = None


def block_entries(folder: Path) -> list[CacheEntry]:
    """Return the entries of features, one a network."""
    blocks: dict[str, list[CacheEntry]] = defaultdict(list)
    for path in folder.glob(f"*/*/*{SUFFIX}"):
        blocks[path.parent.name].extend(_entries(path.parent.name, path, FEATURES))
    return [_sum(entries) for entries in blocks.values() if entries]


def file_entries(folder: Path, kind: str) -> Iterator[CacheEntry]:
    """Yield the entries of a folder with one file each."""
    for path in folder.glob(f"*{SUFFIX}"):
        yield from _entries(path.stem, path, kind)


def _entries(key: str, path: Path, kind: str) -> Iterator[CacheEntry]:
    """Yield a file's entry; a damaged one is listed too, so that its bytes are not a riddle."""
    with suppress(OSError):  # removed meanwhile
        size = path.stat().st_size
        try:
            meta = read_metadata(path)
            rows = len(meta["rows"]) if kind == FEATURES else None
            yield CacheEntry(key, str(meta["model"]), str(meta["revision"]), size, kind, rows)
        except Exception:
            yield CacheEntry(key, "(damaged)", "", size, kind, None)


def _sum(entries: Sequence[CacheEntry]) -> CacheEntry:
    """Return the entry of a network, from those of its blocks."""
    named = next((entry for entry in entries if entry.rows is not None), entries[0])
    rows = sum(entry.rows or 0 for entry in entries)
    return CacheEntry(named.key, named.model, named.revision, sum(entry.bytes for entry in entries), FEATURES, rows)
