"""One network over one probe: batches are prepared, on an accelerator while the network runs on the ones before."""

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
from hubscore.extract.batch import first_batch
from hubscore.models.files import one_line
from hubscore.models.network import Answer, Network

if TYPE_CHECKING:
    from PIL.Image import Image

Prepared = Sequence[torch.Tensor]


@dataclass(frozen=True)
class Pass:
    """What a network computes on a probe: features ``(n, d)``, logits ``(n, z)`` or none, float32, and how long it took."""

    features: np.ndarray
    logits: np.ndarray | None
    transform_seconds: float
    forward_seconds: float


def run(network: Network, images: Sequence[Image], *, device: str = "cpu", batch_size: int | None = None) -> Pass:
    """Run a network over images, in float32 and inference mode.

    The numbers depend on batch size and device only in their last bits: within 1e-5 of the largest feature.

    Args:
        network: moved to the device.
        images: RGB.
        device: as torch names it.
        batch_size: chosen by input size and free memory otherwise; halved as often as memory runs out.

    Returns:
        One row an image, in order.

    Raises:
        CandidateError: the network fails on an image, does not fit into memory, or gives numbers that are not finite or never vary.
    """
    size = batch_size or first_batch(network, device, len(images))
    batches = [range(start, min(start + size, len(images))) for start in range(0, len(images), size)]
    runner, answers = _Runner(network, device, size), []
    network.module.to(device)
    with _float32(device):
        for prepared in _ahead(lambda rows: runner.prepare([images[row] for row in rows]), batches, _workers(device)):
            answers.append(runner.forward(prepared))
    features = np.concatenate([features for features, _ in answers])
    logits = None if answers[0][1] is None else np.concatenate([logits for _, logits in answers])
    _check(network.name, features, logits)
    return Pass(features, logits, runner.transform_seconds, runner.forward_seconds)


class _Runner:
    """Prepares and forwards batches, keeps the time, and takes smaller steps once memory has run out."""

    def __init__(self, network: Network, device: str, step: int) -> None:
        self.network, self.device, self.step = network, device, step
        self.transform_seconds = self.forward_seconds = 0.0  # threads' times add up
        self._lock = threading.Lock()

    def prepare(self, images: Sequence[Image]) -> Prepared:
        """Transform a batch; may run in several threads at once."""
        began = time.perf_counter()
        try:
            return self.network.transform_all(images)
        except HubscoreError:
            raise
        except Exception as error:  # a processor may refuse an image in any way it likes
            raise _failed(self.network.name, f"its transform fails on an image ({one_line(error)})") from error
        finally:
            with self._lock:
                self.transform_seconds += time.perf_counter() - began

    def forward(self, prepared: Prepared) -> tuple[np.ndarray, np.ndarray | None]:
        """Run a batch, in steps that fit."""
        began = time.perf_counter()
        answer = self._steps(prepared) if isinstance(prepared, torch.Tensor) else self._by_shape(prepared)
        self.forward_seconds += time.perf_counter() - began
        return answer

    def _by_shape(self, prepared: Prepared) -> tuple[np.ndarray, np.ndarray | None]:
        """Run images of one size together and put the rows back in order."""
        groups = defaultdict(list)
        for row, image in enumerate(prepared):
            groups[tuple(image.shape)].append(row)
        rows = [row for group in groups.values() for row in group]
        parts = [self._steps(torch.stack([prepared[row] for row in group])) for group in groups.values()]
        order = np.argsort(rows)
        logits = None if parts[0][1] is None else np.concatenate([part for _, part in parts])[order]
        return np.concatenate([part for part, _ in parts])[order], logits

    def _steps(self, batch: torch.Tensor) -> tuple[np.ndarray, np.ndarray | None]:
        done: list[Answer] = []
        while (start := sum(len(features) for features, _ in done)) < len(batch):
            answer = self._step(batch[start : start + self.step])
            if answer is not None:
                done.append(answer)
        logits = [logits for _, logits in done if logits is not None]
        return torch.cat([features for features, _ in done]).numpy(), torch.cat(logits).numpy() if logits else None

    def _step(self, images: torch.Tensor) -> Answer | None:
        """Run a few images; none when memory ran out and the next step is to be smaller."""
        try:
            with torch.inference_mode():
                features, logits = self.network.forward(images.to(self.device))
                return features.float().cpu(), None if logits is None else logits.float().cpu()
        except Exception as error:
            if not _out_of_memory(error):
                raise _failed(self.network.name, f"its forward pass fails ({one_line(error)})") from error
            if len(images) == 1:
                why = f"one image at a time does not fit into the memory of {self.device}"
                raise _failed(self.network.name, why, "--input-size N, or --device cpu") from error
        self.step = max(1, min(self.step, len(images)) // 2)
        clear_device_cache(garbage_collection=True)
        return None


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


def _failed(name: str, why: str, fix: str = "choose another checkpoint") -> CandidateError:
    return CandidateError(f"Cannot run {name!r}", why, fix)


def _check(name: str, features: np.ndarray, logits: np.ndarray | None) -> None:
    """Refuse numbers that no score can use.

    Raises:
        CandidateError: some are not finite, or every image has the same features.
    """
    for what, values in (("features", features), ("logits", logits)):
        bad = 0 if values is None else int((~np.isfinite(values).all(axis=1)).sum())
        if bad:
            why = f"its {what} are not finite (NaN or infinite) for {bad} of {len(features)} images"
            raise _failed(name, why, "choose another checkpoint; this one's weights are damaged or overflow in float32")
    if len(features) > 1 and not np.ptp(features, axis=0).any():
        raise _failed(name, f"its features are the same for all {len(features)} images")
