"""A computation over the images of a probe, batch by batch: prepared ahead on an accelerator, in smaller steps where
memory is short.
"""

from __future__ import annotations

import os
import threading
import time
from collections import defaultdict, deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from accelerate.utils.memory import clear_device_cache, should_reduce_batch_size

from hubscore.errors import CandidateError, HubscoreError
from hubscore.models.checkpoint_files import one_line
from hubscore.models.network import Network

if TYPE_CHECKING:
    from PIL.Image import Image

Prepared = Sequence[torch.Tensor]
Values = tuple[np.ndarray | None, ...]
Compute = Callable[[torch.Tensor, Sequence[int]], Values]
"""Turns images of one size ``(n, c, h, w)``, on the device, and their rows in the probe into arrays of n rows."""


@dataclass(frozen=True)
class BatchedResult:
    """What a computation gave, one row an image, in order, and how long it took."""

    values: Values
    transform_seconds: float
    compute_seconds: float


def run_batches(
    network: Network,
    images: Sequence[Image],
    compute: Compute,
    *,
    device: str,
    batch_size: int,
    words: str = "its forward pass",
) -> BatchedResult:
    """Prepare images as a network wants them and compute something of each batch, in float32.

    Args:
        network: moved to the device.
        images: RGB.
        compute: called for one batch after the other.
        device: as torch names it.
        batch_size: halved as often as memory runs out.
        words: what ``compute`` does, for messages.

    Raises:
        CandidateError: the network fails on an image or does not fit into memory.
    """
    batches = [range(start, min(start + batch_size, len(images))) for start in range(0, len(images), batch_size)]
    steps = _Steps(network, compute, device, batch_size, len(images), words)
    network.module.to(device)
    with _float32(device):
        for rows, prepared in zip(
            batches,
            _ahead(lambda rows: steps.prepare([images[row] for row in rows]), batches, _workers(device)),
            strict=True,
        ):
            steps.run(prepared, rows)
    return BatchedResult(tuple(steps.values), steps.transform_seconds, steps.compute_seconds)


class _Steps:
    """Prepares and computes batches, keeps the time, and takes smaller steps once memory has run out."""

    def __init__(self, network: Network, compute: Compute, device: str, step: int, total: int, words: str) -> None:
        self.network, self.compute, self.device, self.step, self.total, self.words = (
            network,
            compute,
            device,
            step,
            total,
            words,
        )
        self.transform_seconds = self.compute_seconds = 0.0  # threads' times add up
        self.values: list[np.ndarray | None] = []
        self._lock = threading.Lock()

    def prepare(self, images: Sequence[Image]) -> Prepared:
        """Transform a batch; may run in several threads at once."""
        began = time.perf_counter()
        try:
            return self.network.transform_all(images)
        except HubscoreError:
            raise
        except Exception as error:  # a processor may refuse an image in any way it likes
            raise run_error(self.network.name, f"its transform fails on an image ({one_line(error)})") from error
        finally:
            with self._lock:
                self.transform_seconds += time.perf_counter() - began

    def run(self, prepared: Prepared, rows: Sequence[int]) -> None:
        """Compute a batch, images of one size together."""
        began = time.perf_counter()
        if isinstance(prepared, torch.Tensor):
            self._steps(prepared, rows)
        else:
            groups = defaultdict(list)
            for place, image in enumerate(prepared):
                groups[tuple(image.shape)].append(place)
            for group in groups.values():
                self._steps(torch.stack([prepared[place] for place in group]), [rows[place] for place in group])
        self.compute_seconds += time.perf_counter() - began

    def _steps(self, batch: torch.Tensor, rows: Sequence[int]) -> None:
        start = 0
        while start < len(batch):
            part = slice(start, start + self.step)
            if self._step(batch[part], rows[part]):
                start = part.stop

    def _step(self, images: torch.Tensor, rows: Sequence[int]) -> bool:
        """Compute a few images; False when memory ran out and the next step is to be smaller."""
        try:
            self._keep(self.compute(images.to(self.device), rows), rows)
            return True
        except HubscoreError:
            raise
        except Exception as error:
            if not _out_of_memory(error):
                raise run_error(self.network.name, f"{self.words} fails ({one_line(error)})") from error
            if len(images) == 1:
                why = f"one image at a time does not fit into the memory of {self.device}"
                raise run_error(self.network.name, why, "--input-size N, or --device cpu") from error
        self.step = max(1, min(self.step, len(images)) // 2)
        clear_device_cache(garbage_collection=True)
        return False

    def _keep(self, parts: Values, rows: Sequence[int]) -> None:
        if not self.values:
            self.values = [
                None if part is None else np.empty((self.total, *part.shape[1:]), part.dtype) for part in parts
            ]
        for whole, part in zip(self.values, parts, strict=True):
            if whole is not None:
                whole[list(rows)] = part


def _workers(device: str) -> int:
    """Return how many threads prepare batches ahead; none on a CPU, where the network itself keeps every core busy."""
    return 0 if device.startswith("cpu") else max(1, min(8, (os.cpu_count() or 2) // 2))


def _ahead(prepare: Callable[[range], Prepared], batches: Sequence[range], workers: int) -> Iterator[Prepared]:
    """Yield prepared batches in order; with workers, that many are in the making meanwhile."""
    if not workers:
        yield from map(prepare, batches)
        return
    with ThreadPoolExecutor(workers, thread_name_prefix="hubscore-transform") as pool:
        waiting = deque(pool.submit(prepare, batch) for batch in batches[:workers])
        try:
            for batch in (*batches[workers:], *[None] * min(workers, len(batches))):
                ready = waiting.popleft().result()
                if batch is not None:
                    waiting.append(pool.submit(prepare, batch))
                yield ready
        finally:
            for one in waiting:  # on an error or Ctrl-C, what was not begun is not waited for
                one.cancel()


@contextmanager
def _float32(device: str) -> Iterator[None]:
    """Keep convolutions on a GPU in full float32: with TF32 they would differ from a CPU's in the third digit."""
    if not device.startswith("cuda"):
        yield
        return
    with torch.backends.cudnn.flags(enabled=True, allow_tf32=False):
        yield


def _out_of_memory(error: Exception) -> bool:
    return isinstance(error, MemoryError) or should_reduce_batch_size(error)


def run_error(name: str, why: str, fix: str = "choose another checkpoint") -> CandidateError:
    """Return the error for a network that cannot be run."""
    return CandidateError(f"Cannot run {name!r}", why, fix, subject=name, predicate="")
