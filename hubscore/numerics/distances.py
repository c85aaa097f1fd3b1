"""Nearest neighbours and distances between all pairs of samples, in blocks of rows that bound the memory."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from hubscore.errors import UsageError
from hubscore.numerics.spectrum import centred, centred_columns, deviations
from hubscore.numerics.workspace import Floats, Ints, Workspace, memoized, required_features

BLOCK = 2**23
"""Numbers in a block: 64 MB."""
CACHED = 2**16
"""Numbers in a block that is gone over several times: they stay close to the processor."""
SAME = 1e-12
"""Distances that differ by less than this share are one distance: rounding alone separates them."""
WIDTH = 16
"""Neighbours of each sample that are kept for subsets; where these are too few, all are looked at again."""


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

    Distances come from one matrix product a block. Where its rounding could decide who is among the k, they are
    computed again, from differences. An exact copy of a sample is its neighbour at distance 0; the sample itself never
    is.

    Args:
        workspace: with features of shape (n samples, d features).
        k: at most n - 1.
    """
    if workspace.source is not None:
        return _nearest_known(workspace, k)
    found = [_nearest_of(workspace, np.arange(rows.start, rows.stop), k) for rows in blocks(workspace.n)]
    return Neighbours(*(np.concatenate(parts) for parts in zip(*found, strict=True)))


class Ranked(NamedTuple):
    """The samples nearest to each, in order, as far as a matrix product tells."""

    neighbour: Ints
    """Shape (n samples, w)."""
    offset: Floats
    """Half the squared distance, less half the sample's own square, shape (n samples, w)."""


@memoized
def _ranked(workspace: Workspace) -> Ranked:
    """Rank the nearest few; a subset restricts them to its rows."""
    width = min(WIDTH, workspace.n - 1)
    places, offsets = np.empty((workspace.n, width), dtype=np.int64), np.empty((workspace.n, width))
    for rows in blocks(workspace.n):
        block = _offsets(workspace, np.arange(rows.start, rows.stop))
        few = np.argpartition(block, width - 1, axis=1)[:, :width]
        near = np.take_along_axis(block, few, axis=1)
        order = np.argsort(near, axis=1)
        places[rows], offsets[rows] = np.take_along_axis(few, order, axis=1), np.take_along_axis(near, order, axis=1)
    return Ranked(places, offsets)


def _nearest_known(workspace: Workspace, k: int) -> Neighbours:
    """As :func:`nearest`, from the neighbours that were ranked among all samples."""
    if workspace.source is None:
        raise UsageError("This is not a subset", "", "workspace.subset(rows)")
    whole, rows = workspace.source
    ranked, place = _ranked(whole), np.full(whole.n, -1)
    place[rows] = np.arange(len(rows))
    neighbour, offset = place[ranked.neighbour[rows]], ranked.offset[rows]
    here = neighbour >= 0
    reach = np.where(here & (np.cumsum(here, axis=1) == k), offset, 0).sum(axis=1)
    limit = reach + _rounding(whole)[rows]
    known = (here.sum(axis=1) >= k) & (limit < offset[:, -1])  # all that could be among the k are among those ranked
    local, column = np.nonzero(here & (offset <= limit[:, None]) & known[:, None])
    found = [
        _weigh(
            workspace, np.flatnonzero(known), np.searchsorted(np.flatnonzero(known), local), neighbour[local, column], k
        )
    ]
    if not known.all():
        found.append(_nearest_of(workspace, np.flatnonzero(~known), k))
    return Neighbours(*(np.concatenate(parts) for parts in zip(*found, strict=True)))


def _offsets(workspace: Workspace, rows: Ints) -> Floats:
    """Half the squared distances of some samples to all, less half their own squares; infinite to themselves."""
    values, squares = centred(workspace), _squares(workspace)
    offsets: Floats = values[rows] @ values.T
    np.subtract(squares / 2, offsets, out=offsets)
    offsets[np.arange(len(rows)), rows] = np.inf
    return offsets


