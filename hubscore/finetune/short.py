"""A short fine-tuning, measured on images that it has not seen."""

from __future__ import annotations

import time
from pathlib import Path

from hubscore.finetune.head import head_outcomes
from hubscore.finetune.recipe import Recipe, Sample, Train, recipe_for
from hubscore.finetune.training import held_out
from hubscore.types import Candidate, Measured


def measure(
    candidate: Candidate,
    folder: Path,
    train: Sample,
    validation: Sample,
    *,
    recipe: Recipe | None = None,
    train_kind: Train = "all",
    input_size: int | None = None,
    device: str = "cpu",
) -> Measured:
    """Fine-tune a checkpoint briefly and measure its accuracy.

    Args:
        candidate: which checkpoint.
        folder: holds its configuration and weights.
        train: what the weights are fitted to.
        validation: what the accuracy is measured on; no item of ``train``.
        recipe: how; by default the short one for the candidate's kind of items.
        train_kind: ``all`` weights, or a new ``head`` alone.
        input_size: pixels per side, for networks that accept another size; the candidate's own comes before it.
        device: where torch runs it.

    Returns:
        The best accuracy over the recipe's learning rates, of which a short one has one.

    Raises:
        CandidateError: the checkpoint cannot be loaded, or its loss is not finite.
    """
    recipe = recipe or recipe_for(candidate.modality, "short")
    began = time.perf_counter()
    trained = held_out if train_kind == "all" else head_outcomes
    reached = trained(candidate, folder, (train, validation), recipe, input_size=input_size, device=device)
    accuracy = max(outcome.accuracies[0] for outcome in reached.values())
    seconds = time.perf_counter() - began
    return Measured(accuracy, len(validation.labels), recipe.epochs, seconds, len(train.labels))
