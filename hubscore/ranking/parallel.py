"""Work on several checkpoints at once: threads, since most of the time is spent outside the interpreter's lock."""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Hashable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import ExitStack
from threading import Event, Lock
from types import TracebackType
from typing import Generic, Self, TypeVar

from threadpoolctl import threadpool_limits

K = TypeVar("K", bound=Hashable)
R = TypeVar("R")
Tick = Callable[[], None]
MOST = 8
"""Threads; more wait for the interpreter's lock."""


class _StoppedError(Exception):
    """Another thread failed, or somebody pressed Ctrl-C."""


def usable() -> int:
    """Cores that this process may use, at most 8."""
    if hasattr(os, "sched_getaffinity"):
        return min(len(os.sched_getaffinity(0)), MOST)
    return min(os.cpu_count() or 1, MOST)


def map_threads(
    work: Callable[[K, Tick], R], names: Iterable[K], on_step: Tick, *, workers: int | None = None
) -> dict[K, R]:
    """Do the same work for every name, several at a time, each with one BLAS thread: the results are those of one at a
    time.

    Args:
        work: takes a name and a function to call at every step; where a run is stopped that function raises.
        names: in the order of the answer.
        on_step: called at every step, never by two threads at once.
        workers: threads; none for as many as there are cores.

    Returns:
        What ``work`` returned, by name.
    """
    todo = list(names)
    count = min(usable() if workers is None else workers, len(todo))
    if count <= 1:
        return {name: work(name, on_step) for name in todo}
    stopped, lock = Event(), Lock()

    def tick() -> None:
        if stopped.is_set():
            raise _StoppedError
        with lock:
            on_step()

    # The limit is a thread's own matter for some libraries, and the list of warnings to ignore is everybody's.
    with threadpool_limits(1), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*failed to converge", append=True)
        pool = ThreadPoolExecutor(count, thread_name_prefix="score", initializer=threadpool_limits, initargs=(1,))
        try:
            futures = {name: pool.submit(work, name, tick) for name in todo}
            return {name: future.result() for name, future in futures.items()}
        finally:
            stopped.set()
            pool.shutdown(wait=True, cancel_futures=True)


def in_strands(work: Callable[[int], R], numbers: Iterable[int], strands: int) -> list[R]:
    """Do a part of somebody's work for every number, several at a time; the limits are those of whom it is for.

    Args:
        work: takes a number.
        numbers: in the order of the answer.
        strands: how many at a time.
    """
    if strands <= 1:
        return [work(number) for number in numbers]
    with ThreadPoolExecutor(strands, thread_name_prefix="strand", initializer=threadpool_limits, initargs=(1,)) as pool:
        return list(pool.map(work, numbers))


class Lanes(Generic[R]):
    """Work that comes piece by piece and is done beside whatever brings it; :meth:`limit` leaves BLAS one thread.

    Whoever brings it waits while as many pieces are under way as there are lanes, so that no more than those are held.

    Args:
        lanes: threads; none for as many as there are cores.
        on_step: called at every step, never by two threads at once.

    Example:
        >>> with Lanes(2) as lanes:
        ...     for number in range(3):
        ...         lanes.add(lambda tick, number=number: number * number)
        ...     sorted(lanes.rest())
        [0, 1, 4]
    """

    def __init__(self, lanes: int | None = None, on_step: Tick = lambda: None) -> None:
        self._count, self._on_step = usable() if lanes is None else lanes, on_step
        self._stopped, self._lock = Event(), Lock()
        self._running: set[Future[R]] = set()
        self._done: list[R] = []
        self._begun = self._limited = False

    def __enter__(self) -> Self:
        self._around = ExitStack()
        self._around.enter_context(warnings.catch_warnings())
        warnings.filterwarnings("ignore", message=".*failed to converge", append=True)
        self._pool = ThreadPoolExecutor(
            self._count, thread_name_prefix="score", initializer=threadpool_limits, initargs=(1,)
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Stop what is under way, and take the limits away."""
        self._stopped.set()
        self._pool.shutdown(wait=True, cancel_futures=True)
        self._around.close()

    def add(self, work: Callable[[Tick], R]) -> None:
        """Take a piece of work; errors of earlier ones come out here.

        Args:
            work: takes a function to call at every step; where a run is stopped that function raises.
        """
        self._wait(self._count)
        self._running.add(self._pool.submit(work, self._tick))
        if not self._begun:  # the first by itself, so that what it imports is there when others start
            self._begun = True
            self._wait(1)

    def finished(self) -> Iterator[R]:
        """Yield what is done by now and was not yielded before."""
        self._collect({one for one in self._running if one.done()})
        done, self._done = self._done, []
        yield from done

    def rest(self) -> Iterator[R]:
        """Wait for everything, and yield what was not yielded before."""
        self._wait(1)
        yield from self.finished()

    def limit(self) -> None:
        """Leave BLAS one thread until the lanes are closed: a piece calls this before it computes, for one that finds
        everything stored does not need scipy's.
        """
        import scipy.linalg  # noqa: F401 - it brings a BLAS of its own, which must be there to be limited

        with self._lock:
            if not self._limited:
                self._limited = True
                # Of BLAS alone: the thread that brings the work may run networks on all cores meanwhile.
                self._around.enter_context(threadpool_limits(1, user_api="blas"))

    def _wait(self, fewer_than: int) -> None:
        while len(self._running) >= fewer_than:
            self._collect(wait(self._running, return_when=FIRST_COMPLETED).done)

    def _collect(self, done: set[Future[R]]) -> None:
        self._running -= done
        self._done.extend(one.result() for one in done)

    def _tick(self) -> None:
        if self._stopped.is_set():
            raise _StoppedError
        with self._lock:
            self._on_step()
