"""Ground truth: plain full fine-tuning of a checkpoint, every weight of it, or of what lies behind some layer."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch.nn.functional import cross_entropy

from hubscore.errors import CandidateError, UsageError
from hubscore.finetune.accelerated import accelerator_on
from hubscore.finetune.recipe import FineTuneResult, Recipe, Sample, Split
from hubscore.modalities.image.batches import PIXELS
from hubscore.modalities.lazy_items import seen_by
from hubscore.models.batch import Batch, move_batch, take_rows
from hubscore.types import Candidate

if TYPE_CHECKING:
    from hubscore.models.network import Network

Labelled = tuple[Batch, torch.Tensor]
"""Prepared items, held in memory, and their labels (n,)."""
_AT_ONCE = 64  # items per step when only measuring


def finetune(
    candidate: Candidate,
    folder: Path,
    split: Split,
    *,
    recipe: Recipe | None = None,
    input_size: int | None = None,
    device: str = "cpu",
    frozen: Sequence[str] = (),
    anew: bool = False,
) -> FineTuneResult:
    """Fine-tune all weights of a checkpoint under a new linear head and measure its accuracy.

    The checkpoint is loaded and its items are prepared as for scoring; prepared items are held in memory.

    Args:
        candidate: which checkpoint.
        folder: holds its configuration and weights.
        split: training, validation and test items.
        recipe: how; by default 6 epochs, batches of 30, learning rates that peak at 3e-3 and 1e-3.
        input_size: pixels per side, for networks that accept another size.
        device: where torch runs it.
        frozen: beginnings of the names of parameters that stay as they are, as
            :attr:`hubscore.layers.result.Layer.freeze` has them; dropout and BatchNorm statistics of modules that begin
            so stand still too.
        anew: begin with random weights, instead of the checkpoint's, in every module that is not frozen.

    Returns:
        The accuracy on the test items, 0 to 1, and how it came about.

    Raises:
        CandidateError: the checkpoint cannot be loaded, or its loss is not finite at any learning rate.
        UsageError: no parameter begins as ``frozen`` says, a part of ``split`` is empty, or the recipe has nothing to
            do.

    Example:
        >>> result = finetune(candidate, folder, Split(train, validation, test))  # doctest: +SKIP
        >>> round(result.accuracy, 2), round(result.standard_error, 2)  # doctest: +SKIP
        (0.89, 0.01)
    """
    recipe = recipe or Recipe()
    _check(split, recipe)
    started = time.perf_counter()
    reached = held_out_accuracies(
        candidate, folder, split, recipe, input_size=input_size, device=device, frozen=tuple(frozen), anew=anew
    )
    rate, (validation, accuracy) = max(reached.items(), key=lambda outcome: outcome[1][0])
    return FineTuneResult(
        candidate.repo_id, accuracy, validation, rate, time.perf_counter() - started, len(split.test.labels)
    )


def held_out_accuracies(
    candidate: Candidate,
    folder: Path,
    parts: Sequence[Sample],
    recipe: Recipe,
    *,
    input_size: int | None = None,
    device: str = "cpu",
    frozen: tuple[str, ...] = (),
    anew: bool = False,
) -> dict[float, tuple[float, ...]]:
    """Fine-tune at each learning rate, every time from the same start, and measure.

    Args:
        candidate: which checkpoint; the next arguments are those of :func:`finetune`.
        folder: holds its configuration and weights.
        parts: training items, and one or more parts to measure on.
        recipe: how.
        input_size: pixels per side, for networks that accept another size.
        device: where torch runs it.
        frozen: beginnings of the names of parameters that stay as they are.
        anew: begin with random weights in every module that is not frozen.

    Returns:
        By learning rate, the accuracy on each part but the first; rates at which the loss was not finite are left out.

    Raises:
        CandidateError: the checkpoint cannot be loaded, or its loss is not finite at any learning rate.
    """
    from hubscore.models.load import load_network

    with torch.random.fork_rng():  # the caller's random numbers go on as if nothing had happened
        network = load_network(candidate, folder, input_size=input_size).with_transform(recipe.transform)
        network.module.to(device).requires_grad_(True)
        _freeze(network, frozen)
        prepared = [_prepared(network, part, device) for part in parts]
        pretrained = {name: value.clone() for name, value in network.module.state_dict().items()}
        reached = {}
        for rate in recipe.learning_rates:
            network.module.load_state_dict(pretrained)
            torch.manual_seed(recipe.seed)
            if anew:
                _reset(network.module, frozen)
            reached[rate] = _at(rate, network, prepared, recipe, frozen)
    finite = {rate: accuracies for rate, accuracies in reached.items() if accuracies}
    if not finite:
        why = f"the loss was not finite at {', '.join(f'{rate:g}' for rate in recipe.learning_rates)}"
        raise _cannot_finetune(candidate.repo_id, why, "try smaller learning rates")
    return finite


def _freeze(network: Network, frozen: tuple[str, ...]) -> None:
    """Let parameters stay as they are."""
    named = dict(network.module.named_parameters())
    for beginning in frozen:
        chosen = [parameter for name, parameter in named.items() if name.startswith(beginning)]
        if not chosen:
            why = f"none of its parameters begins with {beginning!r}, for example {next(iter(named), 'none')!r}"
            raise UsageError(f"Cannot freeze a part of {network.name!r}", why, "hubscore layers MODEL --list")
        for parameter in chosen:
            parameter.requires_grad_(False)


def _reset(module: torch.nn.Module, frozen: tuple[str, ...]) -> None:
    """Draw new weights for every module that is not frozen and knows how."""
    for name, part in module.named_modules():
        if not f"{name}.".startswith(frozen) and hasattr(part, "reset_parameters"):
            part.reset_parameters()


def _check(split: Split, recipe: Recipe) -> None:
    for name, part in zip(Split._fields, split, strict=True):
        if not len(part.labels) or len(part.labels) != len(part.items):
            what = f"Cannot fine-tune with {len(part.items)} {name} items and {len(part.labels)} labels"
            raise UsageError(what, "", "pass one label per item, at least one")
    if not recipe.learning_rates or recipe.epochs < 1 or recipe.batch_size < 2:
        raise UsageError(
            "Cannot fine-tune with this recipe",
            "it needs a learning rate, an epoch and two items per batch",
            "Recipe()",
        )


def _at(
    rate: float, network: Network, parts: list[Labelled], recipe: Recipe, frozen: tuple[str, ...] = ()
) -> tuple[float, ...]:
    """Return the accuracy on each part but the first, or nothing where the loss was not finite."""
    train, *held_out = parts
    classes = 1 + max(int(labels.max()) for _, labels in parts)
    model = ModelWithNewHead(network, _width(network, train[0]), classes, frozen, recipe.head_sd).to(train[1].device)
    for module in model.modules():
        if isinstance(module, torch.nn.modules.batchnorm._BatchNorm):
            module.momentum = recipe.batch_norm_momentum
    if not train_model(model, train, recipe, rate):
        return ()
    return tuple(accuracy_of(model, part) for part in held_out)


class ModelWithNewHead(torch.nn.Module):
    """A checkpoint's network under a new linear head; the old head, if any, is not used, and frozen modules are
    never in training.
    """

    def __init__(
        self,
        network: Network,
        width: int,
        classes: int,
        frozen: tuple[str, ...] = (),
        head_sd: float | None = None,
    ) -> None:
        super().__init__()
        self.body, self._network, self._frozen = network.module, network, frozen
        self.head = torch.nn.Linear(width, classes)
        if head_sd is not None:
            torch.nn.init.normal_(self.head.weight, std=head_sd)
            torch.nn.init.zeros_(self.head.bias)

    def forward(self, batch: Batch) -> torch.Tensor:
        """Return logits, shape (n, classes)."""
        logits: torch.Tensor = self.head(self._network.forward(batch)[0])
        return logits

    def train(self, mode: bool = True) -> ModelWithNewHead:
        """Set the mode of all but the frozen modules."""
        super().train(mode)
        for name, module in self.body.named_modules():
            if f"{name}.".startswith(self._frozen):
                module.eval()
        return self


def train_model(model: torch.nn.Module, data: Labelled, recipe: Recipe, rate: float) -> bool:
    """Train all weights of a network that returns logits, in place, through accelerate.

    Args:
        model: what is trained; left in training mode.
        data: n prepared items and their labels (n,).
        recipe: how; its ``learning_rates`` are not read.
        rate: where the learning rate peaks.

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
    model.train()
    for _ in range(recipe.epochs):
        for rows in _batches(torch.randperm(count, generator=order), recipe.batch_size):
            batch = take_rows(items, rows.to(labels.device))
            loss = cross_entropy(
                model(_mirrored(batch, order) if recipe.flip else batch), labels[rows.to(labels.device)]
            )
            if not torch.isfinite(loss):
                return False
            optimizer.zero_grad()
            accelerator.backward(loss)
            optimizer.step()
            cycle.step()
    return True


