"""Rankings that were saved among the data: they are not data."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Sequence
from pathlib import Path

from hubscore.probe.odd_files import ending_of

MOST = 20
"""Tables, up to which all are looked into; of more, those that are called like a ranking."""

_START = 4096
_JSON = re.compile(rb'\s*\{\s*"rows":\s*\[\s*\{\s*"rank":\s*\d+,\s*"model":\s*"')
_COLUMNS = {"rank", "model", "consensus"}
_MORE = {"mean_rank", "combined", "rank_low", "consensus_low"}


def rankings_among(root: Path, paths: Sequence[str]) -> list[str]:
    """Return the files that a ranking was saved in, as JSON, CSV or Parquet.

    Args:
        root: of the data set on this machine.
        paths: below it.
    """
    tables = [path for path in paths if ending_of(path) in (".json", ".csv", ".parquet")]
    if len(tables) > MOST:
        tables = [path for path in tables if "ranking" in posixpath.basename(path).lower()]
    return [path for path in tables if is_ranking(root / path)]


def is_ranking(path: Path) -> bool:
    """Say whether a file is a saved ranking."""
    try:
        if path.suffix.lower() == ".parquet":
            import pyarrow.parquet as pq

            return _are_columns(pq.read_schema(path).names)
        with path.open("rb") as file:
            start = file.read(_START)
    except (OSError, ValueError):
        return False
    if path.suffix.lower() == ".json":
        return _JSON.match(start) is not None
    return path.suffix.lower() == ".csv" and _are_columns(start.split(b"\n")[0].decode(errors="replace").split(","))


def _are_columns(names: Sequence[str]) -> bool:
    return _COLUMNS <= set(names) and not _MORE.isdisjoint(names)
