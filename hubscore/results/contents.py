"""What a results data set holds, whether it lies on the Hub or in a folder."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from hubscore.errors import StorageError
from hubscore.results import leaderboard as board
from hubscore.results.runs import check_schema
from hubscore.text import parse_json
from hubscore.types import Json

if TYPE_CHECKING:
    import pyarrow as pa

PARQUET = "leaderboard.parquet"
ROWS = "leaderboard.json"
SCORES = "scores.json"
OPTOUT = "optout.txt"
CARD = "README.md"
TASK_VECTORS = "task_vectors.json"
TASK_VECTOR = "task_vector"
"""Key of a run's record: what a proxy network sees in the data set."""
ABOUT = "dataset_about.json"
DATASET_ABOUT = "dataset_about"
"""Key of a run's record: what the data set is about, so that people find it."""
READ = (PARQUET, SCORES, OPTOUT, CARD, TASK_VECTORS, ABOUT)
"""The files that an update needs the content of."""
MOST_ROWS = 2_000_000
"""Of a leaderboard; what says that it has more is not read."""


@dataclass(frozen=True)
class Contents:
    """What is there before an update.

    Attributes:
        files: content by path, of the files in :data:`READ` and of the runs that are to be published.
        names: every path, whether its content was read or not.
    """

    files: Mapping[str, bytes] = field(default_factory=dict)
    names: Collection[str] = ()

    def has(self, path: str) -> bool:
        """Whether there is such a file."""
        return path in self.files or path in self.names

    def table(self) -> pa.Table:
        """Return the leaderboard, empty where there is none.

        Raises:
            StorageError: it is damaged, or a newer hubscore wrote it.
        """
        return read_table(self.files[PARQUET]) if PARQUET in self.files else board.empty()

    def scores(self) -> Json:
        """Return the descriptions of scores."""
        return read_scores(self.files[SCORES]) if SCORES in self.files else {}


def read_table(content: bytes) -> pa.Table:
    """Read ``leaderboard.parquet``.

    Raises:
        StorageError: it is damaged, or a newer hubscore wrote it.
    """
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    try:
        file = pq.ParquetFile(pa.BufferReader(content))
        if file.metadata.num_rows > MOST_ROWS:
            raise pa.ArrowInvalid(f"it says that it has {file.metadata.num_rows:,} rows, more than {MOST_ROWS:,}")
        table = file.read()
    except (pa.ArrowException, OSError) as error:
        fix = "restore the file from an earlier commit, or publish to another --results-repo"
        raise StorageError(f"Cannot read {PARQUET}", str(error).splitlines()[0], fix) from error
    if missing := [name for name in (*board.KEY, "run", "date", "schema") if name not in table.column_names]:
        raise StorageError(
            f"Cannot read {PARQUET}",
            f"it has no column {missing[0]!r}, so it is not a leaderboard",
            "another --results-repo",
        )
    if len(table):
        check_schema(pc.max(table["schema"]).as_py(), PARQUET)
    return table.replace_schema_metadata(None)


def read_scores(content: bytes) -> Json:
    """Read ``scores.json``.

    Raises:
        StorageError: it is damaged.
    """
    try:
        data = parse_json(content)
    except ValueError as error:
        raise StorageError(
            f"Cannot read {SCORES}", f"it is not JSON ({error})", "delete the file; it is written again"
        ) from error
    if not isinstance(data, dict):
        raise StorageError(f"Cannot read {SCORES}", "it holds no scores", "delete the file; it is written again")
    return data


def read_optout(content: bytes) -> frozenset[str]:
    """Return the owners and models that want no pull request, in lower case."""
    lines = content.decode("utf-8-sig", "replace").splitlines()
    return frozenset(name for line in lines if (name := line.partition("#")[0].strip().lower()))
