"""What the threads behind the workers tell the run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from hubscore.errors import ErrorCode, StorageError
from hubscore.extract.orders import Order


@dataclass(frozen=True)
class Begun:
    """A worker has been told to do a candidate."""

    index: int


@dataclass(frozen=True)
class Waiting:
    """Another run has a candidate in work."""

    index: int


@dataclass(frozen=True)
class Done:
    """What a worker made of a candidate, or of a part of it.

    Attributes:
        order: which.
        seconds: that it took.
        keys: by which its results are found; none where it is skipped.
        images: that went through its network.
        reason: why it is skipped.
        code: of what ended its worker.
        fatal: whether something did.
        remembered: whether the candidate was the cause, so that it is not run again.
    """

    order: Order
    seconds: float
    keys: tuple[str, ...] | None = None
    images: int = 0
    reason: str = ""
    code: ErrorCode | None = None
    fatal: bool = False
    remembered: bool = False


@dataclass(frozen=True)
class Warned:
    """A worker's library has warned of something."""

    text: str


@dataclass(frozen=True)
class Unkept:
    """A file of the cache, by its place there, that a worker could not write, and why."""

    path: str
    content: bytes
    error: StorageError


Told = Begun | Waiting | Done | Warned | Unkept


def join_parts(parts: Sequence[Done]) -> Done:
    """Return what became of a candidate whose parts were done by several workers at the same time.

    What is wrong with one part is wrong with the candidate. The keys are those of the first part, which has done what
    is not done row by row.
    """
    ordered = sorted(parts, key=lambda one: one.order.part)
    wrong = [one for one in ordered if one.keys is None]
    worst = max(wrong, key=lambda one: (one.remembered, one.fatal, -one.order.part)) if wrong else ordered[0]
    return replace(worst, seconds=max(one.seconds for one in parts), images=sum(one.images for one in parts))
