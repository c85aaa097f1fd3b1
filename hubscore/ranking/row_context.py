"""What is known about one checkpoint of a ranking beside its scores."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from hubscore.types import Candidate, Extraction


@dataclass(frozen=True)
class RowContext:
    """What is known about one checkpoint beside its scores.

    Attributes:
        candidate: with parameters and layers as counted on the network.
        extraction: of the probe, without its arrays.
        baselines: by name, none where a fact is not known.
        unknown: the reasons, by name.
    """

    candidate: Candidate
    extraction: Extraction
    baselines: Mapping[str, float | None]
    unknown: Mapping[str, str]
