"""One more forward pass, by the statistics of the target's own rows: every layer's values, and one kernel of all.

What BatchNorm makes of a row then depends on the rows of its batch. So batches have one size whatever the memory, their
rows are drawn by content and seed, and a last batch that is not full is filled from the first rows of that order.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch

from hubscore.extract.batch_size import free_bytes, initial_batch_size
from hubscore.extract.batching import BatchTooLargeError, Values, run_batches
from hubscore.extract.checks import run_error
from hubscore.extract.layer_kernel import combine_layers, layer_weights
from hubscore.extract.layer_request import SMALLER_BATCH, STATISTICS_BATCH
from hubscore.extract.layer_values import LayerValues
from hubscore.extract.row_ids import SomeItems
from hubscore.modalities.registry import MODALITIES
from hubscore.models.batch import Batch, batch_length
from hubscore.models.batch_statistics import batch_statistics, uses_batches
from hubscore.models.layer_runs import Key, LayerRun, layer_outputs, layer_runs, per_item
from hubscore.models.network import Network


@dataclass(frozen=True)
class LayerPass:
    """What the pass gave.

    Attributes:
        kernel: shape (n, n) float32, for the ids in sorted order.
        batch: rows whose statistics were used together; none for a network without BatchNorm.
        smaller: whether that is less than was asked for, for want of memory.
        layers: how many, with those that count for nothing.
        constant: how many of these give the same of every row.
        images: items that went through the network.
        seconds: by stage.
    """

    kernel: np.ndarray
    batch: int | None
    smaller: bool
    layers: int
    constant: int
    images: int
    seconds: Mapping[str, float]


def statistics_order(rows: Sequence[str], seed: int) -> list[str]:
    """Return different rows in the order in which batches are filled: drawn by content, wherever the rows stand.

    Args:
        rows: ids.
        seed: of the draw.

    Example:
        >>> statistics_order(["a", "b", "c", "a"], 0) == statistics_order(["c", "a", "b"], 0)
        True
    """
    return sorted(set(rows), key=lambda row: (hashlib.sha256(f"{seed} {row}".encode()).digest(), row))


def filled(order: Sequence[str], batch: int) -> list[str]:
    """Return an order with rows from its beginning behind it, so that its last batch is full; one batch stays as it is.

    Example:
        >>> filled("abcde", 3), filled("ab", 3)
        (['a', 'b', 'c', 'd', 'e', 'a'], ['a', 'b'])
    """
    lacking = -len(order) % batch if len(order) > batch else 0
    return [*order, *order[:lacking]]


def run_layers(
    network: Network,
    items: Sequence[Any],
    rows: Sequence[str],
    *,
    folder: Path,
    layers: Sequence[LayerRun] | None = None,
    seed: int = 0,
    device: str = "cpu",
    batch_size: int | None = None,
    batch: int = STATISTICS_BATCH,
) -> LayerPass:
    """Run a network over a probe by the probe's own statistics, and return the kernel of its layers.

    A network without BatchNorm runs as always. Of rows of one content, one runs.

    Args:
        network: moved to the device; afterwards its state is what it was.
        items: of the probe, decoded.
        rows: ids of the items, by content.
        folder: where what is too large for memory is kept meanwhile.
        layers: of the network, from :func:`hubscore.models.layer_runs.layer_runs`; looked for by default, which must
            come before the network has run in inference mode.
        seed: of the order of rows.
        device: as torch names it.
        batch_size: of a network without BatchNorm.
        batch: rows whose statistics are used together.

    Raises:
        CandidateError: the network fails, has no layers, or half a batch does not fit into memory.
        Undefined: its layers tell no rows apart.
    """
    if len(set(rows)) < 2:
        raise run_error(network.name, "the layers' kernel compares rows, and there is one", "add samples")
    network.module.to(device)
    layers = layer_runs(network) if layers is None else layers
    if not layers:
        raise run_error(network.name, "its features come from no convolution or linear layer that torch can show")
    runner = _LayerRunner(network, layers, items, rows, folder, device)
    order = statistics_order(rows, seed)
    if not uses_batches(network.module):
        return runner.run(order, batch_size or initial_batch_size(network, device, len(order)), statistics=False)
    whole = min(batch, len(order))
    if _fits(network, device, whole):
        try:
            return runner.run(filled(order, batch), whole, statistics=True)
        except BatchTooLargeError:
            if whole <= SMALLER_BATCH:
                raise
    smaller = runner.run(filled(order, SMALLER_BATCH), SMALLER_BATCH, statistics=True)
    return replace(smaller, smaller=True)


def _fits(network: Network, device: str, batch: int) -> bool:
    """Whether a batch is worth trying: an accelerator says when its memory is short, a CPU's system ends the process.

    Most networks take a third of the bytes that are named as the most.
    """
    if not device.startswith("cpu") or batch <= SMALLER_BATCH:
        return True
    return batch * MODALITIES.get(network.modality).activation_bytes(network.spec) <= 2 * free_bytes(device)


@dataclass(frozen=True)
class _LayerRunner:
    network: Network
    layers: Sequence[LayerRun]
    items: Sequence[Any]
    rows: Sequence[str]
    folder: Path
    device: str

    def run(self, order: Sequence[str], batch: int, *, statistics: bool) -> LayerPass:
        """Run the rows, the first time that each occurs; the others fill batches."""
        place = {row: at for at, row in enumerate(self.rows)}
        recorder = LayerRecorder(self.network, self.layers, self.rows, order[: len(place)], self.folder)

        def forward(batch: Batch, rows: Sequence[int]) -> Values:
            with torch.inference_mode(), recorder.watching(batch, rows):
                self.network.forward(batch)
            return ()

        with batch_statistics(self.network.module) if statistics else nullcontext():
            passed = run_batches(
                self.network,
                SomeItems(self.items, [place[row] for row in order]),
                forward,
                device=self.device,
                batch_size=batch,
                action="its forward pass by the target's own statistics" if statistics else "its forward pass",
                divisible=not statistics,
            )
        seconds = {"layers_transform": passed.transform_seconds, "layers_forward": passed.compute_seconds}
        return recorder.result(batch if statistics else None, len(order), seconds)


class LayerRecorder:
    """Keeps what the layers give while rows run, in a pass that is made for it or in one that is made anyway.

    Args:
        network: whose layers.
        layers: that count.
        rows: ids of the probe's rows.
        order: the different ones in the order in which they run; what runs after them fills a batch.
        folder: where what is too large for memory is kept meanwhile.
    """

    def __init__(
        self, network: Network, layers: Sequence[LayerRun], rows: Sequence[str], order: Sequence[str], folder: Path
    ) -> None:
        self._network, self._layers, self._rows = network, layers, sorted(rows)
        self._weights = layer_weights(len(layers))
        weighing = [layer for layer, weight in zip(layers, self._weights, strict=True) if weight]
        self._known = {layer.key: layer for layer in weighing}
        self._parts = {layer.module: network.module.get_submodule(layer.module) for layer in weighing}
        self._place = {row: at for at, row in enumerate(sorted(set(rows)))}
        self._places = [self._place[row] for row in order]
        self._values = LayerValues(weighing, len(self._places), folder)
        self._recorded = set[int]()

    @property
    def complete(self) -> bool:
        """Whether all rows have run."""
        return len(self._recorded) == len(self._places)

    @contextmanager
    def watching(self, batch: Batch, rows: Sequence[int]) -> Iterator[None]:
        """Keep what the layers give of a batch that runs in the block.

        Args:
            batch: on the network's device.
            rows: its items' numbers in the order in which rows run.
        """
        items, shown = batch_length(batch), MODALITIES.get(self._network.modality).shown(batch)

        def keep(key: Key, out: torch.Tensor) -> torch.Tensor | None:
            return per_item(self._known[key], out.float(), items, shown) if key in self._known else None

        with layer_outputs(self._network, self._parts, keep) as caught:
            yield
        new = [number for number, row in enumerate(rows) if row < len(self._places)]
        for key, layer in self._known.items():
            if key not in caught:
                raise run_error(self._network.name, f"its layer {layer.module} runs for some items and not for others")
            self._values.put(layer, [self._places[rows[number]] for number in new], caught[key][new].cpu().numpy())
        self._recorded.update(self._places[rows[number]] for number in new)

    def result(self, batch: int | None, images: int, seconds: Mapping[str, float]) -> LayerPass:
        """Return the kernel, once all rows have run.

        Args:
            batch: rows whose statistics were used together, or none.
            images: items that went through the network for it.
            seconds: what that took, by stage.

        Raises:
            CandidateError: a layer gave numbers that are not finite.
            Undefined: the layers tell no rows apart.
        """
        began = time.perf_counter()
        copies = [self._place[row] for row in self._rows]
        first = {row: at for at, row in reversed(list(enumerate(self._rows)))}
        same = [first[row] for row in self._rows]
        made = combine_layers(lambda number: self._finite(number)[copies], self._weights, same)
        taken = {**seconds, "layers_kernel": time.perf_counter() - began}
        kernel = made.kernel.astype(np.float32)
        return LayerPass(kernel, batch, False, len(self._layers), made.constant, images, taken)

    def _finite(self, number: int) -> np.ndarray:
        layer = self._layers[number]
        found = self._values.of(layer)
        if not np.isfinite(found).all():
            why = f"its layer {layer.module} gives numbers that are not finite by the target's own statistics"
            raise run_error(self._network.name, why)
        return found