@memoized
def _squares(workspace: Workspace) -> Floats:
    values = centred(workspace)
    return np.asarray(np.einsum("ij,ij->i", values, values), dtype=np.float64)


@memoized
def _rounding(workspace: Workspace) -> Floats:
    squares = _squares(workspace)
    return np.asarray(
        max(centred(workspace).shape) * np.finfo(np.float64).eps * (squares + squares.max()), dtype=np.float64
    )


def _nearest_of(workspace: Workspace, rows: Ints, k: int) -> Neighbours:
    """Find the neighbours of some samples among all."""
    offsets = _offsets(workspace, rows)
    reach = offsets.min(axis=1) if k == 1 else np.partition(offsets, k - 1, axis=1)[:, k - 1]
    local, neighbour = np.nonzero(offsets <= (reach + _rounding(workspace)[rows])[:, None])
    return _weigh(workspace, rows, local, neighbour, k)


def _weigh(workspace: Workspace, rows: Ints, local: Ints, neighbour: Ints, k: int) -> Neighbours:
    """Weigh candidates, those of one sample after those of another; where there are more than k, by plain
    differences.
    """
    sample, weight = rows[local], np.ones(len(local))
    sizes = np.bincount(local, minlength=len(rows))
    ends = np.cumsum(sizes)
    for row in np.flatnonzero(sizes > k):
        part = slice(ends[row] - sizes[row], ends[row])
        weight[part] = _shares(required_features(workspace), int(rows[row]), neighbour[part], k)
    near = weight > 0
    return Neighbours(sample[near], neighbour[near], weight[near])


def _shares(features: Floats, sample: int, others: Ints, k: int) -> Floats:
    """Weights, summing to k, of the candidates for the k nearest: 1 inside, equal shares for those tied for the last
    places.
    """
    noise = max(features.shape) * np.finfo(np.float64).eps * np.linalg.norm(features[sample])
    distances = np.concatenate(
        [np.linalg.norm(features[part] - features[sample], axis=1) for part in _chunks(others, features.shape[1])]
    )
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
        rows: shape (n, d), in double or single precision.

    Returns:
        Shape (n, d), and which rows have the same value in every column, up to rounding: these correlate with nothing
        and are 0.
    """
    unit, constant = np.empty_like(rows), np.zeros(len(rows), dtype=bool)
    size, noise = max(1, CACHED // rows.shape[1]), max(rows.shape) * np.finfo(rows.dtype).eps
    for part in (slice(start, start + size) for start in range(0, len(rows), size)):
        few, moved = rows[part], unit[part]
        np.subtract(few, few.mean(axis=1, keepdims=True), out=moved)
        lengths = np.sqrt(np.einsum("ij,ij->i", moved, moved))
        constant[part] = lengths <= noise * np.sqrt(np.einsum("ij,ij->i", few, few))
        moved /= np.where(constant[part], np.inf, lengths)[:, None]
    return unit, np.flatnonzero(constant)


def cosine_distances(unit: Floats) -> Floats:
    """Return 1 - inner product of all pairs of rows i < j, row after row, shape (n (n - 1) / 2,).

    Args:
        unit: shape (n, d), rows of length 1, in double or single precision.
    """
    n = len(unit)
    pairs = np.empty(n * (n - 1) // 2, unit.dtype)
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
    mean = values.mean(axis=0)
    return _scaled(values - mean, mean, values.std(axis=0))


def standardised_columns(workspace: Workspace, precision: type[np.floating[Any]] = np.float64) -> Floats:
    """Return :func:`standardised` of the features in the network's own columns."""
    return _scaled(centred_columns(workspace), workspace.original.mean(axis=0), deviations(workspace), precision)


def _scaled(moved: Floats, mean: Floats, deviation: Floats, precision: type[np.floating[Any]] = np.float64) -> Floats:
    constant = deviation <= len(moved) * np.finfo(np.float64).eps * np.abs(mean)
    result = np.empty(moved.shape, precision)
    np.divide(moved, np.where(constant, 1.0, deviation), out=result, casting="same_kind")
    result[:, constant] = 0.0
    return result
