"""The ranking itself: a score, a row, and all rows in order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, overload

from hubscore.types.description import Agreement, ProbeDescription, ScoreDescription
from hubscore.types.inputs import Json, JsonRecord
from hubscore.types.measured import Measured
from hubscore.types.open_record import OpenRecord, each, optional, reads, tuples
from hubscore.types.record import RunRecord

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd
    from matplotlib.axes import Axes

SCHEMA = 1
"""Version of the saved ranking; a renamed key needs a new number."""


@dataclass(frozen=True)
class Skipped(OpenRecord):
    """Something left out of a run, by name, with the reason.

    Attributes:
        model: its name.
        reason: in words.
        hint: the reason is a suspicion for whoever ranks, and is never published.
        code: of the error, where the Hub failed and nothing is wrong with the model.
    """

    model: str
    reason: str
    hint: bool = field(default=False, metadata=optional())
    code: str | None = field(default=None, metadata=optional())


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
class Row(OpenRecord):
    """One row of a ranking; the keys of the saved JSON.

    Attributes:
        rank: 1 is best; models of one tie group share it.
        model: the candidate's ``repo_id``.
        consensus: mean percentile over score families, 0 to 1, none when no score is defined.
        consensus_ci: 95 % interval.
        rank_ci: 95 % interval of the rank: by fine-tuning where there is an expected accuracy, else by consensus.
        tie_group: rows of one group cannot be told apart.
        mean_rank: plain mean over the defined scores of the rank within each score.
        scores: by name, the defined ones.
        undefined: by name of a score or a baseline, the reason why it has no value.
        score_sd: standard error by name.
        score_ci: 95 % interval by name.
        baselines: size, downloads, likes, capacity, random and so on, by name.
        seconds: wall time of this candidate's extraction.
        declares_this_data: its card, or that of its base model, names the probe's data set as training data.
        expected: estimated accuracy after fine-tuning, 0 to 1; none where none can be predicted.
        expected_ci: its 90 % interval, from how wrong such estimates have been.
        expected_sd: error of the expected accuracy relative to the other models, in radians on the scale arcsin sqrt.
        p_best: probability that it becomes the best of these models, 0 to 1; none without an expected accuracy.
        shortlist: it is in the smallest set that holds the truly best with the probability that the record gives.
        notes: what a reader must know of this row's estimate.
        history: mean standing among the models that were fine-tuned on other data sets, in standard deviations.
        reported: accuracy after fine-tuning on this very data set, by a table of others; it enters nothing.
        measured: what a short fine-tuning of it reached, where it was among the first models and these were fine-tuned.
        head: what a new head on it as it is reached, where that was asked for; it orders nothing.
        combined: its expected accuracy and what was measured, put together by their errors, 0 to 1: an estimate of the
            accuracy after full fine-tuning that orders the measured models.
        rows: of the probe, that its numbers rest on; none where a file does not say.
        stage: of a race, that it was stopped after: it stands below all that ran on, and its numbers, which rest on
            fewer rows, are not compared with theirs; none where it ran to the end.
        same_classes: its own classes have the names of the probe's: a hint, never published.
        probe_scores: values on each of several fresh probes, by score, and of the consensus; ``scores`` are the means.
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
    consensus_ci: tuple[float, float] | None = field(default=None, metadata=reads(tuples))
    rank_ci: tuple[float, float] | None = field(default=None, metadata=reads(tuples))
    tie_group: int | None = None
    mean_rank: float | None = None
    score_sd: Mapping[str, float] = field(default_factory=dict)
    score_ci: Mapping[str, tuple[float, float]] = field(default_factory=dict, metadata=reads(each(tuples)))
    baselines: Mapping[str, float | None] = field(default_factory=dict)
    layers: int | None = None
    bytes: int | None = None
    family: str | None = None
    seconds: float | None = None
    declares_this_data: bool = False
    expected: float | None = None
    expected_ci: tuple[float, float] | None = field(default=None, metadata=reads(tuples))
    expected_sd: float | None = field(default=None, metadata=optional())
    p_best: float | None = None
    shortlist: bool = False
    notes: tuple[str, ...] = field(default=(), metadata=optional(tuples))
    history: float | None = field(default=None, metadata=optional())
    reported: float | None = field(default=None, metadata=optional())
    measured: Measured | None = field(default=None, metadata=optional(Measured.from_json))
    head: Measured | None = field(default=None, metadata=optional(Measured.from_json))
    combined: float | None = field(default=None, metadata=optional())
    rows: int | None = field(default=None, metadata=optional())
    stage: int | None = field(default=None, metadata=optional())
    same_classes: bool = field(default=False, metadata=optional())
    probe_scores: Mapping[str, tuple[float | None, ...]] = field(default_factory=dict, metadata=optional(each(tuples)))

    @property
    def measured_accuracy(self) -> float | None:
        """Accuracy after the short fine-tuning, 0 to 1; none where there was none."""
        return None if self.measured is None else self.measured.accuracy

    @property
    def head_accuracy(self) -> float | None:
        """Accuracy of a new head on the network as it is, 0 to 1; none where none was trained."""
        return None if self.head is None else self.head.accuracy

    @property
    def measured_images(self) -> int | None:
        """On how many rows that was measured."""
        return None if self.measured is None else self.measured.images


