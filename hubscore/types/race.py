"""How a race over the rows of a probe went."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from hubscore.types.open_record import OpenRecord, reads


@dataclass(frozen=True)
class RaceStage(OpenRecord):
    """One stage before the last.

    Attributes:
        rows: of the probe, that every candidate of the stage ran over.
        candidates: how many were compared on them.
        stopped: how many of those went no further.
        forward_images: rows that went through networks for it; those of earlier stages were in the cache.
    """

    rows: int = 0
    candidates: int = 0
    stopped: int = 0
    forward_images: int = 0


def _stages(data: Sequence[Any]) -> tuple[RaceStage, ...]:
    return tuple(RaceStage.from_json(one) for one in data)


@dataclass(frozen=True)
class Race(OpenRecord):
    """A race: candidates that surely are not among the first run over a part of the rows only.

    Attributes:
        stages: before the last one, in which those that are left run over all rows.
        rows: that the candidates of the last stage ran over.
        candidates: how many these are.
        budget: seconds that the race might take, none without a limit.
        next: what would have come next, where the budget was spent; empty where the race ran to its end.
        text: how candidates were stopped, in words.
    """

    stages: tuple[RaceStage, ...] = field(default=(), metadata=reads(_stages))
    rows: int = 0
    candidates: int = 0
    budget: float | None = None
    next: str = ""
    text: str = ""
