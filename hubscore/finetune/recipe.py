"""What fine-tuning is given, how it is done, and what it reached."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from hubscore.modalities.registry import MODALITIES
from hubscore.numerics.proportions import standard_error

if TYPE_CHECKING:
    import numpy as np

    from hubscore.models.network import TransformKind

Train = Literal["all", "head"]
"""What is trained: all weights of a checkpoint, or a new head over what the checkpoint computes as it is."""


class Sample(NamedTuple):
    """Labelled items."""

    items: Sequence[Any]
    """n of them, decoded; images are RGB."""
    labels: np.ndarray
    """Shape (n,), integers from 0."""


class Split(NamedTuple):
    """The three parts of a data set; no item is in two of them."""

    train: Sample
    """What the weights are fitted to."""
    validation: Sample
    """What the learning rate is chosen by."""
    test: Sample
    """What is only measured on."""


@dataclass(frozen=True)
class Recipe:
    """How a checkpoint is fine-tuned: AdamW with one learning-rate cycle, the same for every checkpoint.

    Attributes:
        epochs: passes over the training items.
        batch_size: items per step.
        learning_rates: peaks of the cycle that are tried; validation decides, the first wins a tie.
        weight_decay: of AdamW.
        flip: mirror half of the training images, drawn anew in each epoch; wrong for digits and letters;
            items of another kind stay as they are.
        batch_norm_momentum: set in every BatchNorm; some checkpoints carry values that would never adapt.
        transform: ``own``: images come in as the checkpoint prepares them, which may cut off what is at the edges;
            ``whole``: the whole image squeezed to the input size.
        head_sd: standard deviation of the new head's first weights, whose first biases are 0; none for torch's own.
        seed: of the new head, the order of the items and dropout.
    """

    epochs: int = 6
    batch_size: int = 30
    learning_rates: tuple[float, ...] = (3e-3, 1e-3)
    weight_decay: float = 0.01
    flip: bool = True
    batch_norm_momentum: float = 0.1
    transform: TransformKind = "own"
    head_sd: float | None = None
    seed: int = 0


SHORT = Recipe(epochs=2, batch_size=15, learning_rates=(2e-3,), flip=False, transform="whole", head_sd=0.01)
"""The short fine-tuning that tells the first models of a ranking apart: a twentieth of the work of the full recipe.

Images are not mirrored, which would be wrong for digits and letters and gains little in two epochs.
"""

HEAD = Recipe(epochs=50, learning_rates=(1e-2, 1e-3))
"""A new head alone: its features are computed once, so that more epochs cost nothing."""


def recipe_for(modality: str, kind: Literal["full", "short", "head"] = "full", **changes: Any) -> Recipe:
    """Return how checkpoints over one kind of items are fine-tuned.

    Args:
        modality: its name.
        kind: all weights, all weights briefly for a ranking's first models, or a new head alone.
        changes: fields of the recipe that the caller sets.

    Example:
        >>> recipe_for("image") == Recipe(), recipe_for("image", "short") == SHORT
        (True, True)
        >>> recipe_for("text").learning_rates
        (0.0003, 5e-05)
    """
    own = MODALITIES.get(modality).finetuning.get(kind, {})
    return replace({"full": Recipe(), "short": SHORT, "head": HEAD}[kind], **{**own, **changes})


@dataclass(frozen=True)
class FineTuneResult:
    """What fine-tuning reached.

    Attributes:
        model: the candidate's ``repo_id``.
        accuracy: on the test items, at the learning rate that validation chose.
        val_accuracy: on the validation items.
        lr: the learning rate that validation chose.
        seconds: wall time over all learning rates.
        test_images: how many items ``accuracy`` was measured on.
        f1: macro F1 on the test items, 0 to 1.
        epochs: the accuracy on the test items after each epoch, at the chosen learning rate; the last is ``accuracy``.
        train: whether all weights were trained, or the head alone.
    """

    model: str
    accuracy: float
    val_accuracy: float
    lr: float
    seconds: float
    test_images: int
    f1: float | None = None
    epochs: tuple[float, ...] = ()
    train: Train = "all"

    @property
    def standard_error(self) -> float:
        """How far ``accuracy`` strays with the draw of the test items."""
        return standard_error(self.accuracy, self.test_images)
