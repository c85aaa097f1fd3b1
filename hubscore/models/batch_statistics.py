"""BatchNorm by the statistics of what runs through it, instead of those that training left; nothing is changed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch.nn.modules.batchnorm import _BatchNorm
from torch.nn.modules.instancenorm import _InstanceNorm

_RUNNING = ("running_mean", "running_var")


def uses_batches(module: torch.nn.Module) -> bool:
    """Whether a network has layers that standardise by the statistics of a batch when they train.

    Example:
        >>> uses_batches(torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.BatchNorm1d(4)))
        True
        >>> uses_batches(torch.nn.LayerNorm(4))
        False
    """
    return any(_is_norm(part) or _is_other(part) for part in module.modules())


@contextmanager
def batch_statistics(module: torch.nn.Module) -> Iterator[None]:
    """Let every BatchNorm of a network standardise by the batch that runs, while the block runs.

    All else stays in evaluation mode: no dropout, no stochastic depth. Running statistics are neither used nor updated,
    and every flag, statistic and counter is afterwards what it was, also when the block raises. Several processes never
    share statistics, whatever kind of BatchNorm it is. Layers whose statistics are frozen by construction stay so.

    Args:
        module: in evaluation mode, on its device; it must not be moved while the block runs.

    Example:
        >>> norm = torch.nn.BatchNorm1d(1).eval()
        >>> with torch.no_grad(), batch_statistics(norm):
        ...     norm(torch.tensor([[3.0], [5.0]])).round().tolist()
        [[-1.0], [1.0]]
        >>> norm.running_mean.tolist(), norm.num_batches_tracked.item(), norm.training
        ([0.0], 0, False)
    """
    taken: list[tuple[torch.nn.Module, str, torch.Tensor | None]] = []
    changed: list[tuple[torch.nn.Module, bool, dict[str, torch.Tensor]]] = []
    try:
        for part in module.modules():
            if _is_norm(part):
                # torch takes the batch's own statistics in evaluation mode where there are no others; unlike in
                # training mode, nothing is counted, updated, dropped or synchronised.
                changed.append((part, part.training, {}))
                part.training = False
                for name in _RUNNING:
                    taken.append((part, name, part._buffers[name]))
                    part._buffers[name] = None
            elif _is_other(part):
                kept = {name: value.clone() for name, value in part._buffers.items() if value is not None}
                changed.append((part, part.training, kept))
                part.training = True
        yield
    finally:
        for part, name, value in taken:
            part._buffers[name] = value
        for part, training, kept in changed:
            part.training = training
            for name, value in kept.items():
                _buffer(part, name).data.copy_(value)


def _is_norm(part: torch.nn.Module) -> bool:
    return isinstance(part, _BatchNorm) and all(name in part._buffers for name in _RUNNING)


def _is_other(part: torch.nn.Module) -> bool:
    """Whether a layer of another kind, such as EvoNorm, takes the batch's variance when it trains."""
    known: Any = (_BatchNorm, _InstanceNorm)
    return not isinstance(part, known) and "running_var" in part._buffers and hasattr(part, "momentum")


def _buffer(part: torch.nn.Module, name: str) -> torch.Tensor:
    value = part._buffers[name]
    assert value is not None
    return value
