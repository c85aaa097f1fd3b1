"""The reference network of a ranking: one that was trained on the target, or gets a linear head on it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np

from hubscore.candidates.found import Found
from hubscore.errors import CandidateError, UsageError
from hubscore.extract.runner import Outcome
from hubscore.extract.several import apart
from hubscore.ranking.columns import choose
from hubscore.ranking.head import head_outputs
from hubscore.ranking.views import PENULTIMATE, Probed, features_of
from hubscore.types import Candidate, Extraction, Probe

MAPS = frozenset({"maps", "nodes"})


def check_reference(reference: str | None, *, head: bool, unlabeled: bool) -> None:
    """Refuse a head that has nothing to sit on, or nothing to learn from.

    Raises:
        UsageError: either is so.
    """
    if head and reference is None:
        raise UsageError("--reference-head needs a network to sit on", "", "--reference ID --reference-head")
    if head and unlabeled:
        raise UsageError("--reference-head and --unlabeled exclude each other", "a head is trained on the labels", "drop one")


def with_reference(found: Found, guide: Candidate | None) -> Found:
    """Return the candidates and the reference network, which may be one of them."""
    if guide is None or any(one.repo_id == guide.repo_id for one in found.candidates):
        return found
    return replace(found, candidates=(*found.candidates, guide))


def needs_maps(scores: str | Sequence[str], *, unlabeled: bool, head: bool) -> bool:
    """Say whether attribution maps are to be made: where they are named, and for "all" scores where there are no labels.

    Maps take a backward pass a network; with labels the consensus does not use them. A linear head has no maps of its own.
    """
    if head:
        return False
    lacking = () if unlabeled else ("reference_maps", "reference_nodes")
    return any(column.info.needs & MAPS for column in choose(scores, lacking=lacking))


def compared(
    outcome: Outcome,
    probes: Sequence[Probe],
    guide: Candidate | None,
    *,
    maps: Mapping[str, Mapping[str, np.ndarray]],
    head: bool,
    seed: int,
) -> Iterator[Probed]:
    """Yield what came of each probe, with the reference network beside it.

    Args:
        outcome: over all probes together.
        probes: in their order.
        guide: the reference network, or none.
        maps: by kind and model, over all probes together.
        head: whether the reference is a linear head on it.
        seed: of the head's folds.

    Raises:
        CandidateError: the reference network could not be run.
    """
    if guide is not None and guide.repo_id not in outcome.extractions:
        why = next((item.reason for item in outcome.skipped if item.model == guide.repo_id), "it was not run")
        raise CandidateError(f"The reference network {guide.repo_id!r} cannot be used", why, "--reference ID of another network")
    start = 0
    for probe, extractions in zip(probes, apart(outcome.extractions, probes), strict=True):
        rows = slice(start, start + len(probe))
        start = rows.stop
        of_rows = {kind: {model: values[rows] for model, values in by_model.items()} for kind, by_model in maps.items()}
        reference = None if guide is None else extractions[guide.repo_id]
        yield Probed(probe, extractions, _headed(reference, probe, seed) if reference is not None and head else reference, of_rows)


def _headed(reference: Extraction, probe: Probe, seed: int) -> Extraction:
    outputs = head_outputs(features_of(reference), probe, seed=seed)
    return replace(reference, features={PENULTIMATE: outputs})
