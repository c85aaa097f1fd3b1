"""A computation over the items of a probe, batch by batch: prepared ahead, in smaller batches where memory is short."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from hubscore.errors import CandidateError, HubscoreError
from hubscore.extract.checks import run_error
from hubscore.extract.preparing import Prepared, Preparer, workers
from hubscore.modalities.registry import MODALITIES
from hubscore.models.batch import Batch, batch_length, move_batch, take_rows
from hubscore.models.checkpoint_files import one_line
from hubscore.models.network import Network

Values = tuple[np.ndarray | None, ...]
Compute = Callable[[Batch, Sequence[int]], Values]
"""Turns a batch of n items, on the device, and their rows in the probe into arrays of n rows."""


class BatchTooLargeError(CandidateError):
    """A batch that cannot be divided does not fit into memory."""


@dataclass(frozen=True)
class BatchedResult:
    """What a computation gave, one row per item, in order, and how long it took."""

    values: Values
    transform_seconds: float
    compute_seconds: float


def run_batches(
    network: Network,
    items: Sequence[Any],
    compute: Compute,
    *,
    device: str,
    batch_size: int,
    action: str = "its forward pass",
    divisible: bool = True,
) -> BatchedResult:
    """Prepare items as a network wants them and compute something of each batch, in float32.

    Args:
        network: moved to the device.
        items: decoded, or decoded when they are asked for; RGB images, for a network that sees images.
        compute: called for one batch after the other.
        device: as torch names it.
        batch_size: halved as often as memory runs out.
        action: what ``compute`` does, for messages.
        divisible: False where what is computed of an item depends on its batch: no batch is then divided or halved.

    Raises:
        CandidateError: the network fails on an item or does not fit into memory.
        BatchTooLargeError: a batch that cannot be divided does not fit into memory.
    """
    batches = [range(start, min(start + batch_size, len(items))) for start in range(0, len(items), batch_size)]
    runner = _BatchRunner(network, compute, device, batch_size, len(items), action, divisible)
    preparer = Preparer(network, items)
    network.module.to(device)
    with _float32(device):
        for rows, prepared in zip(batches, preparer.prepared(batches, workers(device)), strict=True):
            runner.run(prepared, rows)
    runner.transform_seconds = preparer.seconds
    return BatchedResult(tuple(runner.values), runner.transform_seconds, runner.compute_seconds)


class _BatchRunner:
    """Computes batches, keeps the time, and takes smaller batches once memory has run out."""

    def __init__(
        self,
        network: Network,
        compute: Compute,
        device: str,
        batch_size: int,
        total: int,
        action: str,
        divisible: bool,
    ) -> None:
        self.network, self.compute, self.device = network, compute, device
        self.batch_size, self.total, self.action, self.divisible = batch_size, total, action, divisible
        self.transform_seconds = self.compute_seconds = 0.0
        self.values: list[np.ndarray | None] = []

    def run(self, prepared: Prepared, rows: Sequence[int]) -> None:
        """Compute prepared items, those together that can be in one batch."""
        began = time.perf_counter()
        for batch, places in self.network.collate(prepared):
            if not self.divisible and len(places) < len(rows):
                why = f"{self.action} takes batches of {len(rows)}, and its transform makes inputs of several sizes"
                raise run_error(self.network.name, why, "--input-size N")
            self._run_in_parts(batch, [rows[place] for place in places])
        self.compute_seconds += time.perf_counter() - began

    def _run_in_parts(self, batch: Batch, rows: Sequence[int]) -> None:
        start, length = 0, batch_length(batch)
        while start < length:
            part = slice(start, start + self.batch_size)
            if self._try_part(take_rows(batch, part), rows[part]):
                start = part.stop

    def _try_part(self, batch: Batch, rows: Sequence[int]) -> bool:
        """Compute a batch; False when memory ran out and the next one is to be smaller."""
        try:
            self._keep(self.compute(move_batch(batch, self.device), rows), rows)
            return True
        except HubscoreError:
            raise
        except Exception as error:
            if not _out_of_memory(error):
                raise run_error(self.network.name, f"{self.action} fails ({one_line(error)})") from error
            if len(rows) == 1:
                noun = MODALITIES.get(self.network.modality).nouns[0]
                why = f"one {noun} at a time does not fit into the memory of {self.device}"
                raise run_error(self.network.name, why, _smaller(self.device)) from error
            if not self.divisible:
                why = f"a batch of {len(rows)} does not fit into the memory of {self.device}"
                raise _too_large(self.network.name, why, _smaller(self.device)) from error
        from accelerate.utils.memory import clear_device_cache

        self.batch_size = max(1, min(self.batch_size, len(rows)) // 2)
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


def _too_large(name: str, why: str, fix: str) -> BatchTooLargeError:
    return BatchTooLargeError(f"Cannot run {name!r}", why, fix, subject=name, predicate="")


def _smaller(device: str) -> str:
    """What to type where memory is too small: on the processor there is no other device to go to."""
    return "a smaller --input-size N" if device == "cpu" else "a smaller --input-size N, or --device cpu"


@contextmanager
def _float32(device: str) -> Iterator[None]:
    """Keep convolutions on a GPU in full float32: with TF32 they would differ from a CPU's in the third digit."""
    if not device.startswith("cuda"):
        yield
        return
    with torch.backends.cudnn.flags(enabled=True, allow_tf32=False):
        yield


def _out_of_memory(error: Exception) -> bool:
    if isinstance(error, MemoryError):
        return True
    from accelerate.utils.memory import should_reduce_batch_size

    return bool(should_reduce_batch_size(error))
