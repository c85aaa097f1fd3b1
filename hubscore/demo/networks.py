"""Building, training and saving the demo's small networks with unmodified timm and transformers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import torch

from hubscore.demo.pictures import SIDE, Pictures
from hubscore.demo.sources import TASK_TEXT, Source
from hubscore.finetune.loop import accuracy_of, train_model
from hubscore.finetune.recipe import Recipe
from hubscore.modalities.image.batches import PIXELS
from hubscore.models.batch import Batch

HALF = (0.5, 0.5, 0.5)
LEARNING_RATE = 3e-3


class Logits(torch.nn.Module):
    """A timm or transformers classifier as a function from a batch of images to logits."""

    def __init__(self, network: torch.nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, batch: Batch) -> torch.Tensor:
        """Return logits, shape (n, classes)."""
        out = self.network(batch[PIXELS])
        logits: torch.Tensor = out if isinstance(out, torch.Tensor) else out.logits
        return logits


def build(source: Source, classes: Sequence[str]) -> torch.nn.Module:
    """Return an untrained network with a head for ``classes``; torch's seed decides its weights."""
    if source.library == "timm":
        import timm

        overlay = {
            "input_size": (3, SIDE, SIDE),
            "pool_size": None,
            "crop_pct": 1.0,
            "interpolation": "bilinear",
            "mean": HALF,
            "std": HALF,
        }
        network: torch.nn.Module = timm.create_model(
            source.architecture, num_classes=len(classes), pretrained_cfg_overlay=overlay
        )
        return network
    from transformers import RegNetConfig, RegNetForImageClassification, ResNetConfig, ResNetForImageClassification

    id2label, label2id = dict(enumerate(classes)), {name: index for index, name in enumerate(classes)}
    sizes, depths = [24, 48, 96], [1, 1, 1]
    if source.architecture == "resnet":
        resnet = ResNetConfig(
            embedding_size=24,
            hidden_sizes=sizes,
            depths=depths,
            layer_type="basic",
            id2label=id2label,
            label2id=label2id,
        )
        return ResNetForImageClassification(resnet)
    regnet = RegNetConfig(
        embedding_size=16,
        hidden_sizes=sizes,
        depths=depths,
        groups_width=8,
        id2label=id2label,
        label2id=label2id,
    )
    return RegNetForImageClassification(regnet)


def train(source: Source, pictures: Pictures, *, epochs: int, seed: int) -> tuple[torch.nn.Module, float | None]:
    """Build a network and teach it its source task.

    Args:
        source: which network.
        pictures: of its task; the last tenth is held back to see what it learnt.
        epochs: passes over the pictures.
        seed: of the weights and the order of the pictures.

    Returns:
        The network, and its accuracy on the pictures held back; none where it learns nothing.
    """
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        network = build(source, pictures.classes)
        if source.task == "nothing":
            return network.eval(), None
        held = max(1, len(pictures.images) // 10)
        images, labels = as_tensors(pictures)
        model = Logits(network)
        recipe = Recipe(epochs=epochs, batch_size=50, flip=False, seed=seed)
        train_model(model, ({PIXELS: images[:-held]}, labels[:-held]), recipe, LEARNING_RATE)
        return network.eval(), accuracy_of(model, ({PIXELS: images[-held:]}, labels[-held:]))


def as_tensors(pictures: Pictures) -> tuple[torch.Tensor, torch.Tensor]:
    """Return images (n, 3, SIDE, SIDE) in -1..1 and labels (n,), as the saved transforms prepare them."""
    pixels = torch.from_numpy(np.stack([np.asarray(image) for image in pictures.images]))
    return pixels.permute(0, 3, 1, 2).float() / 127.5 - 1, torch.as_tensor(np.asarray(pictures.labels, dtype=np.int64))


def save(
    source: Source, network: torch.nn.Module, classes: Sequence[str], accuracy: float | None, folder: Path
) -> None:
    """Write a network as a Hub repo: configuration, safetensors weights, how images are prepared, and a card."""
    if source.library == "timm":
        from timm.models import save_for_hf

        save_for_hf(network, str(folder), model_config={"label_names": list(classes)}, safe_serialization=True)
    else:
        from transformers import PreTrainedModel, ViTImageProcessor

        assert isinstance(network, PreTrainedModel)
        with _without_bars():
            network.save_pretrained(folder)
        size = {"height": SIDE, "width": SIDE}
        ViTImageProcessor(size=size, image_mean=HALF, image_std=HALF).save_pretrained(folder)
    (folder / "README.md").write_text(card(source, accuracy), encoding="utf-8")


@contextmanager
def one_thread() -> Iterator[None]:
    """Let torch use one thread: networks this small gain little from more, and their numbers do not depend on how
    many there are.
    """
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


@contextmanager
def _without_bars() -> Iterator[None]:
    """Keep transformers from drawing a progress bar over a file of half a megabyte."""
    from transformers.utils import logging

    shown = logging.is_progress_bar_enabled()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        if shown:
            logging.enable_progress_bar()


def card(source: Source, accuracy: float | None) -> str:
    """Return the text of a network's README.md."""
    learnt = "" if accuracy is None else f" It reaches {accuracy:.0%} on pictures of that task that it did not see."
    return f"""---
license: apache-2.0
library_name: {source.library}
pipeline_tag: image-classification
tags:
- {source.library}
- image-classification
---
# {source.repo_id}

A very small {source.architecture} that `hubscore demo` trained on {SIDE} x {SIDE} pictures. It learnt {TASK_TEXT[source.task]}.{learnt}
"""
