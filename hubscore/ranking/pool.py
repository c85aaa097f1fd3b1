"""The checkpoints of one ranking, scored each by itself; those that cannot be used are named."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from hubscore.errors import CandidateError, UsageError
from hubscore.ranking.numbers import Numbers
from hubscore.ranking.row_context import RowContext
from hubscore.ranking.score_inputs import ProbeResults, ScoreInputs
from hubscore.types import Candidate, Probe, Skipped


@dataclass(frozen=True, eq=False)
class ModelScores:
    """What a ranking needs of one checkpoint.

    Attributes:
        context: what is known beside the scores.
        numbers: its scores, or its part of those that are defined over the set.
        head: whether it has source logits.
        samples: rows of its smallest probe.
        inputs: on every probe, where a score over the set needs the arrays of all; else empty.
    """

    context: RowContext
    numbers: Numbers
    head: bool
    samples: int
    inputs: tuple[ScoreInputs, ...] = ()


@dataclass(frozen=True, eq=False)
class Pool:
    """The checkpoints that can be ranked, and what they are ranked on.

    Attributes:
        results: one for each probe; the first is the probe that the ranking is about.
        models: in the order of their names.
        skipped: what was left out, with reasons, in the order of names.
    """

    results: tuple[ProbeResults, ...]
    models: Mapping[str, ModelScores]
    skipped: tuple[Skipped, ...]

    @property
    def probe(self) -> Probe:
        """The probe that the ranking is about."""
        return self.results[0].probe

    @property
    def contexts(self) -> dict[str, RowContext]:
        """What is known of every checkpoint beside its scores, by model."""
        return {model: one.context for model, one in self.models.items()}

    @property
    def heads(self) -> bool:
        """Whether every checkpoint has source logits."""
        return all(one.head for one in self.models.values())


def make_pool(results: Iterable[ProbeResults], models: Mapping[str, ModelScores], skipped: Iterable[Skipped]) -> Pool:
    """Put scored checkpoints together.

    Args:
        results: one for each probe.
        models: by name.
        skipped: what was left out.

    Raises:
        CandidateError: no candidate is left, with the reason of each.
    """
    left_out = tuple(sorted(skipped, key=lambda item: (item.model, item.reason)))
    if not models:
        reasons = "; ".join(f"{item.model}: {item.reason}" for item in left_out)
        raise CandidateError(
            "No candidate could be ranked", reasons or "there were none", "hubscore plan DATASET shows the candidates"
        )
    return Pool(tuple(results), dict(sorted(models.items())), left_out)


def candidate_of(inputs: ScoreInputs) -> Candidate:
    """Return the checkpoint that inputs were opened from.

    Raises:
        UsageError: they were not opened from a candidate.
    """
    if inputs.plain.candidate is None:
        raise UsageError("Nothing is known about a checkpoint", "its inputs were not opened from a candidate")
    return inputs.plain.candidate
