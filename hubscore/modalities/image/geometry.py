"""Where in an image a processor's output comes from: said by its settings, believed only when an image shows it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import torch
from torchvision.transforms.v2 import InterpolationMode
from torchvision.transforms.v2 import functional as vision

from hubscore.types import Json

if TYPE_CHECKING:
    from PIL.Image import Image

UNKNOWN = {"resize": {"mode": "processor"}, "crop": {"mode": "processor"}}
"""The geometry of a processor that does something else."""

_INTERPOLATION = {0: "nearest", 1: "lanczos", 2: "bilinear", 3: "bicubic", 4: "box", 5: "hamming"}
_TOLERANCE = 0.1  # of the pattern's standard deviation; half a pixel off is more


def interpolation(resample: object) -> str:
    """Return the name of Pillow's filter number, or of torchvision's filter."""
    known = getattr(resample, "value", resample)
    return _INTERPOLATION.get(known, str(known)) if isinstance(known, int) else str(known)


def geometry(run: Callable[[Image], torch.Tensor], settings: Mapping[str, Any]) -> Json:
    """Return how a processor resizes and crops.

    Args:
        run: turns an image into (c, h, w).
        settings: the processor's settings.

    Returns:
        ``resize`` with mode ``none``, ``exact``, ``shortest_edge`` or ``processor`` (only the processor knows) and its
        size; ``crop`` with mode ``none``, ``center`` (padded with zeros where the image is smaller) or ``processor``,
        its size, and how an offset of half a pixel is rounded.
    """
    try:
        seen = [(image, _standard(run(_to_image(image))[0])) for image in (_pattern(180, 240), _pattern(240, 180))]
        for resize, crop in _readings(settings):
            if all(_agrees(_apply(image, resize, crop, settings), output) for image, output in seen):
                return {"resize": resize, "crop": crop}
    except (RuntimeError, ValueError, TypeError):  # a size that makes no sense read this way
        return UNKNOWN
    return UNKNOWN


def _readings(settings: Mapping[str, Any]) -> Iterator[tuple[Json, Json]]:
    """Yield what the settings may mean; processors differ in how they read a size."""
    size, crop_size = settings.get("size") or {}, settings.get("crop_size") or {}
    cropped = settings.get("do_center_crop") and crop_size.get("height")
    crop = _center(crop_size["height"], crop_size["width"]) if cropped else {"mode": "none"}
    if not settings.get("do_resize"):
        yield {"mode": "none"}, crop
    elif size.get("height") and size.get("width"):
        yield {"mode": "exact", "size": [size["height"], size["width"]]}, crop
    elif (edge := size.get("shortest_edge")) and not size.get("longest_edge"):
        yield {"mode": "shortest_edge", "size": edge}, crop
        if share := settings.get("crop_pct"):
            yield {"mode": "shortest_edge", "size": int(edge / share)}, _center(edge, edge)
        yield {"mode": "exact", "size": [edge, edge]}, crop
        yield {"mode": "shortest_edge", "size": int(256 / 224 * edge)}, crop  # LeViT's own rule


def _center(height: int, width: int) -> Json:
    return {"mode": "center", "size": [height, width], "rounding": "down"}


def _apply(image: torch.Tensor, resize: Json, crop: Json, settings: Mapping[str, Any]) -> torch.Tensor:
    size = {"none": None, "exact": resize.get("size"), "shortest_edge": [resize.get("size")]}[resize["mode"]]
    if size is not None:
        image = vision.resize(
            image, size, interpolation=InterpolationMode(interpolation(settings.get("resample", 2))), antialias=True
        )
    return _standard(_crop(image, *crop["size"])[0] if crop["mode"] == "center" else image[0])


def _crop(image: torch.Tensor, height: int, width: int) -> torch.Tensor:
    """Cut out the middle, offsets rounded down; what lies outside the image is zero."""
    outside = [max(0, height - image.shape[-2]), max(0, width - image.shape[-1])]
    image = vision.pad(image, [outside[1] // 2, outside[0] // 2, (outside[1] + 1) // 2, (outside[0] + 1) // 2])
    top, left = (image.shape[-2] - height) // 2, (image.shape[-1] - width) // 2
    middle: torch.Tensor = vision.crop(image, top, left, height, width)
    return middle


def _agrees(predicted: torch.Tensor, output: torch.Tensor) -> bool:
    return predicted.shape == output.shape and float((predicted - output).abs().max()) < _TOLERANCE


def _standard(plane: torch.Tensor) -> torch.Tensor:
    """Take out brightness and contrast, so that only the geometry is compared."""
    plane = plane.float()
    return (plane - plane.mean()) / plane.std().clamp_min(1e-6)


def _pattern(height: int, width: int) -> torch.Tensor:
    """Return smooth grey noise, shape (3, height, width), in which every place looks different."""
    generator = torch.Generator().manual_seed(0)
    coarse = torch.randint(0, 256, (1, 1, height // 12, width // 12), generator=generator).float()
    smooth = torch.nn.functional.interpolate(coarse, (height, width), mode="bicubic").clamp(0, 255)[0]
    return smooth.to(torch.uint8).expand(3, height, width).contiguous()


def _to_image(pattern: torch.Tensor) -> Image:
    image: Image = vision.to_pil_image(pattern)
    return image
