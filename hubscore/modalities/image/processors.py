"""transformers' image processors as transforms: their settings, their size, one image or many."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import torch

from hubscore.errors import CandidateError
from hubscore.modalities.image.geometry import geometry, interpolation
from hubscore.modalities.image.limits import check_settings, check_statistics, settings_of
from hubscore.models.checkpoint_files import one_line, refusal, size_refusal
from hubscore.types import Candidate, Json

if TYPE_CHECKING:
    from PIL.Image import Image

_FILES = ("preprocessor_config.json", "processor_config.json")


class ProcessorTransform:
    """A transformers image processor as a transform.

    Args:
        processor: the image processor.
        spec: its values, from :func:`describe`.
    """

    def __init__(self, processor: Any, spec: Json) -> None:
        self.processor, self.varies = processor, spec["varies"]

    def __call__(self, images: Sequence[Image]) -> Sequence[torch.Tensor]:
        """Return (n, c, h, w), or a list where sizes vary: padding to the largest would let neighbours change an
        image's features.
        """
        if self.varies:
            return [_one(self.processor, image) for image in images]
        pixels = self.processor(images=list(images), return_tensors="pt")["pixel_values"]
        return cast("Sequence[torch.Tensor]", pixels)


def load_processor(
    candidate: Candidate, folder: Path, *, input_size: int | None = None
) -> tuple[ProcessorTransform, Json]:
    """Return a checkpoint's transform and its values.

    Raises:
        CandidateError: there is no processor, it does not make pixel images, or it has no such size.
    """
    if not any((folder / name).is_file() for name in _FILES):
        raise refusal(candidate, f"it has no {_FILES[0]}, so nobody can tell how its images are prepared")
    for settings in settings_of(folder, _FILES):
        check_settings(candidate, settings)
    processor = _read(candidate, folder, {})
    check_settings(candidate, processor.to_dict())
    if input_size is not None:
        processor = _resized(candidate, folder, processor, input_size)
    spec = _describe(candidate, processor)
    check_statistics(candidate, spec)
    if input_size is not None and spec["input_size"] != [input_size, input_size]:
        height, width = spec["input_size"]
        raise size_refusal(candidate, input_size, f"its image processor makes {height} x {width} of it")
    return ProcessorTransform(processor, spec), spec


def _read(candidate: Candidate, folder: Path, settings: Json) -> Any:
    from transformers import AutoImageProcessor

    try:
        return AutoImageProcessor.from_pretrained(
            str(folder), trust_remote_code=False, local_files_only=True, **settings
        )
    except (OSError, ValueError, ImportError, TypeError, KeyError, AttributeError) as error:
        raise refusal(candidate, f"its image processor cannot be made ({one_line(error)})") from error


def _resized(candidate: Candidate, folder: Path, processor: Any, input_size: int) -> Any:
    """Return the processor with every size scaled, so that crop and resize keep their proportion."""
    base = min(_one(processor, _blank(224, 224)).shape[-2:])
    settings = processor.to_dict()
    scaled = {
        name: {side: value * input_size // base for side, value in settings[name].items() if value}
        for name in ("size", "crop_size")
        if isinstance(settings.get(name), Mapping)
    }
    for name, size in scaled.items():
        check_settings(candidate, {name: size}, "a smaller --input-size N")
    return _read(candidate, folder, scaled)


def _describe(candidate: Candidate, processor: Any) -> Json:
    """Return all that decides the transform's numbers, and where its output lies in the image."""
    try:
        square, wide, tall = (_one(processor, _blank(*size)) for size in ((224, 224), (224, 140), (140, 224)))
    except CandidateError:
        raise
    except Exception as error:
        raise refusal(candidate, f"its image processor does not take a plain image ({one_line(error)})") from error
    if square.ndim != 3:
        raise refusal(
            candidate, f"its image processor makes {square.ndim} axes of an image instead of (channels, height, width)"
        )
    settings = _plain(processor.to_dict())
    return {
        "library": "transformers",
        "channels": square.shape[0],
        "input_size": list(square.shape[-2:]),
        "varies": not square.shape == wide.shape == tall.shape,
        **geometry(lambda image: _one(processor, image), settings),
        "interpolation": interpolation(settings.get("resample")),
        "rescale": settings.get("rescale_factor") if settings.get("do_rescale") else None,
        "mean": settings.get("image_mean") if settings.get("do_normalize") else None,
        "std": settings.get("image_std") if settings.get("do_normalize") else None,
        "backend": getattr(processor, "backend", "torchvision"),
        "processor": settings,
    }


def _one(processor: Any, image: Image) -> torch.Tensor:
    """Return one image, prepared by itself."""
    pixels: torch.Tensor = processor(images=image, return_tensors="pt")["pixel_values"][0]
    return pixels


def _blank(height: int, width: int) -> Image:
    from PIL import Image

    return Image.new("RGB", (width, height), (100, 120, 140))


def _plain(value: Any) -> Any:
    """Turn a processor's settings into JSON values; names of classes and files are no settings of the transform."""
    if isinstance(value, Mapping):
        return {
            str(key): _plain(item)
            for key, item in sorted(value.items())
            if not str(key).startswith("_") and item is not None
        }
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if value is None or isinstance(value, (str, int, float, bool)):
        return getattr(value, "value", value)
    return str(value)
