"""What goes through a network at once: named tensors, each with one row per item."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import torch

Batch = Mapping[str, torch.Tensor]
"""The inputs of a network by name; images travel as ``{"pixel_values": (n, c, h, w)}``."""


def batch_length(batch: Batch) -> int:
    """Return how many items a batch holds.

    Example:
        >>> batch_length({"pixel_values": torch.zeros(5, 3, 8, 8)})
        5
    """
    return len(next(iter(batch.values())))


def take_rows(batch: Batch, rows: slice | torch.Tensor | Sequence[int]) -> Batch:
    """Return some items of a batch.

    Example:
        >>> {name: tuple(part.shape) for name, part in take_rows({"x": torch.zeros(5, 2)}, slice(3)).items()}
        {'x': (3, 2)}
    """
    return {name: values[rows] for name, values in batch.items()}


def move_batch(batch: Batch, device: torch.device | str) -> Batch:
    """Return a batch on a device.

    Example:
        >>> move_batch({"x": torch.zeros(1)}, "cpu")["x"].device.type
        'cpu'
    """
    if torch.device(device).type != "cuda":
        return {name: values.to(device) for name, values in batch.items()}
    # From pinned memory a GPU copies by itself, and faster; what lies on it already stays there.
    return {
        name: values.to(device) if values.is_cuda else values.pin_memory().to(device, non_blocking=True)
        for name, values in batch.items()
    }
