"""Head re-training: a new linear head over the features of a checkpoint that stays as it is."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import torch

from hubscore.finetune.held import Held, HeldItems, length_of, outputs, scale_of
from hubscore.finetune.loop import AT_ONCE, FEATURES, MIRRORED, Labelled, Outcome, train_and_measure
from hubscore.finetune.prepared import count_classes, finite, prepared
from hubscore.finetune.recipe import Recipe, Sample
from hubscore.modalities.image.batches import PIXELS
from hubscore.models.batch import Batch
from hubscore.types import Candidate

if TYPE_CHECKING:
    from hubscore.models.network import Network


def head_outcomes(
    candidate: Candidate,
    folder: Path,
    parts: Sequence[Sample],
    recipe: Recipe,
    *,
    input_size: int | None = None,
    device: str = "cpu",
) -> dict[float, Outcome]:
    """Compute features of every item once, and train a head at each learning rate.

    Args:
        candidate: which checkpoint.
        folder: holds its configuration and weights.
        parts: training items, and one or more parts to measure on.
        recipe: how; where it mirrors images, features of the mirrored training images are computed as well.
        input_size: pixels per side, for networks that accept another size.
        device: where torch runs it.

    Returns:
        By learning rate, what was reached on each part but the first, with the accuracy after each epoch; rates at
        which the loss was not finite are left out.

    Raises:
        CandidateError: the checkpoint cannot be loaded, or its loss is not finite at any learning rate.
    """
    from hubscore.models.load import load_network

    with torch.random.fork_rng():
        network = load_network(candidate.in_one_layer(), folder, input_size=input_size).with_transform(recipe.transform)
        network.module.to(device).eval()
        train, *held_out = (prepared(network, part, device) for part in parts)
        featured = [features_of(network, train, mirrored=recipe.flip), *(features_of(network, one) for one in held_out)]
        return finite({rate: train_head(featured, recipe, rate) for rate in recipe.learning_rates}, candidate)


def train_head(parts: list[Labelled], recipe: Recipe, rate: float) -> Outcome | None:
    """Train a new head over features and measure it.

    Args:
        parts: features under ``FEATURES``, shape (n, d), and labels (n,): training rows, and parts to measure on. Rows
            of the first may have features of the mirrored image under ``MIRRORED``.
        recipe: how; its ``learning_rates`` are not read.
        rate: where the learning rate peaks.

    Returns:
        What was reached on each part but the first, or nothing where the loss was not finite.
    """
    items, labels = parts[0]
    assert not isinstance(items, HeldItems)  # features are of one size
    torch.manual_seed(recipe.seed)
    head = _Head(items[FEATURES].shape[1], count_classes(parts), recipe.head_sd).to(labels.device)
    return train_and_measure(head, parts, recipe, rate, each_epoch=True)


@torch.no_grad()  # and no inference mode: what is computed here is trained on
def features_of(network: Network, data: Labelled, *, mirrored: bool = False) -> Labelled:
    """Return features in place of prepared items, and of mirrored images beside them."""
    items, labels = data
    made = {FEATURES: _features(network, items)}
    images = None if isinstance(items, HeldItems) else items.get(PIXELS)
    if mirrored and images is not None and not isinstance(items, HeldItems):
        made[MIRRORED] = _features(network, {**items, PIXELS: images.flip(-1)})
    return made, labels


def _features(network: Network, items: Held) -> torch.Tensor:
    parts = torch.arange(length_of(items), device=network.device).split(AT_ONCE)
    made = torch.cat([outputs(lambda batch: network.forward(batch)[0], items, part) for part in parts])
    return made * scale_of(made)


class _Head(torch.nn.Module):
    """A linear layer over a batch of features."""

    def __init__(self, width: int, classes: int, head_sd: float | None) -> None:
        super().__init__()
        self.head = torch.nn.Linear(width, classes)
        if head_sd is not None:
            torch.nn.init.normal_(self.head.weight, std=head_sd)
            torch.nn.init.zeros_(self.head.bias)

    def forward(self, batch: Batch) -> torch.Tensor:
        """Return logits, shape (n, classes)."""
        logits: torch.Tensor = self.head(batch[FEATURES])
        return logits
