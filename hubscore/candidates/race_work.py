"""How many forward passes a race may take, before anything ran: bounds, since who is stopped is not known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class RaceWork:
    """The stages of a race over a probe.

    Attributes:
        candidates: how many begin.
        samples: rows of the probe, which those that are left run over.
        stages: rows of the stages before that, rising.
        least: candidates that run to the end in any case.
        layers: those run over all rows once more at the end, for the kernel of their layers.
    """

    candidates: int
    samples: int
    stages: tuple[int, ...]
    least: int
    layers: bool = False

    @property
    def most(self) -> int:
        """Rows through networks where nobody is stopped; as many as without a race.

        Example:
            >>> RaceWork(100, 500, (50, 125, 312), least=6).most
            50000
        """
        return self.candidates * self.samples * (2 if self.layers else 1)

    @property
    def fewest(self) -> int:
        """Rows through networks where the first stage stops all that it may; rows that were seen do not run again.

        Example:
            >>> RaceWork(100, 500, (50, 125, 312), least=6).fewest
            7700
        """
        left = min(self.least, self.candidates)
        further = self.samples - self.stages[0] + (self.samples if self.layers else 0)
        return self.candidates * self.stages[0] + left * further

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON values: the stages and the bounds."""
        return {"stages": list(self.stages), "fewest_forward_rows": self.fewest, "most_forward_rows": self.most}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> RaceWork:
        """Build it from its fields."""
        return cls(**{**data, "stages": tuple(data["stages"])})
