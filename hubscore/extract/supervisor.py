"""Candidates in worker processes that the run watches: what one of them does to its process costs that one alone.

A worker does many candidates, so that libraries are imported once. Results travel through the store; the run reads them
from there. Files are fetched by the run, for the workers know no token.
"""

from __future__ import annotations

import tempfile
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hubscore.errors import CandidateError, ErrorCode, HubError, StorageError, reason_of
from hubscore.extract.ahead import Ahead, DiskRoom
from hubscore.extract.cache import FeatureCache
from hubscore.extract.candidate_locks import CandidateLocks
from hubscore.extract.distributed import cost, longest_first, resolve_device
from hubscore.extract.events import CandidateFinished, CandidateSkipped, CandidateStarted, CandidateWaiting, Progress
from hubscore.extract.extraction_task import Fetch
from hubscore.extract.job import Job
from hubscore.extract.notes import KnownKeys, Refused
from hubscore.extract.orders import Order, shared_orders
from hubscore.extract.portable import NotPortableError, write_job
from hubscore.extract.scheduler import CandidateTask, Ended, each_here
from hubscore.extract.told import Begun, Done, Unkept, Waiting, Warned, join_parts
from hubscore.extract.worker_threads import WorkerThreads
from hubscore.types import Candidate, Skipped

LEAST_SECONDS = 600.0
"""That a candidate may take at least, where nobody says how many."""


@dataclass(frozen=True)
class Supervision:
    """How workers are started and watched.

    Attributes:
        processes: workers at work at the same time.
        device: for all of them, ``auto`` or as torch names it; several share the accelerators of that kind.
        seconds: what a candidate may take, its download aside.
        retry: run again also what ended its process before.
        keep: whether workers stay for a while, for the next pass of the same process.
        unportable: told why candidates run in this process after all, where the probe or a modality exists in it alone;
            it may raise.
        room: on the disk, for the files of the next candidates; none where nothing is fetched before it is asked for.
    """

    processes: int = 1
    device: str = "auto"
    seconds: Callable[[Candidate], float] = field(default=lambda candidate: LEAST_SECONDS)
    retry: bool = False
    keep: bool = False
    unportable: Callable[[str], None] = field(default=lambda reason: None)
    room: DiskRoom | None = None


def supervised(
    job: Job,
    *,
    store: FeatureCache,
    fetch: Fetch,
    fetch_config: Fetch,
    forget: Callable[[Candidate], object] | None = None,
    progress: Progress | None = None,
    supervision: Supervision | None = None,
) -> Iterator[Ended[Any]]:
    """Yield what becomes of every candidate of a job as it is finished: what is stored first, then what workers do.

    Where everything is stored, no worker is started. A candidate that ends its process (a crash, too little memory, too
    much time) is skipped with that reason, a fresh worker goes on with the others, and the cache remembers it.
    Leaving the iterator ends the workers.

    Args:
        job: what is done.
        store: the cache, whose folder the job names.
        fetch: returns a candidate's folder, downloaded if need be; called here, in threads.
        fetch_config: returns a folder that holds at least its configuration.
        forget: told when a candidate's folder is no longer needed.
        progress: told when a candidate starts and how it ends.
        supervision: how workers are started and watched.

    Raises:
        StorageError: the store cannot be written; what it held stays.
        UsageError: the device is not there.
        HubscoreError: a worker cannot start.
    """
    run = _Run(job, store, fetch, fetch_config, forget, progress, supervision or Supervision())
    yield from run.stored()
    if not run.left:
        return
    with ExitStack() as stack:
        try:
            folder = Path(stack.enter_context(_folder()))
            write_job(job, folder / "job.pickle")
        except NotPortableError as reason:
            run.supervision.unportable(str(reason))
        else:
            yield from run.computed(folder)
            return
    yield from run.computed_here()


def _folder() -> tempfile.TemporaryDirectory[str]:
    try:
        return tempfile.TemporaryDirectory(prefix="hubscore-", ignore_cleanup_errors=True)
    except OSError as error:
        raise NotPortableError(f"there is no place for temporary files ({error.strerror or error})") from error


