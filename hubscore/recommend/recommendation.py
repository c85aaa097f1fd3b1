"""What a recommendation is: models in order, with where each number comes from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class RecommendedModel:
    """One model of a recommendation; every number of it is an estimate from other data sets.

    Attributes:
        rank: 1 is first.
        model: its name.
        score: what orders the models, in the units of the history.
        trans: what the transfer space says; none for a model without history.
        meta: what its parameters, depth and architecture say.
        mean_history: mean standing on past data sets, in standard deviations; none without one.
        interval: where 90 % of such predictions lay, relative to the other models; none where that is not known.
        known: whether it has a history; without one the score is META alone.
        datasets: on how many past data sets it has a value.
        revision: the commit that its newest value is of.
        parameters: how many.
        family: architecture family.
        license: the licence tag of its card.
    """

    rank: int
    model: str
    score: float | None
    trans: float | None
    meta: float
    mean_history: float | None
    interval: tuple[float, float] | None
    known: bool
    datasets: int
    revision: str | None = None
    parameters: int | None = None
    family: str | None = None
    license: str | None = None

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return asdict(self) | {"interval": None if self.interval is None else list(self.interval)}


@dataclass(frozen=True)
class Recommendation:
    """Models that deserve a forward pass on a data set, best first.

    Attributes:
        dataset: for which.
        rows: the models.
        by: which number orders them.
        score: what the history holds.
        alpha: weight of META.
        dimensions: of the transfer space.
        considered: how many models there were to choose from.
        notes: what must be said with it, in sentences.
    """

    dataset: str
    rows: tuple[RecommendedModel, ...]
    by: str
    score: str
    alpha: float
    dimensions: int
    considered: int
    notes: tuple[str, ...] = ()

    @property
    def models(self) -> tuple[str, ...]:
        """Their names, best first: what ``rank(models=...)`` takes."""
        return tuple(row.model for row in self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[RecommendedModel]:
        return iter(self.rows)

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return asdict(self) | {"rows": [row.to_json() for row in self.rows], "notes": list(self.notes)}
