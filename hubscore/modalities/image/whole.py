"""The whole image as a network sees it: squeezed to its input size, nothing cut off, in the colours that it expects."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import torch

from hubscore.types import Json

if TYPE_CHECKING:
    from PIL.Image import Image

_LIBRARIES = ("timm", "transformers")
_OWN_STEPS = ("do_resize", "do_center_crop", "do_pad")
"""What a processor is not to do with an image that has its size."""


def whole_spec(spec: Json) -> Json:
    """Return the values of the transform that squeezes whole images; of one that does so anyway, its own.

    Args:
        spec: of a checkpoint's own transform. What another loader than hubscore's made stays as it is.

    Example:
        >>> own = {"library": "timm", "input_size": [8, 8], "resize": {"mode": "shortest_edge", "size": 9}, "crop": {}}
        >>> whole_spec(own)["resize"], whole_spec(own)["crop"]
        ({'mode': 'exact', 'size': [8, 8]}, {'mode': 'none'})
    """
    size, resize, crop = spec.get("input_size"), spec.get("resize") or {}, spec.get("crop") or {}
    if spec.get("library") not in _LIBRARIES or size is None:
        return spec
    uncut = crop.get("mode") == "none" or (crop.get("mode") == "center" and list(crop["size"]) == list(size))
    if resize.get("mode") == "exact" and list(resize["size"]) == list(size) and uncut:
        return spec
    exact = {"mode": "exact", "size": list(size)}
    return {**spec, "resize": exact, "crop": {"mode": "none"}, "varies": False, "whole": 1}


class WholeImage:
    """Squeezes images to a network's input size, then prepares their colours as the checkpoint does.

    Args:
        own: the checkpoint's own transform, from hubscore's loaders.
        spec: its values.
    """

    def __init__(self, own: Any, spec: Json) -> None:
        self._size = int(spec["input_size"][1]), int(spec["input_size"][0])
        self._filter = _filter(spec["interpolation"])
        self._grey = spec["channels"] == 1 and spec["library"] == "timm"
        self._prepare = _by_processor(own, spec, self._size) or _by_values(spec)

    def __call__(self, images: Sequence[Image]) -> Sequence[torch.Tensor]:
        """Return (n, c, h, w)."""
        squeezed = [image.convert("L") if self._grey else image for image in images]
        return cast("Sequence[torch.Tensor]", self._prepare([one.resize(self._size, self._filter) for one in squeezed]))


def _filter(name: object) -> Any:
    from PIL.Image import Resampling

    return getattr(Resampling, str(name).partition("-")[0].upper(), Resampling.BILINEAR)


def _by_processor(own: Any, spec: Json, size: tuple[int, int]) -> Callable[[list[Image]], torch.Tensor] | None:
    """Return the checkpoint's image processor without its own resizing, which keeps whatever else it does; none where
    it does not work so.
    """
    from PIL import Image

    processor = getattr(own, "processor", None)
    if processor is None:
        return None
    settings = {name: False for name in _OWN_STEPS if name in spec.get("processor", {})}

    def prepare(images: list[Image.Image]) -> torch.Tensor:
        pixels: torch.Tensor = processor(images=images, return_tensors="pt", **settings)["pixel_values"]
        return pixels

    try:
        made = prepare([Image.new("RGB", size, (100, 120, 140))])
    except Exception:  # processors refuse options in any way they like
        return None
    return prepare if tuple(made.shape) == (1, spec["channels"], size[1], size[0]) else None


def _by_values(spec: Json) -> Callable[[list[Image]], torch.Tensor]:
    """Return rescaling and standardisation as the values of a transform name them."""
    scale, mean, deviation = spec["rescale"] or 1.0, spec["mean"], spec["std"]

    def prepare(images: list[Image]) -> torch.Tensor:
        pixels = torch.from_numpy(np.stack([np.atleast_3d(np.asarray(image)) for image in images]))
        pixels = pixels.permute(0, 3, 1, 2).to(torch.float32) * scale
        if mean is None or deviation is None:
            return pixels
        middle, width = (torch.tensor(values, dtype=torch.float32)[:, None, None] for values in (mean, deviation))
        return (pixels - middle) / width

    return prepare
