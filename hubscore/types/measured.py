"""What a short, real fine-tuning of one checkpoint reached."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from hubscore.types.open_record import OpenRecord, optional, reads, tuples


@dataclass(frozen=True)
class Measured(OpenRecord):
    """The accuracy of a checkpoint after a short fine-tuning on the ranked data; a measurement, not an estimate.

    Attributes:
        accuracy: share of validation rows that came out right, 0 to 1.
        images: how many validation rows that were; none of them was trained on.
        epochs: passes over the training images.
        seconds: wall time, loading included; that of the first time where the result was kept.
        train_images: how many it was fine-tuned on.

    Example:
        >>> Measured(accuracy=0.8, images=100, epochs=2, seconds=12.0, train_images=300).words
        'measured on 100 validation rows'
    """

    accuracy: float
    images: int
    epochs: int
    seconds: float
    train_images: int

    @property
    def words(self) -> str:
        """What a table says of the number."""
        return f"measured on {self.images} validation rows"


@dataclass(frozen=True)
class FineTuning(OpenRecord):
    """How the first models of a ranking were fine-tuned briefly, and what that means for their order.

    Attributes:
        models: the first of the ranking by its scores, in that order.
        failed: why some of them have no accuracy, by model.
        recipe: epochs, batch size, learning rate, seed and so on.
        text: in a sentence.
        details: the recipe and the rule of the order, in words.
        head_recipe: of new heads on the same models as they are, where such were trained.
    """

    models: tuple[str, ...] = field(default=(), metadata=reads(tuples))
    failed: Mapping[str, str] = field(default_factory=dict)
    recipe: Mapping[str, Any] = field(default_factory=dict)
    text: str = ""
    details: str = ""
    head_recipe: Mapping[str, Any] = field(default_factory=dict, metadata=optional())
