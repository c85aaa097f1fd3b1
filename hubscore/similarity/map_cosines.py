"""Mean cosines of many networks' maps, in blocks of samples; only pixels that both networks saw count."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from hubscore.errors import UsageError
from hubscore.numerics.workspace import Floats, Ints
from hubscore.similarity.validation import Rows

BLOCK = 2**27
"""Bytes of maps in memory at a time."""


class Cosines(NamedTuple):
    """Mean cosines, shape (l, r), NaN where no sample has one, and of how many samples each is the mean."""

    mean: Floats
    samples: Ints


class _Block(NamedTuple):
    """Some samples of every network: values (b, m, p) with 0 where unseen, the distinct masks (b, p), and who has
    which.
    """

    values: NDArray[Any]
    masks: list[NDArray[np.bool_] | None]
    groups: Ints


def mean_cosines(
    left: Sequence[Rows],
    right: Sequence[Rows] | None = None,
    *,
    dtype: Any = np.float32,
    progress: Callable[[int, int], object] | None = None,
) -> Cosines:
    """Return the mean over samples of the cosine of every two networks' maps.

    One matrix product a sample and block gives all networks' products; networks with the same mask share the norms over
    the pixels that both saw. Samples on which a map is zero, or of which no pixel is seen by both, have no cosine and
    are left out.

    Args:
        left: maps of l networks, each (n, c, h, w), NaN where a network never saw the pixel.
        right: maps of r networks on the same grid; ``left`` itself by default.
        dtype: of the products; sums over samples are in float64.
        progress: called with samples done and samples in all.

    Returns:
        Means and counts, shape (l, r).

    Raises:
        UsageError: the maps differ in shape, or hold infinite numbers.
    """
    shape = _common_shape([*left, *(right or ())])
    n, pixels = shape[0], int(np.prod(shape[1:]))
    total = np.zeros((len(left), len(left if right is None else right)))
    counts = np.zeros(total.shape, dtype=np.int64)
    for rows in _blocks(n, pixels * (len(left) + len(right or ())) * np.dtype(dtype).itemsize):
        first = _read(left, rows, pixels, dtype)
        cosines = _cosines(first, first if right is None else _read(right, rows, pixels, dtype))
        defined = np.isfinite(cosines)
        counts += defined.sum(axis=0)
        total += np.where(defined, cosines, 0).sum(axis=0, dtype=np.float64)
        if progress is not None:
            progress(rows.stop, n)
    mean = np.full(total.shape, np.nan)
    np.divide(total, counts, out=mean, where=counts > 0)
    return Cosines(np.clip(mean, -1.0, 1.0), counts)


def _common_shape(networks: Sequence[Rows]) -> tuple[int, ...]:
    shapes = {tuple(network.shape) for network in networks}
    if len(shapes) != 1:
        listed = " and ".join(map(str, sorted(shapes)[:2]))
        raise UsageError(
            "Cannot compare maps of different shapes",
            f"there are {listed}",
            "make them of the same samples, at one map size",
        )
    return shapes.pop()


def _blocks(n: int, bytes_each: int) -> Iterator[slice]:
    step = max(1, BLOCK // max(1, bytes_each))
    return (slice(start, min(start + step, n)) for start in range(0, n, step))


def _read(networks: Sequence[Rows], rows: slice, pixels: int, dtype: Any) -> _Block:
    """Read some samples of every network, and find out which networks saw the same pixels."""
    values = np.empty((rows.stop - rows.start, len(networks), pixels), dtype=dtype)
    masks: list[NDArray[np.bool_] | None] = []
    known: dict[bytes, int] = {}
    groups = np.empty(len(networks), dtype=np.int64)
    for place, network in enumerate(networks):
        part = np.asarray(network[rows]).reshape(len(values), pixels)
        values[:, place] = part
        unseen = np.isnan(part)
        whole = not unseen.any()
        key = b"" if whole else np.packbits(unseen).tobytes()
        if key not in known:
            known[key] = len(masks)
            masks.append(None if whole else ~unseen)
        groups[place] = known[key]
        if not whole:
            values[:, place][unseen] = 0
    if np.isinf(values).any():
        raise UsageError(
            "Cannot compare maps",
            "some of their numbers are infinite",
            "make the maps again, or leave that network out",
        )
    return _Block(values, masks, groups)


def _cosines(left: _Block, right: _Block) -> NDArray[Any]:
    """Return the cosines of every sample, shape (b, l, r); NaN where there is none."""
    products = left.values @ right.values.transpose(0, 2, 1)
    lengths = _lengths(left, right.masks)[:, :, right.groups] * _lengths(right, left.masks)[
        :, :, left.groups
    ].transpose(0, 2, 1)
    found = np.full(products.shape, np.nan, dtype=products.dtype)
    np.divide(products, lengths, out=found, where=lengths > 0)
    return found


def _lengths(block: _Block, masks: Sequence[NDArray[np.bool_] | None]) -> NDArray[Any]:
    """Return the length of each map over the pixels of each mask, shape (b, m, masks)."""
    squares = np.empty((*block.values.shape[:2], len(masks)), dtype=block.values.dtype)
    whole = [place for place, mask in enumerate(masks) if mask is None]
    squares[:, :, whole] = np.einsum("bmp,bmp->bm", block.values, block.values)[:, :, None]
    cut = {place: mask for place, mask in enumerate(masks) if mask is not None}
    if cut:
        squares[:, :, list(cut)] = np.square(block.values) @ np.stack(list(cut.values()), axis=-1).astype(
            block.values.dtype
        )
    lengths: NDArray[Any] = np.sqrt(squares)
    return lengths
