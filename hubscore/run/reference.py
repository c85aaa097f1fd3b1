"""The reference network of a ranking: one that was trained on the target, or gets a linear head on it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from hubscore.candidates.candidate_set import CandidateSet
from hubscore.candidates.downloader import Downloader
from hubscore.errors import CandidateError, UsageError
from hubscore.extract.cache import FeatureCache
from hubscore.extract.concat import split_extractions
from hubscore.extract.events import Progress
from hubscore.extract.extract_all import ExtractionOutcome
from hubscore.ranking.score_inputs import PENULTIMATE, ProbeResults, features_of
from hubscore.run.linear_head import linear_head_outputs
from hubscore.types import Candidate, Extraction, Probe

if TYPE_CHECKING:
    from hubscore.attribution.explainer import Objective

_EXPLAINED: tuple[tuple[str, str, Objective], ...] = (
    ("maps", "saliency", "mean"),
    ("nodes", "gradient_x_input", "norm"),
)
"""Which maps are compared: those of the attribution paper, and DEPARA's nodes (Eq. 3)."""


def check_reference(reference: str | None, *, head: bool, unlabeled: bool) -> None:
    """Refuse a head that has nothing to sit on, or nothing to learn from.

    Raises:
        UsageError: either is so.
    """
    if head and reference is None:
        raise UsageError("--reference-head needs a network to sit on", "", "--reference ID --reference-head")
    if head and unlabeled:
        raise UsageError(
            "--reference-head and --unlabeled exclude each other", "a head is trained on the labels", "drop one"
        )


def with_reference(found: CandidateSet, guide: Candidate | None) -> CandidateSet:
    """Return the candidates and the reference network, which may be one of them."""
    if guide is None or any(one.repo_id == guide.repo_id for one in found.candidates):
        return found
    return replace(found, candidates=(*found.candidates, guide))


def apply_reference(
    outcome: ExtractionOutcome,
    probes: Sequence[Probe],
    guide: Candidate | None,
    *,
    maps: Mapping[str, Mapping[str, np.ndarray]],
    head: bool,
    seed: int,
) -> Iterator[ProbeResults]:
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
        raise CandidateError(
            f"The reference network {guide.repo_id!r} cannot be used", why, "--reference ID of another network"
        )
    start = 0
    for probe, extractions in zip(probes, split_extractions(outcome.extractions, probes), strict=True):
        rows = slice(start, start + len(probe))
        start = rows.stop
        of_rows = {kind: {model: values[rows] for model, values in by_model.items()} for kind, by_model in maps.items()}
        reference = None if guide is None else extractions[guide.repo_id]
        yield ProbeResults(
            probe,
            extractions,
            _headed(reference, probe, seed) if reference is not None and head else reference,
            of_rows,
        )


def _headed(reference: Extraction, probe: Probe, seed: int) -> Extraction:
    outputs = linear_head_outputs(features_of(reference), probe, seed=seed)
    return replace(reference, features={PENULTIMATE: outputs})


def make_maps(
    candidates: Sequence[Candidate],
    probe: Probe,
    *,
    store: FeatureCache,
    token: str | bool | None = None,
    device: str = "auto",
    input_size: int | None = None,
    batch_size: int | None = None,
    evict: bool = False,
    begin: Callable[[str], None] = lambda method: None,
    progress: Progress | None = None,
) -> tuple[dict[str, dict[str, np.ndarray]], dict[str, dict[str, str]], int]:
    """Make the attribution maps that a ranking compares.

    Returns:
        Maps by kind as :class:`~hubscore.ranking.score_inputs.ProbeResults` has them and by model, in the same way why
        a model has none, and how many images went through networks forwards and backwards.
    """
    from hubscore.attribution import attribute_all

    downloader, maps, skipped, images = Downloader(token), {}, {}, 0
    for kind, method, objective in _EXPLAINED:
        begin(method)
        outcome = attribute_all(
            candidates,
            probe,
            fetch=downloader.download,
            fetch_config=downloader.download_config,
            store=store,
            methods=(method,),
            objective=objective,
            device=device,
            input_size=input_size,
            batch_size=batch_size,
            progress=progress,
            forget=downloader.evict if evict else None,
        )
        maps[kind] = {model: found.maps[method] for model, found in outcome.attributions.items()}
        skipped[kind] = {item.model: item.reason for item in outcome.skipped}
        images += outcome.forward_images
    return maps, skipped, images
