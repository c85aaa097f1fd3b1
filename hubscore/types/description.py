"""What a ranking says of its scores and of its probe: data for a reader, without the values themselves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from hubscore.types.inputs import Json, label_note
from hubscore.types.open_record import OpenRecord, optional, reads, tuples


@dataclass(frozen=True)
class Saturation(OpenRecord):
    """How many models have the best value that a score can take.

    Attributes:
        value: the best.
        models: how many have it.
    """

    value: float | None = None
    models: int | None = None


@dataclass(frozen=True)
class ScoreDescription(OpenRecord):
    """What a reader of a ranking needs to know about one score.

    Attributes:
        title: its full name.
        direction: ``higher`` or ``lower`` is better.
        range: as text, for example ``-inf .. 0.0``.
        paper: where it was published.
        plain_words: what it ``measures``, when it ``misleads``, and how to read a value (``reading``).
        options: with which it was computed.
        family: scores of one family share one vote in the consensus.
        checked_against: what the implementation was compared with.
        pool: whether a value depends on the other models.
        reduce: dimensions of an exact PCA before it.
        base: the score that this one adds capacity to.
        averaged: whether the consensus averages it.
        defined: for how many models it has a value.
        saturated: the models at the best possible value, where there are several.
    """

    title: str | None = None
    direction: str = "higher"
    range: str = ""
    paper: str = ""
    plain_words: Mapping[str, str] | str = field(default_factory=dict)
    options: Mapping[str, Any] = field(default_factory=dict)
    family: str | None = None
    checked_against: str | None = None
    pool: bool = False
    reduce: int | None = field(default=None, metadata=optional())
    base: str | None = field(default=None, metadata=optional())
    averaged: bool | None = None
    defined: int | None = None
    saturated: Saturation | None = field(default=None, metadata=optional(Saturation.from_json))

    @property
    def lower_is_better(self) -> bool:
        """Whether smaller values promise more."""
        return self.direction == "lower"

    @property
    def words(self) -> Mapping[str, str]:
        """The plain words by name, also where a file has them as one text."""
        return self.plain_words if isinstance(self.plain_words, Mapping) else {"measures": self.plain_words}


@dataclass(frozen=True)
class Agreement:
    """Kendall's tau-b between orders of the models; none where it is not defined.

    Attributes:
        between: of two scores, by their names.
        consensus: of the consensus with each baseline, none where a file does not say.
        order: of the expected accuracies with each baseline, none where they did not order the models.
    """

    between: Mapping[str, Mapping[str, float | None]] = field(default_factory=dict)
    consensus: Mapping[str, float | None] | None = None
    order: Mapping[str, float | None] | None = None

    def tau(self, score: str, other: str) -> float | None:
        """Return tau-b between two scores, none where it is not defined."""
        return self.between.get(score, {}).get(other)

    @property
    def with_baselines(self) -> Mapping[str, float | None]:
        """Tau-b of what ordered the models with each baseline: the expected accuracies, or the consensus."""
        return (self.consensus if self.order is None else self.order) or {}

    def to_json(self) -> Json:
        """Return one object: the scores, and ``consensus`` and ``order`` last."""
        known = {"consensus": self.consensus, "order": self.order}
        own = {name: dict(taus) for name, taus in known.items() if taus is not None}
        return {name: dict(taus) for name, taus in self.between.items()} | own

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """Build it from :meth:`to_json`'s values."""
        between = {name: taus for name, taus in data.items() if name not in ("consensus", "order")}
        return cls(between, data.get("consensus"), data.get("order"))


@dataclass(frozen=True)
class ProbeDescription(OpenRecord):
    """What names the rows of a probe again: neither labels nor items.

    Attributes:
        dataset: the Hub id, or the path as given.
        config: the data set's configuration, where it has several.
        split: which split the rows come from.
        revision: the data set's commit sha; none for local data.
        indices: row numbers in the split, in probe order.
        classes: class names, in label order.
        target: what the labels are.
        fingerprint: hash of the rows' bytes and labels, in order.
        seed: of the draw.
        dropped: rows that could not be decoded, by name.
        notes: how the rows were drawn where that is not the plain way.
        population: rows in the split before sampling.
        image_column: where the items were found, images or not; see :attr:`input_column`.
        label_column: where the labels were found.
        label_source: what the label column holds, and how it was decided that it is the label.
        bytes_read: what was downloaded or read to draw the rows.
        modality: what kind of input the items are.
        samples: how many rows.
        labelled: whether there are labels.
        fresh: further probes of the same data: ``seed``, ``fingerprint`` and ``indices`` of each.
        n_classes: how many classes, where their names were left out.
        redacted: names were left out, because the data set is not public.
    """

    dataset: str | None = None
    config: str | None = None
    split: str | None = None
    revision: str | None = None
    indices: tuple[int, ...] = field(default=(), metadata=reads(tuples))
    classes: tuple[str, ...] = field(default=(), metadata=reads(tuples))
    target: str | None = None
    fingerprint: str | None = None
    seed: int | None = None
    dropped: tuple[Json, ...] = field(default=(), metadata=reads(tuples))
    notes: tuple[str, ...] = field(default=(), metadata=reads(tuples))
    population: int | None = None
    image_column: str | None = None
    label_column: str | None = None
    label_source: str | None = None
    bytes_read: int | None = None
    modality: str = "image"
    samples: int | None = None
    labelled: bool | None = None
    fresh: tuple[Mapping[str, Any], ...] = field(default=(), metadata=optional(tuples))
    n_classes: int | None = field(default=None, metadata=optional())
    redacted: bool = field(default=False, metadata=optional())

    @property
    def label_note(self) -> str | None:
        """What is the label, in words; the first of the notes where there are labels."""
        return label_note(self.label_column, self.label_source)

    @property
    def input_column(self) -> str | None:
        """Where the items were found."""
        return self.image_column

    @property
    def size(self) -> int:
        """How many rows, also where a file gives only their numbers."""
        return len(self.indices) if self.samples is None else self.samples

    @property
    def is_whole(self) -> bool:
        """Whether it is all rows of the split, so that no more can be drawn."""
        return self.population is not None and self.size >= self.population
