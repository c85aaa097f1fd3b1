"""The extraction of a run, in one process or in several; and what is asked of the layers."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from hubscore.candidates.candidate_set import CandidateSet
from hubscore.errors import UsageError
from hubscore.extract.ahead import DiskRoom
from hubscore.extract.distributed import launched_processes
from hubscore.extract.extract_all import ExtractionOutcome, collect
from hubscore.extract.launch import wanted_processes
from hubscore.extract.layer_request import LayerRequest
from hubscore.extract.orders import most_parts
from hubscore.extract.row_ids import row_ids
from hubscore.extract.stream import CandidateResult, extract_each
from hubscore.extract.supervisor import LEAST_SECONDS, Supervision
from hubscore.hub.client import free_bytes
from hubscore.ranking.best_layer import BEST, needs_labels, with_best_layer
from hubscore.run.rounds import MOST_ROUNDS, in_rounds
from hubscore.types import Candidate, Probe

if TYPE_CHECKING:
    from hubscore.run.rank_options import RankOptions
    from hubscore.run.session import Session

TIMES_PLAN = 10.0
"""A worker may take so many times what the plan says."""


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
    """Run every candidate over a probe and return all that came of it; arguments as of :func:`extract_stream`."""
    found = {one.candidate.repo_id: one for one in extract_stream(session, candidates, probe, transform, layers)}
    return collect([found[one.repo_id] for one in candidates])


def extract_stream(
    session: Session,
    candidates: Sequence[Candidate],
    probe: Probe,
    transform: str = "own",
    layers: LayerRequest | None = None,
) -> Generator[CandidateResult]:
    """Yield what becomes of every candidate over a probe as it is finished, in any order.

    What is in the cache is read here, and the rest is run by workers, so that a candidate that ends its process costs
    nothing but itself. Here, too, where the run is not to be isolated, or where a launcher started several processes.

    Args:
        session: says how, and where.
        candidates: with unique ``repo_id``.
        probe: the rows of all probes.
        transform: ``own`` or ``whole``.
        layers: how kernels of the layers are made, or none.

    Raises:
        StorageError: the store cannot be written; what it held stays.
        UsageError: the device is not there, or what must be isolated cannot be.
    """
    run = session.run
    forget: Callable[[Candidate], object] | None = partial(_evict, session) if run.evict else None

    def once(left: Sequence[Candidate]) -> Iterator[CandidateResult]:
        return extract_each(
            left,
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
            precision=run.precision,
            progress=session.observer.event,
            supervision=supervision(session, len(left), parts=most_parts(len(set(row_ids(probe))))),
        )

    if run.hidden_layers == BEST and probe.labels is None:
        raise needs_labels()
    # Processes of a launcher meet after each round, and know of no losses but their own.
    rounds = MOST_ROUNDS if launched_processes() == 1 else 1
    outcomes = in_rounds(once, candidates, session.downloader.outage, session.observer.another_round, rounds=rounds)
    for one in outcomes:
        yield one if one.extraction is None else replace(one, extraction=with_best_layer(one.extraction, probe))


def _evict(session: Session, candidate: Candidate) -> None:
    if candidate.repo_id not in session.kept:
        session.downloader.evict(candidate)


def supervision(session: Session, candidates: int, *, times: float = 1.0, parts: int = 1) -> Supervision | None:
    """Return how the workers of a run are started and watched; none where the run computes by itself.

    Args:
        session: of the run.
        candidates: how many there are.
        times: how often what the plan says a candidate takes.
        parts: that the rows of a candidate may go into, where there are fewer candidates than workers.
    """
    run = session.run
    count = wanted_processes(run.processes, run.device, candidates, parts)
    if run.isolation == "never" and count == 1:
        return None

    def seconds(candidate: Candidate) -> float:
        return allowed_seconds(session, candidate, times)

    room = DiskRoom(free_bytes, held=int(run.budget_gb * 1e9) if run.evict else None)
    return Supervision(count, run.device, seconds, run.retry, keep=True, unportable=partial(_told, session), room=room)


def allowed_seconds(session: Session, candidate: Candidate, times: float = 1.0) -> float:
    """Return how long a worker may take for a candidate: as asked for, or ten times what the plan says, and then at
    least ten minutes.
    """
    asked = session.run.timeout_per_model
    if asked is not None:
        return float(asked)
    return max(LEAST_SECONDS, TIMES_PLAN * times * session.seconds.get(candidate.repo_id, 0.0))


def _told(session: Session, reason: str) -> None:
    """Say why candidates are not isolated; where they must be, stop."""
    if session.run.isolation == "always":
        raise UsageError("Cannot run the candidates in processes of their own", reason, "--isolate auto")
    session.observer.not_isolated(reason)
