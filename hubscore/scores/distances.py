"""Nearest neighbours and distances between all pairs of samples, in blocks of rows that bound the memory."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from hubscore.scores.spectrum import centred
from hubscore.scores.workspace import Floats, Ints, Workspace, present

BLOCK = 2**23
"""Numbers in a block: 64 MB."""
SAME = 1e-12
"""Distances that differ by less than this share are one distance: rounding alone separates them."""


class Neighbours(NamedTuple):
    """Who is near whom; the weights of a sample's neighbours sum to k."""

    sample: Ints
    neighbour: Ints
    weight: Floats


def blocks(n: int) -> Iterator[slice]:
    """Cut n rows into blocks such that a block of rows by n columns stays small."""
    size = max(1, BLOCK // n)
    return (slice(start, min(start + size, n)) for start in range(0, n, size))


def nearest(workspace: Workspace, k: int) -> Neighbours:
    """Find the k nearest other samples of each by Euclidean distance; those tied for the last places share them.

    Distances come from one matrix product a block. Where its rounding could decide who is among the k, they are computed again,
    from differences. An exact copy of a sample is its neighbour at distance 0; the sample itself never is.

    Args:
        workspace: with features of shape (n samples, d features).
        k: at most n - 1.
    """
    values = centred(workspace)
    squares = np.einsum("ij,ij->i", values, values)
    rounding = max(values.shape) * np.finfo(np.float64).eps * (squares + squares.max())
    found = [_nearest_of(workspace, rows, k, values, squares, rounding) for rows in blocks(len(values))]
    return Neighbours(*(np.concatenate(parts) for parts in zip(*found, strict=True)))


def _nearest_of(workspace: Workspace, rows: slice, k: int, values: Floats, squares: Floats, rounding: Floats) -> Neighbours:
    offsets = values[rows] @ values.T
    np.subtract(squares / 2, offsets, out=offsets)  # half the squared distance, less half the sample's own square
    own = np.arange(rows.start, rows.stop)
    offsets[own - rows.start, own] = np.inf
    reach = offsets.min(axis=1) if k == 1 else np.partition(offsets, k - 1, axis=1)[:, k - 1]
    close = offsets <= (reach + rounding[rows])[:, None]
    local, neighbour = np.nonzero(close)
    sample, weight = local + rows.start, np.ones(len(local))
    counts = np.bincount(local, minlength=len(own))
    ends = np.cumsum(counts)
    for row in np.flatnonzero(counts > k):
        part = slice(ends[row] - counts[row], ends[row])
        weight[part] = _shares(present(workspace), own[row], neighbour[part], k)
    near = weight > 0
    return Neighbours(sample[near], neighbour[near], weight[near])


def _shares(features: Floats, sample: int, others: Ints, k: int) -> Floats:
    """Weights, summing to k, of the candidates for the k nearest: 1 inside, equal shares for those tied for the last places."""
    noise = max(features.shape) * np.finfo(np.float64).eps * np.linalg.norm(features[sample])
    distances = np.concatenate([np.linalg.norm(features[part] - features[sample], axis=1) for part in _chunks(others, features.shape[1])])
    last = np.partition(distances, k - 1)[k - 1]
    margin = SAME * last + noise
    inside, tied = distances < last - margin, np.abs(distances - last) <= margin
    return np.where(inside, 1.0, np.where(tied, (k - inside.sum()) / tied.sum(), 0.0))


def _chunks(others: Ints, width: int) -> Iterator[Ints]:
    size = max(1, BLOCK // width)
    return (others[start : start + size] for start in range(0, len(others), size))


def unit_rows(rows: Floats) -> tuple[Floats, Ints]:
    """Return the rows centred and scaled to length 1, whose inner products are Pearson correlations.

    Args:
        rows: shape (n, d).

    Returns:
        Shape (n, d), and which rows have the same value in every column, up to rounding: these correlate with nothing and are 0.
    """
    unit = rows - rows.mean(axis=1, keepdims=True)
    lengths = np.linalg.norm(unit, axis=1, keepdims=True)
    constant = lengths <= max(rows.shape) * np.finfo(np.float64).eps * np.linalg.norm(rows, axis=1, keepdims=True)
    unit /= np.where(constant, np.inf, lengths)
    return unit, np.flatnonzero(constant)


def cosine_distances(unit: Floats) -> Floats:
    """Return 1 - inner product of all pairs of rows i < j, row after row, shape (n (n - 1) / 2,).

    Args:
        unit: shape (n, d), rows of length 1.
    """
    n = len(unit)
    pairs = np.empty(n * (n - 1) // 2)
    filled = 0
    for part in blocks(n):
        products = unit[part] @ unit[part.start :].T
        for row in range(part.stop - part.start):
            width = n - part.start - row - 1
            np.subtract(1, products[row, row + 1 :], out=pairs[filled : filled + width])
            filled += width
    return pairs


def absolute_differences(values: Floats) -> Floats:
    """Return the absolute differences of all pairs i < j of numbers, shape (n (n - 1) / 2,), row after row."""
    return np.concatenate([np.abs(values[row + 1 :] - values[row]) for row in range(len(values) - 1)])


def standardised(values: Floats) -> Floats:
    """Return the columns with mean 0 and deviation 1; columns that are constant up to rounding become 0.

    Args:
        values: shape (n samples, d features).
    """
    mean, deviation = values.mean(axis=0), values.std(axis=0)
    constant = deviation <= len(values) * np.finfo(np.float64).eps * np.abs(mean)
    result: Floats = values - mean
    result /= np.where(constant, 1.0, deviation)
    result[:, constant] = 0.0
    return result