def _rows(data: Sequence[Json]) -> tuple[Row, ...]:
    return tuple(Row.from_json(row) for row in data)


def _skipped(data: Sequence[Json]) -> tuple[Skipped, ...]:
    return tuple(Skipped.from_json(item) for item in data)


@dataclass(frozen=True)
class Ranking(OpenRecord):
    """Candidates in order for one data set, with everything needed to judge and repeat it.

    Attributes:
        rows: best first.
        skipped: what was left out, with reasons.
        probe: the rows of the data set that every candidate was run over.
        agreement: which scores order the models alike.
        scores: what each score is, by name.
        record: what somebody needs to repeat the ranking.
        schema: version of the saved form.
    """

    rows: tuple[Row, ...] = field(metadata=reads(_rows))
    skipped: tuple[Skipped, ...] = field(metadata=reads(_skipped))
    probe: ProbeDescription = field(default_factory=ProbeDescription, metadata=reads(ProbeDescription.from_json))
    agreement: Agreement = field(default_factory=Agreement, metadata=reads(Agreement.from_json))
    scores: Mapping[str, ScoreDescription] = field(
        default_factory=dict, metadata=reads(each(ScoreDescription.from_json))
    )
    record: RunRecord = field(default_factory=RunRecord, metadata=reads(RunRecord.from_json))
    schema: int = SCHEMA

    @property
    def best(self) -> Row:
        """The first row."""
        return self.rows[0]

    @property
    def shortlist(self) -> tuple[Row, ...]:
        """The rows to fine-tune: the smallest set that holds the truly best with the probability that the record
        gives; empty without expected accuracies.
        """
        return tuple(row for row in self.rows if row.shortlist)

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows)

    @overload
    def __getitem__(self, place: int | str) -> Row: ...

    @overload
    def __getitem__(self, place: slice) -> tuple[Row, ...]: ...

    def __getitem__(self, place: int | str | slice) -> Row | tuple[Row, ...]:
        """Return a row by its place, best first, or by the name of its model; rows by a slice of places."""
        if not isinstance(place, str):
            return self.rows[place]
        try:
            return next(row for row in self.rows if row.model == place)
        except StopIteration:
            raise KeyError(place) from None

    def __contains__(self, item: object) -> bool:
        """Whether a model, by its name, or a row is in the ranking."""
        return any(item in (row.model, row) for row in self.rows)

    def __repr__(self) -> str:
        """Return a short table, as it stands on a terminal."""
        from hubscore.report.terminal import text_table

        return text_table(self, most=10)

    def to_pandas(self) -> pd.DataFrame:
        """Return one row per model, scores as columns of their own."""
        from hubscore.report.flat_rows import to_pandas

        return to_pandas(self)

    def to_datasets(self) -> Any:
        """Return :meth:`to_pandas` as a ``datasets.Dataset``: one row per model."""
        from hubscore.report.flat_rows import to_datasets

        return to_datasets(self)

    def plot(self, kind: Literal["estimate", "size"] = "estimate", *, ax: Axes | None = None) -> Axes:
        """Draw the estimate that orders the models.

        Args:
            kind: ``"estimate"`` draws it with its interval, best first; ``"size"`` against the parameters.
            ax: axes of matplotlib to draw on; new ones by default.

        Returns:
            The axes.

        Raises:
            UsageError: another kind, or there is nothing to draw.
        """
        from hubscore.report.ranking_plot import draw_ranking

        return draw_ranking(self, kind, ax)

    def save(self, path: str | Path) -> None:
        """Write ``.json``, ``.csv``, ``.parquet``, ``.md`` or ``.html``, by the ending of ``path``."""
        from hubscore.report.files import save

        save(self, path)

    @classmethod
    def load(cls, path: str) -> Ranking:
        """Read a ranking that was saved as ``.json``."""
        from hubscore.results.saved_ranking import load_ranking

        return load_ranking(path)

    def _repr_html_(self) -> str:
        from hubscore.report.html import fragment

        return fragment(self)
