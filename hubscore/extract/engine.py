"""A task over candidates, in worker processes or in the process that asks: who calls never knows which."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from hubscore.extract.cache import FeatureCache
from hubscore.extract.candidate_locks import CandidateLocks
from hubscore.extract.distributed import assign_candidates, join_process_group, launched_processes
from hubscore.extract.events import Progress
from hubscore.extract.extraction_task import Fetch
from hubscore.extract.job import Job, Recipe
from hubscore.extract.notes import KnownKeys
from hubscore.extract.scheduler import Ended, GatheredResults, each_here, shared
from hubscore.extract.supervisor import Supervision, supervised
from hubscore.types import Candidate


def each(
    recipe: Recipe,
    candidates: Sequence[Candidate],
    *,
    store: FeatureCache,
    fetch: Fetch,
    fetch_config: Fetch | None = None,
    forget: Callable[[Candidate], object] | None = None,
    progress: Progress | None = None,
    device: str = "auto",
    supervision: Supervision | None = None,
    parts: int = 1,
) -> Iterator[Ended[Any]]:
    """Yield what becomes of every candidate as it is finished, in any order.

    Args:
        recipe: of the task.
        candidates: with unique ``repo_id``.
        store: where results are kept.
        fetch: returns a candidate's folder, downloaded if need be.
        fetch_config: returns a folder that holds at least its configuration; ``fetch`` by default.
        forget: told when a candidate's folder is no longer needed.
        progress: told when a candidate of this process starts and how it ends.
        device: ``auto`` or as torch names it.
        supervision: of workers, which then do what is not stored; without, this process does it. Where a launcher
            started several processes, each has its share of the candidates, and a worker of its own for them.
        parts: that a candidate's rows may go into, where there are more workers than candidates.

    Raises:
        StorageError: the store cannot be written; what it held stays.
        UsageError: the device is not there.
    """
    configured = fetch_config or fetch
    ranks = None if supervision is not None and launched_processes() == 1 else join_process_group(device)
    mine = tuple(candidates) if ranks is None else assign_candidates(candidates, ranks)
    place = device if ranks is None else ranks.device
    task = recipe.make(fetch=fetch, fetch_config=configured, store=store, device=place)
    if supervision is None:
        locks = CandidateLocks(store.root, recipe.identity)
        ended = _noted(each_here(task, mine, progress=progress, forget=forget, locks=locks), recipe, store)
    else:
        ended = supervised(
            Job(recipe, mine, str(store.root), parts=parts),
            store=store,
            fetch=fetch,
            fetch_config=configured,
            forget=forget,
            progress=progress,
            supervision=replace(supervision, device=place),
        )
    yield from ended if ranks is None else shared(ended, task, candidates, ranks)


def _noted(ended: Iterable[Ended[Any]], recipe: Recipe, store: FeatureCache) -> Iterator[Ended[Any]]:
    """Note by which keys results are found, as runs with workers do."""
    known = KnownKeys(store.root)
    for one in ended:
        if one.keys and recipe.lasting(one.keys):
            known.remember(recipe.identity(one.candidate), one.keys)
        yield one
        del one


def gather(ended: Iterable[Ended[Any]], candidates: Sequence[Candidate]) -> GatheredResults[Any]:
    """Return all that became of candidates, in their order."""
    found = {one.candidate.repo_id: one for one in ended}
    ordered = [found[candidate.repo_id] for candidate in candidates]
    return GatheredResults(
        {one.candidate.repo_id: one.result for one in ordered if one.result is not None},
        tuple(one.skipped for one in ordered if one.skipped is not None),
        sum(one.forward_images for one in ordered),
    )
