"""The checkpoints of one ranking, opened on every probe; those that cannot be used are named."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hubscore.errors import CandidateError, UsageError, reason_of
from hubscore.numerics.validation import read_labels
from hubscore.ranking.score_inputs import ProbeResults, ScoreInputs
from hubscore.types import Candidate, Probe, Skipped

Inputs = Mapping[str, ScoreInputs]
"""Of every checkpoint on one probe, by model."""


@dataclass(frozen=True)
class Pool:
    """The checkpoints that can be ranked, and what they are ranked on.

    Attributes:
        results: one for each probe; the first is the probe that the ranking is about.
        inputs: for each probe, of the same models in the order of their names.
        skipped: what was left out, with reasons, in the order of names.
    """

    results: tuple[ProbeResults, ...]
    inputs: tuple[Inputs, ...]
    skipped: tuple[Skipped, ...]

    @property
    def probe(self) -> Probe:
        """The probe that the ranking is about."""
        return self.results[0].probe

    @property
    def models(self) -> Inputs:
        """The inputs on that probe, by model."""
        return self.inputs[0]


def open_pool(candidates: Sequence[Candidate], results: Sequence[ProbeResults], skipped: Sequence[Skipped]) -> Pool:
    """Open every candidate that was run over all probes.

    Args:
        candidates: others than those that were run are ignored.
        results: one for each probe.
        skipped: what was left out before.

    Raises:
        UsageError: labels that cannot be used.
        CandidateError: no candidate is left, with the reason of each.
    """
    opened = [_open(candidates, one) for one in results]
    common = set.intersection(*(set(inputs) for inputs, _ in opened))
    unusable = {item for _, items in opened for item in items}
    left_out = tuple(sorted((*skipped, *unusable), key=lambda item: (item.model, item.reason)))
    if not common:
        reasons = "; ".join(f"{item.model}: {item.reason}" for item in left_out)
        raise CandidateError(
            "No candidate could be ranked", reasons or "there were none", "hubscore plan DATASET shows the candidates"
        )
    usable = [{model: one for model, one in inputs.items() if model in common} for inputs, _ in opened]
    return Pool(tuple(results), tuple(usable), left_out)


def candidate_of(inputs: ScoreInputs) -> Candidate:
    """Return the checkpoint that inputs were opened from.

    Raises:
        UsageError: they were not opened from a candidate.
    """
    if inputs.plain.candidate is None:
        raise UsageError("Nothing is known about a checkpoint", "its inputs were not opened from a candidate")
    return inputs.plain.candidate


def _open(candidates: Sequence[Candidate], results: ProbeResults) -> tuple[dict[str, ScoreInputs], list[Skipped]]:
    inputs, unusable = {}, []
    read_labels(results.probe.labels, results.probe.target)
    for candidate in candidates:
        if candidate.repo_id not in results.extractions:
            continue
        try:
            inputs[candidate.repo_id] = results.inputs(candidate)
        except UsageError as error:  # one bad checkpoint never stops a run
            unusable.append(Skipped(candidate.repo_id, reason_of(error)))
    return dict(sorted(inputs.items())), unusable
