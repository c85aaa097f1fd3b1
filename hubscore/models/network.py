"""A checkpoint as a network that runs: its transform, its features, and its source logits where it has a head."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

import torch

from hubscore.models.depth import layers
from hubscore.types import Json

if TYPE_CHECKING:
    from PIL.Image import Image

Answer = tuple[torch.Tensor, torch.Tensor | None]


class Transform(Protocol):
    """A checkpoint's own preparation of images."""

    def __call__(self, images: Sequence[Image], /) -> Sequence[torch.Tensor]:
        """Return RGB images as one tensor ``(n, c, h, w)``, or as a list of ``(c, h, w)`` where their sizes differ."""


class Forward(Protocol):
    """A forward pass."""

    def __call__(self, images: torch.Tensor, /) -> Answer:
        """Turn ``(n, c, h, w)`` into features ``(n, d)`` and logits ``(n, z)`` or none."""


@dataclass(frozen=True)
class Network:
    """A loaded checkpoint, in evaluation mode and float32.

    Attributes:
        name: the candidate's ``repo_id``, for messages.
        module: what runs; ``module.to(device)`` moves it.
        transform_all: the checkpoint's own transform, for many images at once.
        spec: the transform as plain values, all that decides its numbers.
        run: the forward pass, in whatever memory layout the batch has.
        has_head: whether the forward pass returns source logits.
        features: what the features are, in words.
        channels_last: whether batches are laid out channels last, which a CPU convolves faster.
    """

    name: str
    module: torch.nn.Module
    transform_all: Transform
    spec: Json
    run: Forward
    has_head: bool
    features: str
    channels_last: bool = False

    def transform(self, image: Image) -> torch.Tensor:
        """Return one RGB image as the network takes it, shape (c, h, w)."""
        return self.transform_all([image])[0]

    def forward(self, images: torch.Tensor) -> Answer:
        """Run a batch.

        Args:
            images: shape (n, c, h, w), on the module's device.

        Returns:
            Features, shape (n, d), and logits, shape (n, z), or none without a head.
        """
        return self.run(images.contiguous(memory_format=torch.channels_last) if self.channels_last else images)

    @property
    def input_size(self) -> tuple[int, int]:
        """``(height, width)`` of what the network sees of a square image."""
        height, width = self.spec["input_size"]
        return height, width

    @property
    def parameters(self) -> int:
        """How many parameters the module has."""
        return sum(parameter.numel() for parameter in self.module.parameters())

    @cached_property
    def layers(self) -> int | None:
        """Convolution and linear layers on the longest path from the images to features and head; none where that
        cannot be traced.
        """
        return layers(self.forward, self.example())

    def example(self) -> torch.Tensor:
        """Return a batch of one image of noise of the size that the network expects, the same each time."""
        return noise(self.spec).to(next(self.module.parameters()).device)

    def in_fast_layout(self) -> Network:
        """Return the network in channels last where it has several convolutions and can run so.

        The answer depends on the network alone, never on the machine or the batch: the layout decides the last bits.
        """
        if sum(isinstance(module, torch.nn.Conv2d) for module in self.module.modules()) < 2:
            return self
        fast = replace(self, channels_last=True)
        self.module.to(memory_format=torch.channels_last)
        try:
            with torch.no_grad():
                fast.forward(fast.example())
        except RuntimeError:  # its code views a tensor in a way that only the plain layout allows
            self.module.to(memory_format=torch.contiguous_format)
            return self
        return fast


def noise(spec: Json) -> torch.Tensor:
    """Return one image of noise, shape (1, c, h, w), of the size that a transform gives; the global seed is left
    alone.
    """
    generator = torch.Generator().manual_seed(0)
    return torch.rand((1, spec["channels"], *spec["input_size"]), generator=generator) * 2 - 1
