"""One candidate of a plan."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class PlanRow:
    """One candidate before it is downloaded.

    Attributes:
        parameters: as the weights' header has them; up to one percent too many where the Hub tells only a total with
            buffers in it.
        bytes: what it takes on disk, none where unknown.
        estimated: ``bytes`` was estimated from the number of parameters.
        cached: how many of the bytes are on this machine already.
        seconds: estimated, download and forward passes together.
        input_size: pixels per side that the list of candidates asks for.
        stored: share of the forward passes of which the results are in the feature cache, 0 to 1.
        fetched: whether its weights are needed, which they are not where all is in the feature cache.
    """

    model: str
    revision: str
    library: str
    family: str | None
    license: str | None
    parameters: int | None
    bytes: int | None
    estimated: bool
    cached: int
    seconds: float
    input_size: int | None = None
    stored: float = 0.0
    fetched: bool = True

    @property
    def to_download(self) -> int:
        """Bytes still to come."""
        return max((self.bytes or 0) - self.cached, 0) if self.fetched else 0
