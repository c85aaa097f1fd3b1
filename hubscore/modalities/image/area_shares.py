"""The functions ``g`` that turn boxes and masks into the vectors that PARC compares."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


def box_shares(boxes: np.ndarray, box_classes: np.ndarray, size: tuple[int, int], classes: int) -> np.ndarray:
    r"""Return ``g`` for detection: the share of the image's area that the boxes of each class take.

    .. math:: g_c = \frac{1}{w h} \sum_{b : c_b = c} w_b h_b

    Boxes are clipped to the image; where boxes of one class overlap, both count.

    Args:
        boxes: shape (k, 4), pixels, left, top, width, height (the Hub's COCO convention).
        box_classes: shape (k,), integers in 0..classes-1.
        size: width and height of the image.
        classes: how many.

    Returns:
        Shape (classes,), at least 0, and at most 1 where boxes of a class do not overlap.

    Source: PARC, Bolya et al., NeurIPS 2021, Sec. 6.2.

    Example:
        >>> box_shares(np.array([[0, 0, 5, 10]]), np.array([1]), (10, 10), 2)
        array([0. , 0.5])
    """
    corners = np.asarray(boxes, dtype=float).reshape(-1, 4)
    limits = np.array(size, dtype=float)
    low = np.clip(corners[:, :2], 0, limits)
    high = np.clip(corners[:, :2] + corners[:, 2:], 0, limits)
    areas = np.clip(high - low, 0, None).prod(axis=1) / limits.prod()
    return np.bincount(np.asarray(box_classes, dtype=int), weights=areas, minlength=classes)


def pixel_shares(mask: np.ndarray, classes: Sequence[int], *, ignore: Sequence[int] = (255,)) -> np.ndarray:
    r"""Return ``g`` for segmentation: the share of the pixels that each class has.

    .. math:: g_c = \frac{|\{p : m_p = c\}|}{|\{p : m_p \notin \text{ignore}\}|}

    Args:
        mask: shape (height, width), class numbers.
        classes: the class numbers, in the order of the result.
        ignore: values of pixels that belong to no class.

    Returns:
        Shape (len(classes),), 0..1, summing to 1 when every pixel that counts is of one of the classes; zeros when none
        counts.

    Source: PARC, Bolya et al., NeurIPS 2021, Sec. 6.2.

    Example:
        >>> pixel_shares(np.array([[0, 0], [7, 255]]), [0, 7])
        array([0.66666667, 0.33333333])
    """
    counted = mask[~np.isin(mask, ignore)]
    return np.array([(counted == number).sum() for number in classes]) / max(counted.size, 1)
