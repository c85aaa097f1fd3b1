"""What the number of a probe's rows does to its accuracy: with fewer rows a probe falls shorter of fine-tuning."""

from __future__ import annotations

import numpy as np

from hubscore.numerics.workspace import Floats

ROWS = 400
"""Of a probe that needs no correction."""
GROWTH = 0.85
"""Radians that a probe's prediction gains while sqrt(C / n) falls by one: measured once, see docs/calibrate.md."""
GROWTH_ERROR = 0.25
"""Standard deviation of that between data sets."""


def rows_missing(classes: int | Floats, samples: int | Floats) -> Floats:
    """Return ``sqrt(C / n) - sqrt(C / 400)``, above 0 where a probe has fewer than 400 rows.

    Example:
        >>> round(float(rows_missing(10, 100)), 3), float(rows_missing(10, 400))
        (0.158, 0.0)
    """
    root = np.sqrt(np.asarray(classes, dtype=np.float64))
    return np.asarray(root / np.sqrt(np.asarray(samples, dtype=np.float64)) - root / np.sqrt(ROWS))
