"""What is asked of the layers of every candidate: known before any network is loaded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

STATISTICS_BATCH = 100
"""Rows whose statistics BatchNorm uses together."""
MOST_ROWS = 10_000
"""Of more rows no kernel is made: with what it is made from, it would take over two gigabytes."""
SMALLER_BATCH = 50
"""The same where so many do not fit into memory."""


@dataclass(frozen=True)
class LayerRequest:
    """How the kernels of the layers are made.

    Attributes:
        seed: of the order in which rows fill batches.
        transform: ``whole`` for the whole item squeezed to the input size, ``own`` for the checkpoint's own transform.
        batch: rows whose statistics BatchNorm uses together.
        parts: how many rows each of several probes has, where their rows stand one behind the other; each has a kernel.
        without: candidates, by ``repo_id``, that need no kernel.
        failed: why candidates have none, by ``repo_id``, where that was tried already.
    """

    seed: int = 0
    transform: str = "whole"
    batch: int = STATISTICS_BATCH
    parts: tuple[int, ...] = ()
    without: frozenset[str] = frozenset()
    failed: Mapping[str, str] = field(default_factory=dict)
