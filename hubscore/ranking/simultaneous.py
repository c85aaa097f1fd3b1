"""Differences of all pairs at once: how far apart two of many models must be before they surely differ, without looking
at every pair.
"""

from __future__ import annotations

import numpy as np

from hubscore.numerics.workspace import Floats, Ints

EXTREME = 4.0
"""A model's scale is at least its largest error divided by this: of normal errors hardly any is larger, while one that
moves in one table of a thousand has a standard deviation that says little of how far.
"""


def scales(errors: Floats) -> Floats:
    """Return what the errors of each model are measured in: their root mean square, more where a single one is large.

    Args:
        errors: shape (count, models).

    Returns:
        Shape (models,), 0 for a model without errors.
    """
    typical = np.sqrt((errors**2).mean(axis=0))
    return np.asarray(np.maximum(typical, np.abs(errors).max(axis=0) / EXTREME), dtype=np.float64)


def largest_ratios(errors: Floats, scale: Floats) -> Floats:
    r"""Return the largest difference of any pair in each draw, measured in the scales of the two.

    .. math:: t_r = \max_{i \ne j} \frac{e_{ri} - e_{rj}}{s_i + s_j}

    All pairs are covered in a few passes over the models (Dinkelbach's method): at the largest ratio t, the largest
    :math:`e_i - t s_i` and the largest :math:`-e_j - t s_j` add up to 0.

    Args:
        errors: e, shape (count, models).
        scale: s, shape (models,); models without errors have 0 and do not count.

    Returns:
        Shape (count,), at least 0.

    Example:
        >>> largest_ratios(np.array([[1.0, -1.0, 0.5], [0.0, 0.0, 0.0]]), np.array([1.0, 1.0, 0.1])).round(3).tolist()
        [1.364, 0.0]
    """
    moving = scale > 0
    errors, scale = errors[:, moving], scale[moving]
    ratio, rows = np.zeros(len(errors)), np.arange(len(errors))
    if scale.size < 1:
        return ratio
    while True:
        high = np.argmax(errors - ratio[:, None] * scale, axis=1)
        least = np.argmin(errors + ratio[:, None] * scale, axis=1)
        better = (errors[rows, high] - errors[rows, least]) / (scale[high] + scale[least])
        rises = better > ratio  # each is the ratio of a pair, so that it ends whatever the errors are measured in
        if not rises.any():
            return ratio
        ratio = np.where(rises, better, ratio)


def reaches(errors: Floats, level: float) -> Floats:
    """Return the reach of every model: two whose values differ by more than both reaches together surely differ, and
    with the probability ``level`` no pair of them all is said to differ by mistake.

    Args:
        errors: of the models' values in simulated draws, shape (count, models).
        level: probability, between 0 and 1.

    Returns:
        Shape (models,).
    """
    scale = scales(errors)
    return np.asarray(np.quantile(largest_ratios(errors, scale), level) * scale, dtype=np.float64)


def surely_better(values: Floats, reach: Floats) -> tuple[Ints, Ints]:
    """Count for every model how many are surely better, and how many surely worse, in O(m log m).

    Args:
        values: shape (models,), larger is better.
        reach: from :func:`reaches`.

    Returns:
        Two arrays of shape (models,).

    Example:
        >>> [counts.tolist() for counts in surely_better(np.array([0.9, 0.5, 0.45]), np.array([0.1, 0.1, 0.1]))]
        [[0, 1, 1], [2, 0, 0]]
    """
    low, high = np.sort(values - reach - 1e-12), np.sort(values + reach + 1e-12)
    better = len(values) - np.searchsorted(low, values + reach, side="right")
    worse = np.searchsorted(high, values - reach, side="left")
    return better.astype(np.int64), worse.astype(np.int64)
