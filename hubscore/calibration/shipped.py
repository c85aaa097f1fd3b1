"""What is told of the truth behind the calibration that comes with hubscore, to readers who have no page of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hubscore.calibration.calibration import Calibration

BRIEF = "if fine-tuned on about 300 images"
"""What its accuracies are, without the page that says the rest."""
RECIPE = "all weights, AdamW, 6 epochs"
"""What that page says, for those who read a card."""


def is_shipped(calibration: Mapping[str, Any] | None) -> bool:
    """Say whether a ranking's record is of the calibration that comes with hubscore: same truth, same tables.

    Args:
        calibration: the record's; its provenance decides, and without one nobody knows.

    Example:
        >>> is_shipped(Calibration.default().to_json()), is_shipped({"modality": "image"})
        (True, False)
    """
    told = calibration.get("provenance") if isinstance(calibration, Mapping) else None
    ours = Calibration.default().provenance.to_json()
    return isinstance(told, Mapping) and all(told.get(key) == ours[key] for key in ("truth", "tables"))