class _Run:
    """One pass over the candidates: what is known of them, and what is still to be done."""

    def __init__(
        self,
        job: Job,
        store: FeatureCache,
        fetch: Fetch,
        fetch_config: Fetch,
        forget: Callable[[Candidate], object] | None,
        progress: Progress | None,
        supervision: Supervision,
    ) -> None:
        self.job, self.supervision, self._fetch, self._forget = job, supervision, fetch, forget
        self._fetch_config, self._progress, self._store = fetch_config, progress, store
        self._task: CandidateTask[Any] = job.recipe.make(
            fetch=fetch, fetch_config=fetch_config, store=store, device=supervision.device
        )
        self._known, self._refused = KnownKeys(store.root), Refused(store.root)
        self._locks = CandidateLocks(store.root, job.recipe.identity)
        self._begun, self._waited = set[str](), False
        self.left: list[int] = []

    def stored(self) -> Iterator[Ended[Any]]:
        """Yield the candidates whose results are stored and those that ended a worker before; note the others."""
        for index, candidate in enumerate(self.job.candidates):
            ended = self._refusal(candidate) or self._from_store(candidate)
            if ended is None:
                self.left.append(index)
                continue
            self._begin(candidate)
            if self._forget is not None:
                self._forget(candidate)
            yield self._end(ended, 0.0)

    def computed(self, folder: Path) -> Iterator[Ended[Any]]:
        """Yield what workers make of the others; once more what was stored and is gone, for somebody cleared the cache
        meanwhile.
        """
        order, gone = self._order(), list[int]()
        with self._ahead(list(dict.fromkeys(one.index for one in order))) as files:
            for done in self._told(folder, order, files):
                ended = self._ended(done)
                if ended is None:
                    gone.append(done.order.index)
                else:
                    yield self._end(ended, done.seconds)
        if not gone:
            return
        with self._ahead(gone) as files:
            for done in self._told(folder, [Order(index) for index in gone], files):
                candidate = self.job.candidates[done.order.index]
                reason = f"its results vanish from {self._store.root}"
                yield self._end(self._ended(done) or _skipped(candidate, reason, done.images), done.seconds)

    def _told(self, folder: Path, order: Sequence[Order], files: Ahead) -> Iterator[Done]:
        """Yield what workers make of some candidates, once all parts of one are done; heed what else they tell."""
        parts = dict[int, list[Done]]()
        fetched = (files.weights, files.config, files.forget)
        for told in WorkerThreads(folder, self.job, self.supervision, *fetched, self._locks).run(order):
            if isinstance(told, Begun):
                self._begin(self.job.candidates[told.index])
            elif isinstance(told, Waiting):
                self._wait(self.job.candidates[told.index])
            elif isinstance(told, Warned):
                warnings.warn(told.text, RuntimeWarning, stacklevel=2)
            elif isinstance(told, Unkept):
                self._store.keep(self._store.root / told.path, told.content, told.error)
            else:
                done = parts.setdefault(told.order.index, [])
                done.append(told)
                if len(done) == told.order.parts:
                    yield join_parts(done)

    def computed_here(self) -> Iterator[Ended[Any]]:
        """Yield what this process makes of the others."""
        device = resolve_device(self.supervision.device)
        left = [self.job.candidates[index] for index in self.left]
        with self._ahead(self.left) as files:
            task = self.job.recipe.make(
                fetch=files.weights, fetch_config=files.config, store=self._store, device=device
            )
            yield from each_here(task, left, progress=self._progress, forget=files.forget, locks=self._locks)

    def _ahead(self, order: Sequence[int]) -> Ahead:
        """Return what fetches the files of those that are run, ahead where there is room for them."""
        return Ahead(
            [self.job.candidates[index] for index in order],
            fetch=self._fetch,
            fetch_config=self._fetch_config,
            forget=self._forget,
            room=self.supervision.room,
        )

    def _order(self) -> list[Order]:
        """Return what is left: in order for one worker; the largest first for several, so that none begins the longest
        when the others are done. Where workers are left over, candidates are shared out by rows.
        """
        if self.supervision.processes == 1:
            return [Order(index) for index in self.left]
        places = {self.job.candidates[index].repo_id: index for index in self.left}
        largest = longest_first([self.job.candidates[index] for index in self.left])
        costs = {places[one.repo_id]: cost(one) for one in largest}
        return shared_orders(costs, self.supervision.processes, self.job.parts)

    def _refusal(self, candidate: Candidate) -> Ended[Any] | None:
        identity = self.job.recipe.identity(candidate)
        if self.supervision.retry:
            self._refused.forget(identity)
            return None
        found = self._refused.find(identity, self.supervision.seconds(candidate))
        return None if found is None else _skipped(candidate, found.text)

    def _from_store(self, candidate: Candidate) -> Ended[Any] | None:
        keys = self._known.find(self.job.recipe.identity(candidate))
        if keys is None:
            return None
        try:
            self._fetch_config(candidate)  # what its configuration says is asked for later
            return Ended(candidate, self._task.stored(candidate.repo_id, keys), None, 0, keys)
        except (StorageError, HubError):  # not, or no longer, all of it; or it is asked for again, and skipped by name
            return None
        except CandidateError as error:
            return _skipped(candidate, reason_of(error))

    def _ended(self, told: Done) -> Ended[Any] | None:
        """Read what a worker stored, or say why it stored nothing; none where it is gone again."""
        candidate = self.job.candidates[told.order.index]
        identity = self.job.recipe.identity(candidate)
        if told.keys is None:
            if told.remembered:
                seconds = self.supervision.seconds(candidate)
                self._refused.remember(identity, told.reason, told.code or ErrorCode.PROCESS_DIED, seconds)
            return _skipped(candidate, told.reason, told.images)
        try:
            result = self._task.stored(candidate.repo_id, told.keys)
        except CandidateError as error:
            return _skipped(candidate, reason_of(error), told.images)
        except StorageError:
            return None
        if self.job.recipe.lasting(told.keys):
            self._known.remember(identity, told.keys)
        return Ended(candidate, result, None, told.images, told.keys)

    def _begin(self, candidate: Candidate) -> None:
        if candidate.repo_id in self._begun:  # once more: it counts once
            return
        self._begun.add(candidate.repo_id)
        if self._progress is not None:
            self._progress(CandidateStarted(candidate.repo_id, len(self._begun), len(self.job.candidates)))

    def _wait(self, candidate: Candidate) -> None:
        if self._progress is not None and not self._waited:
            self._progress(CandidateWaiting(candidate.repo_id, len(self._begun), len(self.job.candidates)))
        self._waited = True

    def _end(self, ended: Ended[Any], seconds: float) -> Ended[Any]:
        if self._progress is not None:
            name, index, total = ended.candidate.repo_id, len(self._begun), len(self.job.candidates)
            self._progress(
                CandidateSkipped(name, index, total, seconds, ended.skipped.reason)
                if ended.skipped is not None
                else CandidateFinished(name, index, total, seconds, cached=ended.forward_images == 0)
            )
        return ended


def _skipped(candidate: Candidate, reason: str, images: int = 0) -> Ended[Any]:
    return Ended(candidate, None, Skipped(candidate.repo_id, reason), images)
