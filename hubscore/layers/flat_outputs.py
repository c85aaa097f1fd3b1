"""Inner products of whole outputs, positions and all: DEPARA's edges at a layer."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch

from hubscore.extract.batching import Values, run_batches
from hubscore.models.activations import capture_activations
from hubscore.models.batch import Batch, batch_length
from hubscore.models.network import Network

KEPT = 2**30
"""Bytes of outputs in memory at a time; what is larger waits for another forward pass."""
_COLUMNS = 2**16


class Wholes:
    """Which layers' outputs are kept whole, decided when the first batch goes through: as many as fit into memory.

    Attributes:
        kept: those of the first pass, in the order in which they are done.
    """

    def __init__(self, items: int) -> None:
        self.items, self.kept = items, list[str]()
        self._sizes = dict[str, int]()

    def take(self, name: str, out: torch.Tensor, items: int) -> np.ndarray | None:
        """Return an output of some items, one row each, where it is kept."""
        if name not in self._sizes:
            self._sizes[name] = 4 * self.items * (out.numel() // items)
            if not self.kept or sum(self._sizes[one] for one in (*self.kept, name)) <= KEPT:
                self.kept.append(name)
        return flat(out, items) if name in self.kept else None

    @property
    def rest(self) -> list[list[str]]:
        """The other layers, in groups whose outputs fit into memory together; one alone may be larger."""
        made: list[list[str]] = []
        for name in self._sizes:
            if name in self.kept:
                continue
            if not made or sum(self._sizes[one] for one in (*made[-1], name)) > KEPT:
                made.append([])
            made[-1].append(name)
        return made


def later(
    network: Network, items: Sequence[object], rest: Sequence[Sequence[str]], *, device: str, batch_size: int
) -> dict[str, np.ndarray]:
    """Run the items once for each further group, and return the inner products of its layers."""
    products: dict[str, np.ndarray] = {}
    for group in rest:

        def compute(batch: Batch, rows: Sequence[int], group: Sequence[str] = group) -> Values:
            with (
                torch.inference_mode(),
                capture_activations(network, group, lambda out: flat(out, batch_length(batch))) as found,
            ):
                network.forward(batch)
            return tuple(found[name] for name in group)

        values = run_batches(network, items, compute, device=device, batch_size=batch_size).values
        products |= of_layers(group, values)
    return products


def flat(out: torch.Tensor, items: int) -> np.ndarray:
    """Return a copy of an output as one row per item, shape (n, units); what follows may change it in place."""
    found: np.ndarray = out.detach().reshape(items, -1).float().cpu().numpy()
    return found.copy()


def of_layers(names: Sequence[str], values: Sequence[np.ndarray | None]) -> dict[str, np.ndarray]:
    """Return the inner products of every layer's rows, shape (n, n), by name."""
    return {name: products_of(rows) for name, rows in zip(names, values, strict=True) if rows is not None}


def products_of(rows: np.ndarray) -> np.ndarray:
    """Return the inner products of rows in float64, shape (n, n), a few columns at a time.

    Example:
        >>> products_of(np.array([[1, 2], [3, 4]], dtype=np.float32)).tolist()
        [[5.0, 11.0], [11.0, 25.0]]
    """
    total = np.zeros((len(rows), len(rows)))
    for start in range(0, rows.shape[1], _COLUMNS):
        part = rows[:, start : start + _COLUMNS].astype(np.float64)
        total += part @ part.T
    return total
