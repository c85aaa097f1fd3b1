"""The ranking itself: a score, a row, and all rows in order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from hubscore.types.inputs import Json, JsonRecord, Skipped

if TYPE_CHECKING:
    import pandas as pd

SCHEMA = 1
"""Version of the saved ranking; a renamed key needs a new number."""


@dataclass(frozen=True)
class Score(JsonRecord):
    """One number about one checkpoint, or the reason why there is none."""

    name: str
    value: float | None
    reason: str | None = None
    seed: int | None = None
    milliseconds: float | None = None

    def __post_init__(self) -> None:
        if (self.value is None) == (self.reason is None):
            raise ValueError(f"score {self.name!r} needs either a value or a reason")


@dataclass(frozen=True)
class Row(JsonRecord):
    """One line of a ranking; the keys of the saved JSON.

    Attributes:
        rank: 1 is best; models of one tie group share it.
        model: the candidate's ``repo_id``.
        consensus: mean percentile over score families, 0 to 1, none when no score is defined.
        consensus_ci: 95 % interval.
        rank_ci: 95 % interval of the rank.
        tie_group: rows of one group cannot be told apart.
        mean_rank: plain mean over the defined scores of the rank within each score.
        scores: by name, the defined ones.
        undefined: by name of a score or a baseline, the reason why it has no value.
        score_sd: standard error by name.
        score_ci: 95 % interval by name.
        baselines: size, downloads, likes, capacity, random and so on, by name.
        seconds: wall time of this candidate's extraction.
    """

    rank: int
    model: str
    revision: str
    library: str
    parameters: int | None = None
    license: str | None = None
    scores: Mapping[str, float] = field(default_factory=dict)
    undefined: Mapping[str, str] = field(default_factory=dict)
    consensus: float | None = None
    consensus_ci: tuple[float, float] | None = None
    rank_ci: tuple[float, float] | None = None
    tie_group: int | None = None
    mean_rank: float | None = None
    score_sd: Mapping[str, float] = field(default_factory=dict)
    score_ci: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    baselines: Mapping[str, float | None] = field(default_factory=dict)
    layers: int | None = None
    bytes: int | None = None
    family: str | None = None
    seconds: float | None = None


@dataclass(frozen=True)
class Ranking(JsonRecord):
    """Candidates in order for one data set, with everything needed to judge and repeat it."""

    rows: tuple[Row, ...]
    skipped: tuple[Skipped, ...]
    probe: Json
    agreement: Json
    scores: Json
    record: Json
    schema: int = SCHEMA

    @classmethod
    def from_json(cls, data: Json) -> Ranking:
        """Read a saved ranking; rows and skipped become records again, the rest stays as it was written."""
        plain = {key: data[key] for key in ("probe", "agreement", "scores", "record") if key in data}
        return cls(
            rows=tuple(Row.from_json(row) for row in data["rows"]),
            skipped=tuple(Skipped.from_json(item) for item in data["skipped"]),
            schema=data["schema"],
            **plain,
        )

    @property
    def best(self) -> Row:
        """The first row."""
        return self.rows[0]

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows)

    def to_pandas(self) -> pd.DataFrame:
        """Return one line a model, scores as columns of their own."""
        from hubscore.report.flat_rows import to_pandas

        return to_pandas(self)

    def save(self, path: str) -> None:
        """Write ``.json``, ``.csv``, ``.parquet``, ``.md`` or ``.html``, by the ending of ``path``."""
        from hubscore.report.files import save

        save(self, path)

    @classmethod
    def load(cls, path: str) -> Ranking:
        """Read a ranking that was saved as ``.json``."""
        from hubscore.report.files import load

        return load(path)

    def _repr_html_(self) -> str:
        from hubscore.report.html import fragment

        return fragment(self)
