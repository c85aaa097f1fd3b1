"""Work on several checkpoints at once: threads, since most of the time is spent outside the interpreter's lock."""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Hashable, Iterable
from concurrent.futures import ThreadPoolExecutor
from threading import Event, Lock
from typing import TypeVar

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
