"""Annotation vectors of images: boxes and masks by the functions of :mod:`hubscore.modalities.image.area_shares`."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import numpy as np
from datasets import ClassLabel, LargeList, List
from PIL import Image

from hubscore.errors import DatasetError
from hubscore.modalities.encoded import Encoded
from hubscore.modalities.image.area_shares import box_shares, pixel_shares

IGNORED = 255
"""The mask value of pixels that belong to no class."""

_BOXES = ("bbox", "bboxes", "boxes")
_BOX_CLASSES = ("category", "categories", "category_id", "label", "labels", "class", "classes")


def box_fields(feature: object) -> tuple[str, str] | None:
    """Name the fields of boxes and of their classes in a detection annotation, or return none."""
    inner = feature.feature if isinstance(feature, (List, LargeList)) else feature
    if not isinstance(inner, dict):
        return None
    boxes = [field for field in _BOXES if field in inner]
    classes = [field for field in _BOX_CLASSES if field in inner]
    return (boxes[0], classes[0]) if boxes and classes else None


def image_size(data: bytes) -> tuple[int, int]:
    """Read width and height from an image's header; boxes are given for the picture as stored."""
    with Image.open(io.BytesIO(data)) as image:
        return image.size


def boxes_to_vectors(
    annotations: Sequence[Any], feature: object, sizes: Sequence[tuple[int, int]]
) -> tuple[np.ndarray, tuple[str, ...]]:
    """Turn detection annotations into area shares.

    Args:
        annotations: n of them: a struct of lists, or a list of structs, with boxes as left, top, width, height in
            pixels.
        feature: the column's feature, which knows the class names.
        sizes: width and height of the n images.

    Returns:
        Shape (n, classes), and the class names.
    """
    fields = box_fields(feature)
    assert fields is not None
    listed = [_pairs(row, *fields) for row in annotations]
    names = _class_names(feature, fields[1], listed)
    number = {name: place for place, name in enumerate(names)}
    vectors = [
        box_shares(
            np.array([box for box, _ in pairs]),
            np.array([number[name] for _, name in pairs], dtype=int),
            size,
            len(names),
        )
        for pairs, size in zip(listed, sizes, strict=True)
    ]
    return np.array(vectors), tuple(map(str, names.values()))


def masks_to_vectors(masks: Sequence[Encoded]) -> tuple[np.ndarray, tuple[str, ...]]:
    """Turn segmentation masks into pixel shares; the classes are the values that occur, but for 255.

    Args:
        masks: n encoded images whose pixels are class numbers.

    Returns:
        Shape (n, classes), and the class numbers as names.

    Raises:
        DatasetError: a mask is missing, broken, or coloured.
    """
    numbers = [_numbers(mask) for mask in masks]
    classes = sorted({int(value) for mask in numbers for value in np.unique(mask)} - {IGNORED})
    return np.array([pixel_shares(mask, classes, ignore=(IGNORED,)) for mask in numbers]), tuple(map(str, classes))


def _pairs(row: Any, boxes: str, classes: str) -> list[tuple[Any, Any]]:
    """List (box, class) of one annotation in either of its two layouts."""
    if isinstance(row, dict):
        return list(zip(row[boxes] or [], row[classes] or [], strict=True))
    return [(item[boxes], item[classes]) for item in row or []]


def _class_names(feature: object, field: str, listed: Sequence[Sequence[tuple[Any, Any]]]) -> dict[Any, str]:
    """Map the classes as stored to their names, in order."""
    inner = feature.feature[field] if isinstance(feature, (List, LargeList)) else feature[field]  # type: ignore[index]
    inner = inner.feature if isinstance(inner, (List, LargeList)) else inner
    if isinstance(inner, ClassLabel):
        return dict(enumerate(inner.names))
    return {value: str(value) for value in sorted({value for pairs in listed for _, value in pairs})}


def _numbers(mask: Encoded) -> np.ndarray:
    """Decode a mask without touching its values."""
    if mask.fault is not None:
        raise DatasetError(f"Mask {mask.name or ''} cannot be read", mask.fault, "leave the row out of the data set")
    try:
        with Image.open(io.BytesIO(mask.data)) as image:
            pixels = np.asarray(image)
    except Exception as error:  # a damaged file can make Pillow's readers raise nearly anything
        raise DatasetError(
            f"Mask {mask.name or ''} cannot be read", str(error), "leave the row out of the data set"
        ) from error
    if pixels.ndim == 2:
        return pixels
    if (pixels[..., :1] == pixels[..., :3]).all():
        return pixels[..., 0]
    raise DatasetError(
        "The masks are coloured", "hubscore reads masks whose pixels are class numbers", "store them in mode L or P"
    )
