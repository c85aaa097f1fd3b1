"""Workers between two passes of a run: one that has imported its libraries serves the next pass too.

A worker ends by itself once it has been idle for a while, and with the process that started it.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping

from hubscore.extract.worker_process import WorkerProcess

_Kind = tuple[str, tuple[tuple[str, str], ...]]
_idle: dict[_Kind, list[WorkerProcess]] = {}
_lock = threading.Lock()


def park_worker(device: str, environment: Mapping[str, str], worker: WorkerProcess) -> None:
    """Keep a worker that has nothing to do."""
    with _lock:
        _idle.setdefault(_kind(device, environment), []).append(worker)


def parked_worker(device: str, environment: Mapping[str, str]) -> WorkerProcess | None:
    """Return a worker that was started for this device in this environment and is still there; it is no longer kept."""
    with _lock:
        kept = _idle.get(_kind(device, environment), [])
        while kept:
            worker = kept.pop()
            if worker.alive:
                return worker
            worker.kill()
    return None


def end_parked_workers() -> None:
    """End all that are kept."""
    with _lock:
        for worker in (one for kept in _idle.values() for one in kept):
            worker.kill()
        _idle.clear()


def _kind(device: str, environment: Mapping[str, str]) -> _Kind:
    return device, tuple(sorted(environment.items()))
