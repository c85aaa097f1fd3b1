"""Items prepared as a network wants them, in threads while the network computes, in memory bounded by bytes."""

from __future__ import annotations

import os
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache
from itertools import chain, islice
from typing import Any, TypeVar, cast

import torch

from hubscore.errors import HubscoreError
from hubscore.extract.checks import run_error
from hubscore.modalities.lazy_items import seen_by
from hubscore.modalities.registry import MODALITIES
from hubscore.models.checkpoint_files import one_line
from hubscore.models.network import Network

Prepared = Sequence[Any]
"""Items as a network's transform returns them: a tensor, or a list where their sizes differ."""

PART = 16
"""At most so many items are decoded and transformed by one thread at a time."""
PART_BYTES = 64_000_000
"""Decoded items of one thread; a single one may be larger."""
AHEAD_BYTES = 256_000_000
"""Prepared items that wait for the network; one part always may."""

T = TypeVar("T")


class Preparer:
    """Decodes and transforms the items of a probe for one network.

    Args:
        network: whose transform.
        items: decoded, or decoded when they are asked for.

    Attributes:
        seconds: how long that took so far; threads' times add up.
    """

    def __init__(self, network: Network, items: Sequence[Any]) -> None:
        self.network, self.seconds = network, 0.0
        self._items = seen_by(items, network.spec)
        self._modality = MODALITIES.get(network.modality)
        self._lock = threading.Lock()

    def prepared(self, batches: Sequence[range], threads: int) -> Iterator[Prepared]:
        """Yield batches of prepared items, in order.

        Args:
            batches: places of their items.
            threads: how many prepare items ahead; 0 for none.

        Raises:
            CandidateError: the transform fails on an item.
        """
        parts = [[batch[at : at + PART] for at in range(0, len(batch), PART)] for batch in batches]
        ready = ahead(self._part, list(chain(*parts)), threads, room=AHEAD_BYTES, size=_bytes)
        for wanted in parts:
            yield _joined([next(ready) for _ in wanted])

    def _part(self, places: range) -> Prepared:
        """Prepare some items; may run in several threads at once."""
        began = time.perf_counter()
        made: list[Prepared] = []
        waiting: list[Any] = []
        room = PART_BYTES
        try:
            for place in places:
                item = self._items[place]
                room -= self._modality.item_bytes(item)
                if room < 0 and waiting:
                    made.append(self.network.transform_all(waiting))
                    waiting, room = [], PART_BYTES - self._modality.item_bytes(item)
                waiting.append(item)
            made.append(self.network.transform_all(waiting))
            return _joined(made)
        except HubscoreError:
            raise
        except Exception as error:  # a processor may refuse an item in any way it likes
            raise run_error(self.network.name, f"its transform fails ({one_line(error)})") from error
        finally:
            with self._lock:
                self.seconds += time.perf_counter() - began


def workers(device: str) -> int:
    """Return how many threads prepare items ahead: on a CPU a quarter of those that the network computes with, which
    they would only slow down.
    """
    cores = os.cpu_count() or 1
    if device.startswith("cpu"):
        return 0 if cores < 2 else max(1, min(8, torch.get_num_threads() // 4))
    return max(1, min(8, cores // 2))


def ahead(
    task: Callable[[Any], T], inputs: Sequence[Any], threads: int, *, room: int, size: Callable[[T], int]
) -> Iterator[T]:
    """Yield what a task makes of inputs, in order; with threads, the next ones are made meanwhile.

    Args:
        task: called in a thread.
        inputs: of the task.
        threads: how many; without any, each is made when it is asked for.
        room: bytes of results that may wait; as many as there are threads are begun before any size is known, and one
            more always is.
        size: returns the bytes of a result.
    """
    if not threads:
        yield from map(task, inputs)
        return
    with ThreadPoolExecutor(threads, thread_name_prefix="hubscore-transform", initializer=_single_threaded) as pool:
        waiting = deque[Future[T]]()
        coming, most = iter(inputs), threads
        try:
            while True:
                waiting.extend(pool.submit(task, one) for one in islice(coming, max(0, most - len(waiting))))
                if not waiting:
                    return
                ready = waiting.popleft().result()
                most = max(1, min(2 * threads + 2, room // max(1, size(ready))))
                yield ready
                del ready
        finally:
            for future in waiting:  # on an error or Ctrl-C, what was not begun is not waited for
                future.cancel()


def _single_threaded() -> None:
    """Let torch run what this thread asks for in this thread: ``torch.set_num_threads`` would be heard by others."""
    torch.get_num_threads()  # sets this thread's number, once
    for library in _openmp():
        library.set_num_threads(1)


@cache
def _openmp() -> list[Any]:
    """Return the OpenMP libraries of this process; how many threads they take is each thread's own setting."""
    from threadpoolctl import ThreadpoolController

    found: list[Any] = ThreadpoolController().select(user_api="openmp").lib_controllers
    return found


def _bytes(prepared: Prepared) -> int:
    """Return what prepared items take; what is neither a tensor nor made of tensors counts for nothing."""
    if isinstance(prepared, torch.Tensor):
        return prepared.nbytes
    if isinstance(prepared, dict):
        return sum(map(_bytes, prepared.values()))
    return sum(map(_bytes, prepared)) if isinstance(prepared, (list, tuple)) else 0


def _joined(parts: Sequence[Prepared]) -> Prepared:
    """Return parts as the transform would have returned all items at once."""
    if len(parts) == 1:
        return parts[0]
    tensors: list[torch.Tensor] = [part for part in cast("Sequence[Any]", parts) if isinstance(part, torch.Tensor)]
    if len(tensors) == len(parts) and len({one.shape[1:] for one in tensors}) == 1:
        return cast("Prepared", torch.cat(tensors))
    return list(chain(*parts))
