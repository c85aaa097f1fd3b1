"""The inverse of a transform: from the pixels that a network saw back to the places of the image that they came
from.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

_TOUCH = 1e-6  # of a cell; less than that was seen by rounding alone


class Axis(NamedTuple):
    """One axis of a transform: resized to ``resized`` pixels, of which ``length`` from ``offset`` on were seen
    (negative: padded).
    """

    resized: int
    offset: int
    length: int


@dataclass(frozen=True)
class Placement:
    """Where in an image a network's input lies; not ``known`` where only the whole image can be assumed."""

    vertical: Axis
    horizontal: Axis
    known: bool


def placement(spec: Mapping[str, Any], image: tuple[int, int], seen: tuple[int, int]) -> Placement:
    """Return where a network's input comes from.

    Args:
        spec: of the transform, with ``resize`` and ``crop`` as :func:`hubscore.models.load.transform_spec` returns
            them.
        image: ``(height, width)`` of the image.
        seen: ``(height, width)`` of the network's input.

    Returns:
        The placement; where the transform does something of its own, the whole image is assumed to fill the input.
    """
    resized = _resized(spec["resize"], image)
    offsets = None if resized is None else _offsets(spec["crop"], resized, seen)
    if resized is None or offsets is None:
        return Placement(Axis(seen[0], 0, seen[0]), Axis(seen[1], 0, seen[1]), known=False)
    vertical, horizontal = (Axis(*axis) for axis in zip(resized, offsets, seen, strict=True))
    return Placement(vertical, horizontal, known=True)


def _resized(resize: Mapping[str, Any], image: tuple[int, int]) -> tuple[int, int] | None:
    """Return (height, width) after resizing; None where only the processor knows."""
    mode, size = resize["mode"], resize.get("size")
    if mode == "none":
        return image
    if mode == "exact":
        height, width = resize["size"]
        return height, width
    if mode == "shortest_edge" and isinstance(size, int):
        short, long = min(image), max(image)
        edges = (size, int(size * long / short))
        return edges if image[0] <= image[1] else (edges[1], edges[0])
    if mode in ("shortest_edge", "longest_edge"):
        height, width = resize["size"]
        ratios = (image[0] / height, image[1] / width)
        ratio = min(ratios) if mode == "shortest_edge" else max(ratios)
        return round(image[0] / ratio), round(image[1] / ratio)
    return None


def _offsets(crop: Mapping[str, Any], resized: tuple[int, int], seen: tuple[int, int]) -> tuple[int, int] | None:
    """Return where the crop begins, per axis; None where it does not give what was seen."""
    if crop["mode"] == "none":
        return (0, 0) if resized == seen else None
    if crop["mode"] not in ("center", "center_or_pad") or tuple(crop["size"]) != seen:
        return None
    half = round if crop.get("rounding") == "half_even" else math.floor
    offsets = [
        int(half((whole - part) / 2)) if whole >= part else -((part - whole) // 2)
        for whole, part in zip(resized, seen, strict=True)
    ]
    return offsets[0], offsets[1]


@lru_cache(maxsize=512)
def axis_weights(axis: Axis, pixels: int, cells: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the matrix that takes a network's input back to the image along one axis, and averages it over the cells
    of a grid.

    Where the transform had shrunk the image, values between the network's pixels are interpolated linearly; where it
    had enlarged it, they are averaged. A cell that was seen in part takes the mean of that part.

    Args:
        axis: of a placement.
        pixels: of the image along the axis.
        cells: of the grid along the axis; they divide the image evenly.

    Returns:
        Weights, shape (cells, length), whose rows sum to 1, and which cells were seen, shape (cells,); the rows of
        others are 0.

    Example:
        >>> weights, seen = axis_weights(Axis(resized=4, offset=1, length=2), pixels=4, cells=4)
        >>> seen
        array([False,  True,  True, False])
    """
    scale = axis.resized / pixels
    back = _averaging(axis, pixels, scale) if scale >= 1 else _interpolation(axis, pixels, scale)
    shares = _overlap(np.arange(pixels + 1) * scale, np.array(_inside(axis), dtype=float))[
        :, 0
    ]  # of each pixel, what was seen
    cell = axis.resized / cells
    seen = _overlap(np.arange(cells + 1) * cell, np.array(_inside(axis), dtype=float))[:, 0] > _TOUCH * cell
    weights = _overlap(np.arange(cells + 1) * pixels / cells, np.arange(pixels + 1.0)) * shares
    total = weights.sum(axis=1, keepdims=True)
    weights = np.divide(weights, total, out=np.zeros_like(weights), where=seen[:, None]) @ back
    for array in (weights, seen):
        array.flags.writeable = False  # shared by all who ask
    return weights, seen


def _inside(axis: Axis) -> tuple[float, float]:
    """Return the part of the resized image that was seen, padding left out."""
    return max(0, axis.offset), min(axis.resized, axis.offset + axis.length)


def _averaging(axis: Axis, pixels: int, scale: float) -> np.ndarray:
    """Return (pixels, length): each pixel of the image takes the mean of the enlarged ones that it became."""
    weights = _overlap(np.arange(pixels + 1) * scale, np.arange(axis.length + 1.0) + axis.offset)
    total = weights.sum(axis=1, keepdims=True)
    shares: np.ndarray = np.divide(weights, total, out=np.zeros_like(weights), where=total > 0)
    return shares


def _interpolation(axis: Axis, pixels: int, scale: float) -> np.ndarray:
    """Return (pixels, length): each pixel of the image lies between two of the shrunken ones, or beyond the last
    that was seen.
    """
    low, high = _inside(axis)
    places = np.clip((np.arange(pixels) + 0.5) * scale - 0.5, low, max(low, high - 1)) - axis.offset
    left = np.floor(places).astype(int)
    right = np.minimum(left + 1, axis.length - 1)
    weights = np.zeros((pixels, axis.length))
    np.add.at(weights, (np.arange(pixels), left), 1 - (places - left))
    np.add.at(weights, (np.arange(pixels), right), places - left)
    return weights


def _overlap(outer: np.ndarray, inner: np.ndarray) -> np.ndarray:
    """Return how much of each inner interval lies in each outer one, shape (outer, inner), from their edges."""
    shared: np.ndarray = np.minimum(outer[1:, None], inner[1:]) - np.maximum(outer[:-1, None], inner[:-1])
    return shared.clip(0, None)
