"""What an extraction run tells while it goes; nothing here prints."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar, Literal

Kind = Literal["started", "waiting", "finished", "skipped"]


@dataclass(frozen=True)
class CandidateStarted:
    """A candidate is about to be fetched and run; ``index`` of ``total`` counts from 1, in this process."""

    model: str
    index: int
    total: int
    kind: ClassVar[Kind] = "started"


@dataclass(frozen=True)
class CandidateWaiting:
    """Another run on the same cache has the candidate in work, and is waited for; told once a run."""

    model: str
    index: int
    total: int
    kind: ClassVar[Kind] = "waiting"


@dataclass(frozen=True)
class CandidateFinished:
    """A candidate's extraction is stored; ``cached`` when it was there already and nothing was run."""

    model: str
    index: int
    total: int
    seconds: float
    cached: bool
    kind: ClassVar[Kind] = "finished"


@dataclass(frozen=True)
class CandidateSkipped:
    """A candidate cannot be used, for a reason."""

    model: str
    index: int
    total: int
    seconds: float
    reason: str
    kind: ClassVar[Kind] = "skipped"


Event = CandidateStarted | CandidateWaiting | CandidateFinished | CandidateSkipped
Progress = Callable[[Event], None]
