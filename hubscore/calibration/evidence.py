"""What the kernel probes say of one checkpoint, put together by one rule."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

ACCURACY, LOSS = "kernel_probe", "kernel_probe_loss"
LAYER_ACCURACY, LAYER_LOSS = "layer_kernel_probe", "layer_kernel_probe_loss"
SCORES = (ACCURACY, LOSS, LAYER_ACCURACY, LAYER_LOSS)
"""All four, by name."""


@dataclass(frozen=True)
class ProbeEvidence:
    """Accuracy and log loss of the kernel probes of one checkpoint.

    Attributes:
        accuracy: leave-one-out accuracy, 0 to 1: of the features, or the mean of that and of the layers'.
        loss: leave-one-out log loss, in nats, 0 or more: likewise.
        layers: whether the layers are in it. Evidence with and without layers is calibrated apart.
    """

    accuracy: float
    loss: float
    layers: bool

    @classmethod
    def of(cls, scores: Mapping[str, float | None]) -> ProbeEvidence | None:
        """Return the evidence in one checkpoint's scores, none without both numbers of the features: layers alone were
        never compared with the truth.

        Args:
            scores: values by name; none or absent where a score is undefined.

        Example:
            >>> ProbeEvidence.of({"kernel_probe": 0.8, "kernel_probe_loss": 0.5})
            ProbeEvidence(accuracy=0.8, loss=0.5, layers=False)
            >>> ProbeEvidence.of({"kernel_probe": 0.5, "kernel_probe_loss": 1.0,
            ...                   "layer_kernel_probe": 0.75, "layer_kernel_probe_loss": 0.5})
            ProbeEvidence(accuracy=0.625, loss=0.75, layers=True)
            >>> ProbeEvidence.of({"kernel_probe": 0.8}) is None
            True
        """
        features, layers = _pair(scores, ACCURACY, LOSS), _pair(scores, LAYER_ACCURACY, LAYER_LOSS)
        if features is None:
            return None
        pairs = [features] if layers is None else [features, layers]
        accuracy, loss = (sum(values) / len(pairs) for values in zip(*pairs, strict=True))
        return cls(accuracy, loss, layers is not None)


def _pair(scores: Mapping[str, float | None], accuracy: str, loss: str) -> tuple[float, float] | None:
    """Return one probe's two numbers, none unless both are there."""
    right, cost = scores.get(accuracy), scores.get(loss)
    if right is None or cost is None or not (math.isfinite(right) and math.isfinite(cost)):
        return None
    return float(right), float(cost)
