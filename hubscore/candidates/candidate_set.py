"""What a search or a list of names came to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from hubscore.types import Candidate, Skipped


@dataclass(frozen=True)
class CandidateSet:
    """Candidates, what was skipped by name, and what a search left out.

    Attributes:
        candidates: in order of preference, ``repo_id`` unique.
        skipped: what the person named and cannot be ranked, with the reason.
        left_out_names: what a search passed over, by reason.
        input_sizes: by ``repo_id``, where the configuration or the name tells; of images the pixels per side.
        estimated_bytes: size by ``repo_id`` where only the number of parameters is known; an estimate.
        examined: how many repos of the listing were looked at.
        more: the listing went on when the limit or the end of the scan was reached.
        scanned_out: it was the end of the scan.
    """

    candidates: tuple[Candidate, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    left_out_names: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    estimated_bytes: Mapping[str, int] = field(default_factory=dict)
    input_sizes: Mapping[str, int] = field(default_factory=dict)
    examined: int = 0
    more: bool = False
    scanned_out: bool = False

    @property
    def left_out(self) -> dict[str, int]:
        """How many repos a search passed over, by reason."""
        return {reason: len(names) for reason, names in self.left_out_names.items()}

    def __len__(self) -> int:
        return len(self.candidates)
