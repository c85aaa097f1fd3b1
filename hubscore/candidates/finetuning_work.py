"""How long the first models of a ranking would be fine-tuned, before anybody knows which they are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

TRAINING_PER_FORWARD = 3
"""A training step takes about three forward passes: one forward, two backward."""


class FineTuningWork(NamedTuple):
    """What a short fine-tuning of the first models does."""

    top: int
    """How many models."""
    train: int
    """Items that each is trained on."""
    validation: int
    """Items that each is measured on."""
    epochs: int
    """Passes over the training items."""
    train_kind: str = "all"
    """What is trained: ``all`` weights, a new ``head`` over features that are computed once, or ``both``."""

    def seconds(self, per_item: Sequence[float], per_model: float) -> float:
        """Return the estimated seconds for models of the candidates' mean cost.

        Args:
            per_item: seconds of a forward pass over one item, by candidate.
            per_model: seconds to load one.

        Example:
            >>> FineTuningWork(top=3, train=300, validation=100, epochs=2).seconds([0.01, 0.02, 0.03], 0.0)
            114.0
            >>> [
            ...     FineTuningWork(3, 300, 100, 2, kind).seconds([0.01, 0.02, 0.03], 0.0)
            ...     for kind in ("head", "both")
            ... ]
            [24.0, 138.0]
        """
        if not per_item:
            return 0.0
        tuned, features = self.train_kind != "head", self.train_kind != "all"
        passes = tuned * self.train * self.epochs * TRAINING_PER_FORWARD + features * self.train
        passes += (tuned + features) * self.validation
        mean = sum(per_item) / len(per_item)
        return min(self.top, len(per_item)) * (passes * mean + per_model)
