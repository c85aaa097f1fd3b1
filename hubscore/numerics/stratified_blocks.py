"""Samples in blocks that are each a small probe, for what takes the cube of their number."""

from __future__ import annotations

import math

import numpy as np

from hubscore.numerics.workspace import Ints

PAIR = 2
"""Samples of a class that stay together, so that leave-one-out sees the class."""


def stratified_blocks(labels: Ints | None, n: int, most: int, seed: int = 0) -> list[Ints]:
    """Deal samples out to as few blocks of at most ``most`` as possible, each class evenly.

    A class goes to no more blocks than it has pairs of samples: a block in which a class has one sample could not
    predict it.

    Args:
        labels: shape (n samples,), 0..classes-1, or none: then all samples are dealt out as one class.
        n: samples.
        most: samples in a block, at least 4.
        seed: of the draw.

    Returns:
        Row numbers of each block, rising; every sample is in one block.

    Example:
        >>> [rows.tolist() for rows in stratified_blocks(np.array([0, 0, 1, 1, 1, 1]), 6, 4)]
        [[0, 1, 2, 4], [3, 5]]
        >>> [rows.tolist() for rows in stratified_blocks(None, 3, 4)]
        [[0, 1, 2]]
    """
    if n <= most:
        return [np.arange(n)]
    classes = [np.arange(n)] if labels is None else [np.flatnonzero(labels == label) for label in np.unique(labels)]
    least = math.ceil(n / most)
    for count in range(least, n):
        blocks = _dealt(classes, count, np.random.default_rng(seed))
        if max(map(len, blocks)) <= most:
            return blocks
    return [np.arange(start, min(start + most, n)) for start in range(0, n, most)]


def _dealt(classes: list[Ints], count: int, rng: np.random.Generator) -> list[Ints]:
    """Deal each class, the largest first, to the blocks that have fewest samples so far."""
    blocks: list[list[Ints]] = [[] for _ in range(count)]
    sizes = np.zeros(count, dtype=np.int64)
    for rows in sorted(classes, key=len, reverse=True):
        shares = np.array_split(rng.permutation(rows), max(1, min(count, len(rows) // PAIR)))
        for block, share in zip(np.argsort(sizes, kind="stable"), shares, strict=False):
            blocks[block].append(share)
            sizes[block] += len(share)
    return [np.sort(np.concatenate(parts)) for parts in blocks if parts]
