"""Labels beside points, moved apart where they would cover one another."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

STEPS = (0, *(sign * step for step in range(1, 25) for sign in (1, -1)))
"""Tried offsets, in half lines up or down."""


def place_labels(
    figure: Figure, axes: Axes, points: np.ndarray, labels: Sequence[str], colours: Sequence[str], size: float = 8.0
) -> None:
    """Write a label beside each point, where it covers least of the labels and points before it.

    Args:
        figure: laid out once, so that distances on paper are known.
        axes: whose points they are.
        points: shape (k, 2), in data units.
        labels: k texts.
        colours: k colours.
        size: of the letters, in points.
    """
    figure.draw_without_rendering()
    position = axes.get_position()
    figure.set_layout_engine("none")  # the places hold for this layout only
    axes.set_position(position)
    scale = 72 / figure.dpi
    spots = axes.transData.transform(points) * scale
    edges = np.multiply(axes.get_window_extent().extents, scale)
    taken = [(x - 3, y - 3, x + 3, y + 3) for x, y in spots]
    for number in np.lexsort((spots[:, 0], -spots[:, 1])):
        width, height = 0.56 * size * len(labels[number]), 1.1 * size
        choices = [_box(spots[number], side, step, width, height) for step in STEPS for side in (1, -1)]
        costs = [_covered(box, taken) + _outside(box, edges) + 0.2 * rank for rank, box in enumerate(choices)]
        best = int(np.argmin(costs))
        taken.append(choices[best])
        _write(axes, points[number], spots[number], choices[best], best, labels[number], colours[number], size)


Box = tuple[float, float, float, float]


def _box(spot: np.ndarray, side: int, step: int, width: float, height: float) -> Box:
    left = spot[0] + 5 if side > 0 else spot[0] - 5 - width
    low = spot[1] - height / 2 + step * height / 2
    return left, low, left + width, low + height


def _covered(box: Box, taken: Sequence[Box]) -> float:
    """Return the area that a box shares with others, in square points."""
    shared = 0.0
    for other in taken:
        wide = min(box[2], other[2]) - max(box[0], other[0])
        high = min(box[3], other[3]) - max(box[1], other[1])
        shared += wide * high if wide > 0 and high > 0 else 0.0
    return shared


def _outside(box: Box, frame: np.ndarray) -> float:
    over = (frame[0] - box[0], frame[1] - box[1], box[2] - frame[2], box[3] - frame[3])
    return 10 * sum(max(0.0, float(length)) for length in over)


def _write(
    axes: Axes, point: np.ndarray, spot: np.ndarray, box: Box, rank: int, label: str, colour: str, size: float
) -> None:
    right = box[0] > spot[0]
    offset = ((box[0] if right else box[2]) - spot[0], (box[1] + box[3]) / 2 - spot[1])
    line = (
        {
            "arrowstyle": "-",
            "color": colour,
            "linewidth": 0.5,
            "alpha": 0.6,
            "shrinkA": 0,
            "shrinkB": 2,
            "relpos": (0.0 if right else 1.0, 0.5),
        }
        if abs(offset[1]) > size
        else None
    )
    axes.annotate(
        label,
        (float(point[0]), float(point[1])),
        offset,
        textcoords="offset points",
        ha="left" if right else "right",
        va="center",
        fontsize=size,
        color=colour,
        arrowprops=line,
        annotation_clip=False,
    )
