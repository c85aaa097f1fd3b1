"""The scale on which accuracies are predicted: arcsin sqrt(accuracy), on which their sampling error is about the same
everywhere.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from hubscore.numerics.workspace import Floats

TOP = np.pi / 2
"""The angle of an accuracy of 1."""
EDGE = 0.03
"""Radians from either end from which predictions bend away from it: about the sampling error of an accuracy over 300
images, beyond which nobody has seen a difference.
"""


def to_angle(accuracy: ArrayLike) -> Floats:
    """Return arcsin sqrt(accuracy), 0 to pi / 2.

    Example:
        >>> round(float(to_angle(0.5)), 4)
        0.7854
    """
    return np.arcsin(np.sqrt(np.clip(np.asarray(accuracy, dtype=np.float64), 0.0, 1.0)))


def to_accuracy(angle: ArrayLike) -> Floats:
    """Return sin² of an angle, where angles beyond 0 and pi / 2 count as these.

    Example:
        >>> round(float(to_accuracy(np.pi / 4)), 4), float(to_accuracy(2.0))
        (0.5, 1.0)
    """
    return np.asarray(np.sin(np.clip(np.asarray(angle, dtype=np.float64), 0.0, TOP)) ** 2)


def bounded(angle: ArrayLike) -> Floats:
    """Bend angles into the range from 0 to pi / 2 without tying any two of them.

    A formula may well predict more than 100 %. Cutting there would tie the best models of an easy data set, so the
    last degrees bend instead: ``pi / 2 - e softplus((pi / 2 - x) / e)``, and alike at 0.

    Example:
        >>> bounded([0.8, 1.6, 1.7]).round(3).tolist()
        [0.8, 1.561, 1.57]
    """
    above = EDGE * np.logaddexp(0.0, np.asarray(angle, dtype=np.float64) / EDGE)
    return np.asarray(TOP - EDGE * np.logaddexp(0.0, (TOP - above) / EDGE))
