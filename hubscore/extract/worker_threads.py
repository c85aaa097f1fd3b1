"""A thread for each worker: it gives orders, fetches what the worker asks for, and replaces a worker that has ended."""

from __future__ import annotations

import base64
import queue
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, cast

from hubscore.errors import ErrorCode, HubscoreError, StorageError
from hubscore.extract.candidate_locks import CandidateLocks
from hubscore.extract.extraction_task import Fetch
from hubscore.extract.job import Job
from hubscore.extract.launch import worker_devices, worker_environment
from hubscore.extract.messages import pack_error, unpack_error
from hubscore.extract.orders import Order
from hubscore.extract.parked import park_worker, parked_worker
from hubscore.extract.told import Begun, Done, Told, Unkept, Waiting, Warned
from hubscore.extract.worker_process import WorkerProcess
from hubscore.text import duration
from hubscore.types import Candidate, Json

if TYPE_CHECKING:
    from hubscore.extract.supervisor import Supervision

START_SECONDS = 600.0
"""That a worker may take to import its libraries."""
_STARTS = 3
"""So often a worker is started that somebody kills before it is ready."""
_GRACE = 60.0  # seconds after which a worker ends itself, where the run cannot


@dataclass(frozen=True)
class _Again:
    """A candidate whose process somebody killed, while others took memory as well."""

    order: Order


@dataclass(frozen=True)
class _Left:
    """A thread has nothing more to do."""


_Said = Told | _Again | _Left | BaseException


