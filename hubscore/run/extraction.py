"""The extraction of a run, in one process or in several; and what is asked of the layers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from hubscore.candidates.candidate_set import CandidateSet
from hubscore.extract.extract_all import ExtractionOutcome, extract_all
from hubscore.extract.launch import Job, launch, wanted_processes
from hubscore.extract.layer_request import LayerRequest
from hubscore.types import Candidate, Probe, Skipped

if TYPE_CHECKING:
    from hubscore.run.rank_options import RankOptions
    from hubscore.run.session import Session


def layer_request(
    ranking: RankOptions, found: CandidateSet, everyone: CandidateSet, probes: Sequence[Probe], *, seed: int
) -> LayerRequest | None:
    """Return how the kernels of the layers are made for a ranking; none where no score reads them.

    Args:
        ranking: which scores.
        found: the candidates.
        everyone: those, and a reference network, which needs no kernel.
        probes: that everyone runs over, one behind the other.
        seed: of the run.
    """
    from hubscore.run.validation import needs_layers

    if not needs_layers(ranking.scores, layers=ranking.layers, unlabeled=probes[0].labels is None):
        return None
    ranked = {one.repo_id for one in found.candidates}
    others = frozenset(one.repo_id for one in everyone.candidates if one.repo_id not in ranked)
    return LayerRequest(seed=seed, parts=tuple(map(len, probes)), without=others)


def extract(
    session: Session,
    candidates: Sequence[Candidate],
    probe: Probe,
    transform: str = "own",
    layers: LayerRequest | None = None,
) -> ExtractionOutcome:
    """Run every candidate over a probe; what several processes stored is then read from the cache.

    Args:
        session: says how, and where.
        candidates: with unique ``repo_id``.
        probe: the rows of all probes.
        transform: ``own`` or ``whole``.
        layers: how kernels of the layers are made, or none.
    """
    run, failed, forwards = session.run, dict[str, Skipped](), 0
    progress = session.observer.event
    count = wanted_processes(run.processes, run.device, len(candidates))
    if count > 1:
        store = str(session.cache.root)
        job = Job(
            tuple(candidates), probe, store, run.device, run.input_size, run.batch_size, run.evict, transform, layers
        )
        launched = launch(job, count, token=run.token, progress=progress)
        failed, forwards = {item.model: item for item in launched.skipped}, launched.forward_images
        layers = None if layers is None else replace(layers, failed=launched.without_layers)
    forget: Callable[[Candidate], object] | None = session.downloader.evict if run.evict else None
    outcome = extract_all(
        [one for one in candidates if one.repo_id not in failed],
        probe,
        fetch=session.downloader.download,
        fetch_config=session.downloader.download_config,
        store=session.cache,
        forget=forget,
        device=run.device,
        input_size=run.input_size,
        batch_size=run.batch_size,
        transform=transform,
        layers=layers,
        progress=None if count > 1 else progress,
    )
    skipped = failed | {item.model: item for item in outcome.skipped}
    ordered = tuple(skipped[one.repo_id] for one in candidates if one.repo_id in skipped)
    return ExtractionOutcome(outcome.extractions, ordered, outcome.forward_images + forwards)
