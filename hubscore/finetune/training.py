"""Ground truth: plain full fine-tuning of a checkpoint, every weight of it, or of what lies behind some layer."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import torch

from hubscore.errors import UsageError
from hubscore.finetune.head import head_outcomes
from hubscore.finetune.held import Held, batches_of, scale_of
from hubscore.finetune.loop import Labelled, Outcome, train_and_measure
from hubscore.finetune.prepared import count_classes, finite, prepared
from hubscore.finetune.recipe import FineTuneResult, Recipe, Sample, Split, Train, recipe_for
from hubscore.models.batch import Batch
from hubscore.types import Candidate

if TYPE_CHECKING:
    from hubscore.models.network import Network


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
    train: Train = "all",
) -> FineTuneResult:
    """Fine-tune all weights of a checkpoint under a new linear head, or train that head alone, and measure it.

    The checkpoint is loaded and its items are prepared as for scoring; prepared items are held in memory.

    Args:
        candidate: which checkpoint.
        folder: holds its configuration and weights.
        split: training, validation and test items.
        recipe: how; by default the one that :func:`~hubscore.finetune.recipe.recipe_for` has for the candidate's kind
            of items, of all weights or of a head alone.
        input_size: pixels per side, for networks that accept another size.
        device: where torch runs it.
        frozen: beginnings of the names of parameters that stay as they are, as
            :attr:`hubscore.layers.result.Layer.freeze` has them; dropout and BatchNorm statistics of modules that begin
            so stand still too.
        anew: begin with random weights, instead of the checkpoint's, in every module that is not frozen.
        train: ``all`` weights, or the new ``head`` alone over the features of the checkpoint as it is.

    Returns:
        Accuracy and macro F1 on the test items, 0 to 1, the accuracy after each epoch, and how they came about.

    Raises:
        CandidateError: the checkpoint cannot be loaded, or its loss is not finite at any learning rate.
        UsageError: no parameter begins as ``frozen`` says, a part of ``split`` is empty, the recipe has nothing to do,
            or ``frozen`` or ``anew`` is given where only the head is trained.

    Example:
        >>> result = finetune(candidate, folder, Split(train, validation, test))  # doctest: +SKIP
        >>> round(result.accuracy, 2), round(result.standard_error, 2)  # doctest: +SKIP
        (0.89, 0.01)
    """
    recipe = recipe or recipe_for(candidate.modality, "head" if train == "head" else "full")
    _check(split, recipe)
    started = time.perf_counter()
    if train == "head":
        if frozen or anew:
            why = "the network stays as it is where only its head is trained"
            raise UsageError("frozen and anew have no meaning here", why, "leave them out")
        reached = head_outcomes(candidate, folder, split, recipe, input_size=input_size, device=device)
    else:
        reached = held_out(
            candidate,
            folder,
            split,
            recipe,
            input_size=input_size,
            device=device,
            frozen=tuple(frozen),
            anew=anew,
            each_epoch=True,
        )
    rate, best = max(reached.items(), key=lambda outcome: outcome[1].accuracies[0])
    return FineTuneResult(
        model=candidate.repo_id,
        accuracy=best.accuracies[-1],
        val_accuracy=best.accuracies[0],
        lr=rate,
        seconds=time.perf_counter() - started,
        test_images=len(split.test.labels),
        f1=best.f1,
        epochs=best.epochs,
        train=train,
    )


def held_out(
    candidate: Candidate,
    folder: Path,
    parts: Sequence[Sample],
    recipe: Recipe,
    *,
    input_size: int | None = None,
    device: str = "cpu",
    frozen: tuple[str, ...] = (),
    anew: bool = False,
    each_epoch: bool = False,
) -> dict[float, Outcome]:
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
        each_epoch: measure on the last part after each epoch, too.

    Returns:
        By learning rate, what was reached on each part but the first; rates at which the loss was not finite are left
        out.

    Raises:
        CandidateError: the checkpoint cannot be loaded, or its loss is not finite at any learning rate.
    """
    from hubscore.models.load import load_network

    with torch.random.fork_rng():  # the caller's random numbers go on as if nothing had happened
        network = load_network(candidate.in_one_layer(), folder, input_size=input_size).with_transform(recipe.transform)
        network.module.to(device).requires_grad_(True)
        _freeze(network, frozen)
        ready = [prepared(network, part, device) for part in parts]
        pretrained = {name: value.clone() for name, value in network.module.state_dict().items()}
        reached = {}
        for rate in recipe.learning_rates:
            network.module.load_state_dict(pretrained)
            torch.manual_seed(recipe.seed)
            if anew:
                _reset(network.module, frozen)
            reached[rate] = _at(rate, network, ready, recipe, frozen, each_epoch)
    return finite(reached, candidate)


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
    rate: float,
    network: Network,
    parts: list[Labelled],
    recipe: Recipe,
    frozen: tuple[str, ...] = (),
    each_epoch: bool = False,
) -> Outcome | None:
    """Return what is reached on each part but the first, or nothing where the loss was not finite."""
    (width, scale), device = _features(network, parts[0][0]), parts[0][1].device
    model = ModelWithNewHead(network, width, count_classes(parts), frozen, recipe.head_sd, scale).to(device)
    for module in model.modules():
        if isinstance(module, torch.nn.modules.batchnorm._BatchNorm):
            module.momentum = recipe.batch_norm_momentum
    return train_and_measure(model, parts, recipe, rate, each_epoch=each_epoch)


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
        scale: float = 1.0,
    ) -> None:
        super().__init__()
        self.body, self._network, self._frozen, self._scale = network.module, network, frozen, scale
        self.head = torch.nn.Linear(width, classes)
        if head_sd is not None:
            torch.nn.init.normal_(self.head.weight, std=head_sd)
            torch.nn.init.zeros_(self.head.bias)

    def forward(self, batch: Batch) -> torch.Tensor:
        """Return logits, shape (n, classes)."""
        features = self._network.forward(batch)[0]
        logits: torch.Tensor = self.head(features if self._scale == 1 else features * self._scale)
        return logits

    def train(self, mode: bool = True) -> ModelWithNewHead:
        """Set the mode of all but the frozen modules."""
        super().train(mode)
        for name, module in self.body.named_modules():
            if f"{name}.".startswith(self._frozen):
                module.eval()
        return self


@torch.inference_mode()
def _features(network: Network, items: Held) -> tuple[int, float]:
    """Return how many features the network computes of an item, and what a new head has them multiplied with."""
    network.module.eval()
    found = torch.cat([network.forward(batch)[0] for batch, _ in batches_of(items, torch.arange(2))])
    return int(found.shape[1]), scale_of(found)