class WorkerThreads:
    """The workers of a run, each behind a thread of this process.

    Args:
        folder: of the job.
        job: what is done.
        supervision: how.
        fetch: returns a candidate's folder; called in the threads.
        fetch_config: the same with at least its configuration.
        forget: told when a candidate's folder is no longer needed.
        locks: of candidates, held here: a worker's clock stands while another run is waited for.
    """

    def __init__(
        self,
        folder: Path,
        job: Job,
        supervision: Supervision,
        fetch: Fetch,
        fetch_config: Fetch,
        forget: Callable[[Candidate], object] | None,
        locks: CandidateLocks,
    ) -> None:
        self._locks = locks
        self.folder, self.job, self.supervision = folder, job, supervision
        self._folders = {"weights": fetch, "config": fetch_config}
        self._forget = forget
        self._said: queue.SimpleQueue[_Said] = queue.SimpleQueue()
        self._todo, self._put_off = deque[Order](), set[int]()
        self._open, self._counting, self._one_fetches = Counter[int](), threading.Lock(), threading.Lock()
        self._stopped = threading.Event()
        self._workers: dict[int, WorkerProcess] = {}

    def run(self, orders: Sequence[Order]) -> Iterator[Told]:
        """Yield what is begun and what is done, in any order; leaving the iterator ends the workers.

        A candidate whose process is killed while several are at work is done once more, alone, when all others are
        through: another may have taken the memory.

        Raises:
            HubscoreError: a worker cannot start, or something other than a candidate is wrong.
        """
        try:
            self._open.update(one.index for one in orders)
            again = yield from self._round(orders, min(self.supervision.processes, len(orders)))
            if again:
                yield from self._round(again, 1)
        finally:
            self._stopped.set()
            for worker in list(self._workers.values()):
                worker.kill()

    def _round(self, orders: Sequence[Order], count: int) -> Generator[Told, None, list[Order]]:
        """Yield what the workers tell; return what is to be done again."""
        self._todo.extend(orders)
        devices, again = worker_devices(self.supervision.device, count), list[Order]()
        for number in range(count):
            work = (number, devices[number], count)
            threading.Thread(target=self._drive, args=work, name=f"hubscore-{number}", daemon=True).start()
        while count:
            said = self._said.get()
            if isinstance(said, BaseException):
                raise said
            if isinstance(said, _Again):
                again.append(said.order)
            elif isinstance(said, _Left):
                count -= 1
            else:
                yield said
        return again

    def _drive(self, number: int, device: str, count: int) -> None:
        """Have one candidate after the other done by a worker, as long as there are any."""
        try:
            while self._todo and not self._stopped.is_set():
                try:
                    order = self._next()
                except IndexError:  # another thread was faster
                    break
                if order.part == 0:
                    self._said.put(Begun(order.index))
                waits, candidate = partial(self._waits, number, order.index), self.job.candidates[order.index]
                with self._locks.held(candidate, waits, self._stopped.is_set, part=(order.part, order.parts)):
                    worker = self._workers.get(number) or self._start(number, device, count)
                    ended = self._conversation(worker, order, alone=count == 1)
                    if isinstance(ended, _Again) or ended.fatal:
                        self._workers.pop(number).kill()
                if isinstance(ended, Done):
                    self._done_with(candidate, order.index)
                self._said.put(ended)
            if number in self._workers:
                self._part(self._workers.pop(number), device, count)
            self._said.put(_Left())
        except BaseException as error:
            self._said.put(error)

    def _next(self) -> Order:
        """Take the next order; a candidate that another run has in work is put off once, behind all others.

        Raises:
            IndexError: there is none.
        """
        while True:
            order = self._todo.popleft()
            whole = order.parts == 1 and order.index not in self._put_off
            if not (whole and self._todo and self._locks.busy(self.job.candidates[order.index])):
                return order
            self._put_off.add(order.index)
            self._todo.append(order)

    def _done_with(self, candidate: Candidate, index: int) -> None:
        """Forget a candidate's files once the last of its parts is done."""
        with self._counting:
            self._open[index] -= 1
            last = self._open[index] == 0
        if last and self._forget is not None:
            self._forget(candidate)

    def _waits(self, number: int, index: int) -> None:
        """Say that another run has a candidate in work; a worker that nobody tells anything would end meanwhile."""
        self._said.put(Waiting(index))
        worker = self._workers.pop(number, None)
        if worker is not None:
            worker.end()

    def _part(self, worker: WorkerProcess, device: str, count: int) -> None:
        """Keep a worker for the next pass of the run, or let it end."""
        if self.supervision.keep:
            park_worker(device, worker_environment(count), worker)
        else:
            worker.end()

    def _start(self, number: int, device: str, count: int) -> WorkerProcess:
        """Return a worker that has the job: one that an earlier pass has left, or else a new one."""
        environment = worker_environment(count)
        left = parked_worker(device, environment) if self.supervision.keep else None
        if left is not None and self._takes_job(left, number):
            return left
        why = ""
        for _ in range(_STARTS):
            worker = WorkerProcess(device, environment)
            try:
                if self._takes_job(worker, number):
                    return worker
                death = worker.death()
                why = worker.last_words() or death.reason
            except TimeoutError:
                worker.kill()
                why = f"it was not ready after {duration(START_SECONDS)}"
                break
            if death.sure or self._stopped.is_set():  # what is missing now is missing the next time
                break
        fix = "--isolate never, which runs candidates in the process of the run"
        raise HubscoreError("A worker process cannot start", why, fix, code=ErrorCode.PROCESS_DIED)

    def _takes_job(self, worker: WorkerProcess, number: int) -> bool:
        """Give a worker the job; False where it has ended.

        Raises:
            TimeoutError: it says nothing.
        """
        self._workers[number] = worker
        if self._stopped.is_set():
            worker.kill()
        worker.send({"say": "job", "folder": str(self.folder)})
        while (message := worker.receive(START_SECONDS)) is not None:
            if message["say"] == "ready":
                return True
            self._heed(message)
        return False

    def _conversation(self, worker: WorkerProcess, order: Order, *, alone: bool) -> Done | _Again:
        """Have a candidate done, or a part of it; the clock stands while something is fetched for it."""
        candidate, begun = self.job.candidates[order.index], time.monotonic()
        limit = left = self.supervision.seconds(candidate)
        worker.send({"say": "run", **asdict(order), "seconds": left + _GRACE})
        while True:
            asked = time.monotonic()
            try:
                message = worker.receive(max(left, 0.0))
            except TimeoutError:
                reason = f"took longer than {duration(limit)}, and was stopped; --timeout-per-model gives it more time"
                return _fatal(order, begun, ErrorCode.TIMED_OUT, reason)
            left -= time.monotonic() - asked
            if message is None:
                death = worker.death()
                if not (death.sure or alone):
                    return _Again(order)
                return _fatal(order, begun, death.code, death.reason, remembered=death.sure)
            if message["say"] in self._folders:
                worker.send({**self._fetched(message["say"], candidate, order), "seconds": left + _GRACE})
            elif message["say"] in ("done", "skipped"):
                return _done(order, begun, message)
            else:
                self._heed(message)

    def _heed(self, message: Json) -> None:
        """Pass on what is not an answer."""
        if message["say"] == "failed":
            raise unpack_error(message["error"])
        if message["say"] == "warning":
            self._said.put(Warned(message["text"]))
        elif message["say"] == "kept":
            error = cast(StorageError, unpack_error(message["error"]))
            self._said.put(Unkept(message["path"], base64.b64decode(message["content"]), error))

    def _fetched(self, what: str, candidate: Candidate, order: Order) -> Json:
        try:
            with self._one_fetches if order.parts > 1 else nullcontext():  # the others then find it there
                return {"say": "folder", "path": str(self._folders[what](candidate))}
        except HubscoreError as error:
            return {"say": "refused", "error": pack_error(error)}


def _done(order: Order, begun: float, message: Json) -> Done:
    seconds, images = time.monotonic() - begun, int(message["images"])
    if message["say"] == "done":
        return Done(order, seconds, keys=tuple(message["keys"]), images=images)
    return Done(order, seconds, images=images, reason=message["reason"])


def _fatal(order: Order, begun: float, code: ErrorCode, reason: str, *, remembered: bool = True) -> Done:
    return Done(order, time.monotonic() - begun, reason=reason, code=code, fatal=True, remembered=remembered)
