"""What layers give of each row, held until all rows have run: in memory, or on disk where it is much."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from hubscore.models.layer_runs import LayerRun

MOST_BYTES = 512_000_000
"""More than this is held on disk."""


class LayerValues:
    """One float32 matrix per layer, shape (rows, channels), one behind the other.

    Standardising a channel takes every row, so that no kernel can be begun before the last batch. All matrices of a
    ResNet-50 over 500 rows take 50 MB, of a ViT-L 450 MB.

    Args:
        layers: in their order.
        rows: how many.
        folder: where what is too large for memory is kept, in a file without a name that goes with this object.
        most_bytes: that are held in memory.
    """

    def __init__(self, layers: Sequence[LayerRun], rows: int, folder: Path, *, most_bytes: int = MOST_BYTES) -> None:
        sizes = [rows * layer.width for layer in layers]
        total = sum(sizes)
        mapped = _on_disk(folder, total) if 4 * total > most_bytes else None
        self.on_disk = mapped is not None
        flat = np.empty(total, dtype=np.float32) if mapped is None else mapped
        parts = np.split(flat, np.cumsum(sizes)[:-1]) if sizes else []
        self._parts = {layer.key: part.reshape(rows, -1) for layer, part in zip(layers, parts, strict=True)}

    def put(self, layer: LayerRun, rows: Sequence[int], values: np.ndarray) -> None:
        """Keep what a layer gives of some rows, shape (len(rows), channels)."""
        self._parts[layer.key][list(rows)] = values

    def of(self, layer: LayerRun) -> np.ndarray:
        """Return a layer's matrix, shape (rows, channels)."""
        return self._parts[layer.key]


def _on_disk(folder: Path, total: int) -> np.ndarray | None:
    """Return an array in a file, or none where the disk has no room for it: its space is taken at once, for whoever
    writes to a map that the disk has none for is ended by the system.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as file:  # the map keeps it alive
            if hasattr(os, "posix_fallocate"):
                os.posix_fallocate(file.fileno(), 0, 4 * total)
            return np.memmap(file, dtype=np.float32, shape=(total,))
    except OSError:
        return None
