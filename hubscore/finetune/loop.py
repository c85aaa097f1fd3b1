"""The training loop, and what a trained network reaches on items that it has not seen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import torch
from torch.nn.functional import cross_entropy

from hubscore.finetune.accelerated import accelerator_on
from hubscore.finetune.held import Held, outputs
from hubscore.finetune.recipe import Recipe
from hubscore.modalities.image.batches import PIXELS
from hubscore.models.batch import Batch
from hubscore.numerics.classification import macro_f1

Labelled = tuple[Held, torch.Tensor]
"""Prepared items, held in memory, and their labels (n,)."""
MIRRORED = "mirrored"
"""Key of a batch under which features of mirrored images stand, beside those under ``FEATURES``."""
FEATURES = "features"
"""Key of a batch of features."""
AT_ONCE = 64  # items per step when only measuring


@dataclass(frozen=True)
class Outcome:
    """What training at one learning rate reached.

    Attributes:
        accuracies: 0 to 1, on each part that was measured on.
        f1: macro F1, 0 to 1, on the last of them.
        epochs: the accuracy on the last of them after each epoch, where that was asked for.
    """

    accuracies: tuple[float, ...]
    f1: float
    epochs: tuple[float, ...] = ()


def train_and_measure(
    model: torch.nn.Module, parts: list[Labelled], recipe: Recipe, rate: float, *, each_epoch: bool = False
) -> Outcome | None:
    """Train a network that returns logits, in place, and measure it.

    Args:
        model: what is trained.
        parts: training items, and one or more parts to measure on.
        recipe: how; its ``learning_rates`` are not read.
        rate: where the learning rate peaks.
        each_epoch: measure on the last part after each epoch as well, which changes nothing in the training.

    Returns:
        What it reached, or nothing where the loss was not finite.
    """
    train, *held_out = parts
    epochs: list[float] = []

    def after_epoch() -> None:
        if len(epochs) < recipe.epochs - 1:  # what the last one reached is measured below
            epochs.append(accuracy_of(model, held_out[-1]))

    if not train_model(model, train, recipe, rate, after_epoch=after_epoch if each_epoch else None):
        return None
    predicted = [predictions(model, part) for part in held_out]
    accuracies = [_share(made, labels) for made, (_, labels) in zip(predicted, held_out, strict=True)]
    f1 = macro_f1(predicted[-1].cpu().numpy(), held_out[-1][1].cpu().numpy())
    return Outcome(tuple(accuracies), f1, (*epochs, accuracies[-1]) if each_epoch else ())


def train_model(
    model: torch.nn.Module,
    data: Labelled,
    recipe: Recipe,
    rate: float,
    *,
    after_epoch: Callable[[], None] | None = None,
) -> bool:
    """Train all weights of a network that returns logits, in place, through accelerate.

    Args:
        model: what is trained.
        data: n prepared items and their labels (n,).
        recipe: how; its ``learning_rates`` are not read.
        rate: where the learning rate peaks.
        after_epoch: called after each epoch; may leave the model in evaluation mode.

    Returns:
        Whether the loss stayed finite.
    """
    items, labels = data
    count = len(labels)
    optimizer = torch.optim.AdamW(model.parameters(), lr=rate, weight_decay=recipe.weight_decay)
    steps = recipe.epochs * len(_batches(torch.arange(count), recipe.batch_size))
    cycle = torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=rate, total_steps=max(steps, 2))
    order = torch.Generator().manual_seed(recipe.seed)
    accelerator = accelerator_on(labels.device)
    model = accelerator.prepare_model(model, evaluation_mode=True)  # each process trains a network of its own
    optimizer, cycle = accelerator.prepare(optimizer, cycle)
    for _ in range(recipe.epochs):
        model.train()
        for rows in _batches(torch.randperm(count, generator=order), recipe.batch_size):
            chosen, change = rows.to(labels.device), partial(_mirrored, order=order) if recipe.flip else None
            loss = cross_entropy(outputs(model, items, chosen, change), labels[chosen])
            if not torch.isfinite(loss):
                return False
            optimizer.zero_grad()
            accelerator.backward(loss)
            optimizer.step()
            cycle.step()
        if after_epoch is not None:
            after_epoch()
    return True


def accuracy_of(model: torch.nn.Module, data: Labelled) -> float:
    """Return the share of items whose largest logit is at their label."""
    return _share(predictions(model, data), data[1])


@torch.inference_mode()
def predictions(model: torch.nn.Module, data: Labelled) -> torch.Tensor:
    """Return where the largest logit of each item is, shape (n,); the model is left in evaluation mode."""
    model.eval()
    items, labels = data
    parts = torch.arange(len(labels), device=labels.device).split(AT_ONCE)
    return torch.cat([outputs(model, items, part).argmax(1) for part in parts])


def _share(predicted: torch.Tensor, labels: torch.Tensor) -> float:
    return int((predicted == labels).sum()) / len(labels)


def _batches(rows: torch.Tensor, size: int) -> list[torch.Tensor]:
    """Cut rows into batches; a last one of a single item is left out, because BatchNorm cannot train on it."""
    batches = list(rows.split(size))
    return batches[:-1] if len(batches) > 1 and len(batches[-1]) == 1 else batches


def _mirrored(batch: Batch, order: torch.Generator) -> Batch:
    """Mirror half of the images; items of another kind have no mirror image."""
    key = FEATURES if MIRRORED in batch else PIXELS
    own = batch.get(key)
    if own is None:
        return batch
    other = batch[MIRRORED] if MIRRORED in batch else own.flip(-1)
    chosen = (torch.rand(len(own), generator=order) < 0.5).to(own.device)
    return {**batch, key: torch.where(chosen.view(-1, *[1] * (own.ndim - 1)), other, own)}
