"""How large the images may be that a checkpoint's preparation makes, told from its settings before one is made."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from hubscore.modalities.image.batches import activation_bytes
from hubscore.models.bounded_build import check_memory
from hubscore.models.checkpoint_files import refusal
from hubscore.types import Candidate, Json

MAX_PIXELS = 2**23
"""Of one image: 2,896 a side. The largest networks on the Hub take 2,560 x 1,920."""
_SIDE = 4096
_SIZES = ("size", "crop_size", "pad_size")
_MULTIPLES = ("size_divisor", "size_divisibility", "ensure_multiple_of", "patch_size", "pad_multiple")
_FIX = "choose another checkpoint"


def check_pixels(candidate: Candidate, height: float, width: float, fix: str = _FIX) -> None:
    """Refuse images of more pixels than any network takes.

    Raises:
        CandidateError: there are more than :data:`MAX_PIXELS`, or the numbers are none.
    """
    if not (height > 0 and width > 0 and height * width <= MAX_PIXELS):  # NaN is neither
        size = f"{height:,.15g} x {width:,.15g} pixels"
        why = f"its images would have {size}, and {MAX_PIXELS:,} are the most that is taken"
        raise refusal(candidate, why, fix)


def check_settings(candidate: Candidate, settings: Mapping[str, Any], fix: str = _FIX) -> None:
    """Refuse an image processor whose settings ask for such images.

    Args:
        candidate: for messages.
        settings: of the processor.
        fix: what to do.

    Raises:
        CandidateError: a size, or what a size is divided by or brought to a multiple of, is too large.
    """
    share = settings.get("crop_pct")
    factor = share if isinstance(share, int | float) and 0 < share < 1 else 1
    for name in _SIZES:
        for height, width in _sides(settings.get(name)):
            check_pixels(candidate, height / factor, width / factor, fix)
    for name in _MULTIPLES:
        for height, width in _sides(settings.get(name)):
            if not (height <= _SIDE and width <= _SIDE):
                why = f"its image processor makes sides multiples of {max(height, width):,.15g} pixels ({name})"
                raise refusal(candidate, why, fix)


def settings_of(folder: Path, names: tuple[str, ...]) -> Iterator[Mapping[str, Any]]:
    """Yield the settings of image processors in a folder, as their files have them; what cannot be read has none."""
    for name in names:
        try:
            found = json.loads((folder / name).read_text(encoding="utf-8"))
        except (OSError, ValueError, RecursionError):
            continue
        for part in (found, found.get("image_processor") if isinstance(found, Mapping) else None):
            if isinstance(part, Mapping):
                yield part


def _sides(value: Any) -> Iterator[tuple[float, float]]:
    """Yield height and width as a setting of any form gives them; a longest edge bounds, and asks for no size."""
    if _is_number(value):
        yield value, value
    elif isinstance(value, list) and value and all(_is_number(one) for one in value):
        yield value[0], value[-1]
    elif isinstance(value, Mapping):
        known = {key: one for key, one in value.items() if _is_number(one)}
        for pair in (("height", "width"), ("max_height", "max_width")):
            if any(name in known for name in pair):
                yield known.get(pair[0], 1), known.get(pair[1], 1)
        edges = [known[name] for name in ("shortest_edge", "longest_edge") if name in known]
        if edges:
            yield min(edges), min(edges)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def check_image_memory(candidate: Candidate, spec: Json) -> None:
    """Refuse a network one of whose images would not fit into the memory that is free.

    Raises:
        CandidateError: it would not, by an estimate from its pixels.
    """
    height, width = spec["input_size"]
    what = f"one image of {height} x {width} pixels on its way through the network would"
    check_memory(candidate, activation_bytes(spec), what)


def check_statistics(candidate: Candidate, spec: Json) -> None:
    """Refuse a transform whose mean, deviation or scale is no finite number, or that divides by nothing.

    Raises:
        CandidateError: then no image would come out of it as numbers.
    """
    for name in ("mean", "std", "rescale"):
        told = spec.get(name)
        numbers = told if isinstance(told, list) else [] if told is None else [told]
        bad = [one for one in numbers if not (_is_number(one) and math.isfinite(one)) or (name == "std" and one == 0)]
        if bad:
            raise refusal(candidate, f"its images would not be numbers: its {name} is {told}")
