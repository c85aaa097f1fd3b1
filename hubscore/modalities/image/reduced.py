"""How far a large picture is reduced before a transform sees it: to at least twice what the transform makes of it.

A photo of 12 megapixels takes a tenth of a second to decode and 36 MB, and a network looks at 224 x 224 of it. So a
picture whose shorter side is at least four times what a transform resizes that side to is decoded smaller, and kept so
for every network that wants no more. What a network computes of it differs a little (``benchmarks/large_photos.py``
measures how much); smaller pictures, and transforms that do not shrink what they get, are left alone, to the bit.

How far depends on the picture and the transform alone, so a row's numbers are the same whoever else is ranked.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from PIL.Image import Image

STEPS = (256, 384, 512, 768, 1024)
"""Sides that transforms make, rounded up to one of these, so that few different copies of a picture are kept."""
OVERSAMPLED = 2
"""A reduced picture has this many times the pixels, per side, that the transform makes of it."""
LIMIT = 2
"""Only a picture that becomes at least this many times smaller, per side, is reduced."""
VERSION = b"hubscore reduced 1 "
"""In the identity of every picture that some transform gets reduced."""


def kept_side(shorter: int | None, spec: Mapping[str, Any]) -> int | None:
    """Return how many pixels of a picture's shorter side a transform needs; none where it gets the picture as it is.

    Args:
        shorter: pixels of the picture's shorter side.
        spec: of the transform.

    Example:
        >>> spec = {"resize": {"mode": "shortest_edge", "size": 256}, "interpolation": "bicubic"}
        >>> kept_side(3000, spec), kept_side(1024, spec), kept_side(1023, spec)
        (512, 512, None)
    """
    side = made_side(spec)
    step = None if side is None else next((step for step in STEPS if step >= side), None)
    if shorter is None or step is None or shorter < LIMIT * OVERSAMPLED * step:
        return None
    return OVERSAMPLED * step


def made_side(spec: Mapping[str, Any]) -> int | None:
    """Return what a transform resizes a picture's shorter side to, at most; none where it does not resize, picks single
    pixels, or only its processor knows.

    Example:
        >>> made_side({"resize": {"mode": "exact", "size": [224, 448]}, "interpolation": "bilinear"})
        448
        >>> made_side({"resize": {"mode": "none"}, "interpolation": "bilinear"}) is None
        True
    """
    resize, filtered = spec.get("resize") or {}, str(spec.get("interpolation") or "nearest")
    if resize.get("mode") not in ("exact", "shortest_edge", "longest_edge") or filtered.startswith("nearest"):
        return None
    size = resize.get("size")
    sides = size if isinstance(size, (list, tuple)) else [size]
    return max(sides) if all(isinstance(side, int) for side in sides) and len(sides) else None


def is_small(shorter: int | None) -> bool:
    """Whether no transform gets a picture reduced.

    Example:
        >>> is_small(1023), is_small(1024), is_small(None)
        (True, False, True)
    """
    return shorter is None or shorter < LIMIT * OVERSAMPLED * STEPS[0]


def prepare_sample(picture: Image) -> None:
    """Do what most transforms do: 256 pixels on the shorter side, of which 224 are seen, standardised."""
    import numpy as np
    from PIL.Image import Resampling

    scale = 256 / min(picture.size)
    resized = picture.resize((round(picture.width * scale), round(picture.height * scale)), Resampling.BICUBIC)
    pixels = np.asarray(resized.crop((16, 16, 240, 240)), dtype=np.float32) / 255
    np.ascontiguousarray(((pixels - 0.5) / 0.25).transpose(2, 0, 1))
