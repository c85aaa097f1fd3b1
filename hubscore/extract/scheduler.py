"""Candidates shared out over processes: each does its part, what is wrong with one never stops the others, all know
everything.
"""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from typing import Generic, TypeVar

from hubscore.errors import CandidateError, HubError, StorageError, reason_of
from hubscore.extract.cache import FeatureCache
from hubscore.extract.candidate_locks import CandidateLocks
from hubscore.extract.distributed import ProcessGroup
from hubscore.extract.events import (
    CandidateFinished,
    CandidateSkipped,
    CandidateStarted,
    CandidateWaiting,
    Event,
    Progress,
)
from hubscore.types import Candidate, Skipped

T = TypeVar("T")
CacheKeys = tuple[str, ...]


class CandidateTask(ABC, Generic[T]):
    """What is done with each candidate.

    Attributes:
        forward_images: how many items went through networks so far, in this process.
    """

    forward_images: int = 0

    @abstractmethod
    def result(self, candidate: Candidate) -> T:
        """Do it, or find it in the store; it is in the store afterwards.

        Raises:
            CandidateError: it cannot be done.
            HubError: the candidate cannot be fetched.
        """

    @abstractmethod
    def cache_keys(self, name: str, result: T) -> CacheKeys:
        """Return what another process finds a result by; ``name`` is the candidate's ``repo_id``."""

    def part(self, candidate: Candidate, part: int, parts: int) -> CacheKeys:
        """Do some of the candidate's rows; once all parts are done, the result is found by the keys of the first.

        Args:
            candidate: which.
            part: from 0.
            parts: how many there are; more than one only where :attr:`hubscore.extract.job.Job.parts` allows it.

        Raises:
            CandidateError, HubError: as :meth:`result`.
        """
        raise NotImplementedError

    @abstractmethod
    def stored(self, name: str, keys: CacheKeys) -> T:
        """Return the result of another process from the store."""


@dataclass(frozen=True)
class Ended(Generic[T]):
    """What became of one candidate: a result, or the reason why there is none; the items run for it; and what another
    process finds the result by.
    """

    candidate: Candidate
    result: T | None
    skipped: Skipped | None
    forward_images: int
    keys: CacheKeys = ()


@dataclass(frozen=True)
class GatheredResults(Generic[T]):
    """Results by ``repo_id``, in the order of the candidates; the skipped ones; the items run over all processes."""

    results: dict[str, T]
    skipped: tuple[Skipped, ...]
    forward_images: int


def each_here(
    task: CandidateTask[T],
    candidates: Sequence[Candidate],
    *,
    progress: Progress | None = None,
    forget: Callable[[Candidate], object] | None = None,
    locks: CandidateLocks,
) -> Iterator[Ended[T]]:
    """Do candidates in this process; yield each as it is done, and keep nothing of it. One that another run has in
    work is waited for, and then read.
    """
    tell, waited = progress or _silent, list[str]()

    def waits(name: str, index: int) -> None:
        if not waited:
            tell(CandidateWaiting(name, index, len(candidates)))
        waited.append(name)

    for index, candidate in enumerate(_free_first(candidates, locks), 1):
        before = task.forward_images
        lock = locks.held(candidate, partial(waits, candidate.repo_id, index))
        made = _guarded(task, candidate, index, len(candidates), tell, lock)
        if forget is not None:
            forget(candidate)
        images = task.forward_images - before
        if isinstance(made, Skipped):
            yield Ended(candidate, None, made, images)
        else:
            yield Ended(candidate, made, None, images, task.cache_keys(candidate.repo_id, made))
        del made


def _free_first(candidates: Sequence[Candidate], locks: CandidateLocks) -> Iterator[Candidate]:
    """Yield candidates in their order; those that another run has in work when their turn comes, behind all others."""
    left, last = list(candidates), list[Candidate]()
    while left:
        one = left.pop(0)
        if left and locks.busy(one):
            last.append(one)
        else:
            yield one
    yield from last


def shared(
    ended: Iterable[Ended[T]], task: CandidateTask[T], candidates: Sequence[Candidate], ranks: ProcessGroup
) -> Iterator[Ended[T]]:
    """Yield this process's share of the candidates as it is done, then what the others did.

    Results travel through the store, only names, keys, reasons and counts between processes.
    """
    done: list[tuple[str, CacheKeys | Skipped, int]] = []
    for one in ended:
        done.append((one.candidate.repo_id, one.skipped or one.keys, one.forward_images))
        yield one
        del one
    known, own = {one.repo_id: one for one in candidates}, {name for name, _, _ in done}
    for name, told, images in ranks.gather(done):
        if name not in own and isinstance(told, Skipped):
            yield Ended(known[name], None, told, images)
        elif name not in own and not isinstance(told, Skipped):
            yield Ended(known[name], task.stored(name, told), None, images, told)


def not_found(store: FeatureCache, name: str) -> StorageError:
    """Return the error for what another process stored and this one does not find."""
    why = f"another process stored them, but not where this one looks ({store.root})"
    return StorageError(
        f"Cannot find the features of {name!r}", why, "--cache-dir DIR on a disk that all processes share"
    )


def _silent(event: Event) -> None:
    """Tell nobody."""


def _guarded(
    task: CandidateTask[T],
    candidate: Candidate,
    index: int,
    total: int,
    progress: Progress,
    lock: AbstractContextManager[None],
) -> T | Skipped:
    """Do one candidate; whatever is wrong with it becomes a reason."""
    name, began = candidate.repo_id, time.perf_counter()
    progress(CandidateStarted(name, index, total))
    before = task.forward_images
    try:
        with lock:
            result = task.result(candidate)
    except (CandidateError, HubError) as error:
        reason = reason_of(error)
        progress(CandidateSkipped(name, index, total, time.perf_counter() - began, reason))
        return Skipped(name, reason)
    progress(CandidateFinished(name, index, total, time.perf_counter() - began, cached=task.forward_images == before))
    return result