@torch.inference_mode()
def accuracy_of(model: torch.nn.Module, data: Labelled) -> float:
    """Return the share of items whose largest logit is at their label."""
    model.eval()
    items, labels = data
    parts = [slice(start, start + _AT_ONCE) for start in range(0, len(labels), _AT_ONCE)]
    right = sum(int((model(take_rows(items, part)).argmax(1) == labels[part]).sum()) for part in parts)
    return right / len(labels)


def _batches(rows: torch.Tensor, size: int) -> list[torch.Tensor]:
    """Cut rows into batches; a last one of a single item is left out, because BatchNorm cannot train on it."""
    batches = list(rows.split(size))
    return batches[:-1] if len(batches) > 1 and len(batches[-1]) == 1 else batches


def _mirrored(batch: Batch, order: torch.Generator) -> Batch:
    """Mirror half of the images; items of another kind have no mirror image."""
    images = batch.get(PIXELS)
    if images is None:
        return batch
    chosen = (torch.rand(len(images), generator=order) < 0.5).to(images.device)
    return {**batch, PIXELS: torch.where(chosen[:, None, None, None], images.flip(-1), images)}


def _prepared(network: Network, part: Sample, device: str) -> Labelled:
    items, shown = list[Any](), seen_by(part.items, network.spec)
    for start in range(0, len(shown), _AT_ONCE):
        items += list(network.transform_all(shown[start : start + _AT_ONCE]))
    batches = list(network.collate(items))
    if len(batches) > 1:
        why = "its own transform gives images of several sizes, and batches need one"
        raise _cannot_finetune(network.name, why, "--input-size 224")
    labels = torch.as_tensor(np.asarray(part.labels, dtype=np.int64), device=device)
    return move_batch(batches[0][0], device), labels


@torch.inference_mode()
def _width(network: Network, batch: Batch) -> int:
    """Return how many features the network computes of an item."""
    network.module.eval()
    return int(network.forward(take_rows(batch, slice(2)))[0].shape[1])


def _cannot_finetune(name: str, why: str, fix: str) -> CandidateError:
    what = "cannot be fine-tuned"
    return CandidateError(f"Model {name!r} {what}", why, fix, subject=name, predicate=what)
