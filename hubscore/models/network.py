"""A checkpoint as a network that runs: its transform, its features, and its source logits where it has a head."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Literal, Protocol

import torch

from hubscore.modalities.registry import MODALITIES
from hubscore.models.batch import Batch, move_batch
from hubscore.models.depth import layers
from hubscore.types import Json

Answer = tuple[torch.Tensor, torch.Tensor | None]
Layout = Callable[[Batch], Batch]
TransformKind = Literal["own", "whole"]
"""A checkpoint's own transform, which may cut off what is at the edges, or the whole item brought to its input size."""


def spec_of(kind: str, spec: Json, modality: str) -> Json:
    """Return the values of a checkpoint's transform of some kind, from those of its own."""
    return spec if kind == "own" else MODALITIES.get(modality).whole_spec(spec)


class Transform(Protocol):
    """A checkpoint's own preparation of items."""

    def __call__(self, items: Sequence[Any], /) -> Sequence[Any]:
        """Return decoded items as the modality collates them; images as one tensor ``(n, c, h, w)``, or as a list of
        ``(c, h, w)`` where their sizes differ.
        """


class Forward(Protocol):
    """A forward pass."""

    def __call__(self, batch: Batch, /) -> Answer:
        """Turn a batch of n items into features ``(n, d)`` and logits ``(n, z)`` or none."""


@dataclass(frozen=True)
class Network:
    """A loaded checkpoint, in evaluation mode and float32.

    Attributes:
        name: the candidate's ``repo_id``, for messages.
        module: what runs; ``module.to(device)`` moves it.
        transform_all: the checkpoint's own transform, for many items at once.
        spec: the transform as plain values, all that decides its numbers; only the modality reads it.
        run: the forward pass, in whatever memory layout the batch has.
        has_head: whether the forward pass returns source logits.
        features: what the features are, in words.
        modality: what kind of items it takes.
        no_probabilities: why a head that is there gives no logits of source classes; empty otherwise.
        layout: how a batch is laid out in memory before it runs; as it comes where there is none.
    """

    name: str
    module: torch.nn.Module
    transform_all: Transform
    spec: Json
    run: Forward
    has_head: bool
    features: str
    modality: str = "image"
    no_probabilities: str = ""
    layout: Layout | None = None

    def with_transform(self, kind: str) -> Network:
        """Return the same network, sharing its module, behind a transform of some kind; this one where it is no other.

        Args:
            kind: ``whole`` for the whole item; ``own`` for what the network has.
        """
        spec = spec_of(kind, self.spec, self.modality)
        if spec == self.spec:
            return self
        transform = MODALITIES.get(self.modality).whole_transform(self.transform_all, self.spec)
        return replace(self, spec=spec, transform_all=transform)

    def transform(self, item: Any) -> Any:
        """Return one item as the network takes it; an image has the shape (c, h, w)."""
        return self.transform_all([item])[0]

    def collate(self, prepared: Sequence[Any]) -> Iterator[tuple[Batch, Sequence[int]]]:
        """Yield prepared items as batches, each with the places of its items."""
        return MODALITIES.get(self.modality).collate(prepared)

    def prepare(self, item: Any) -> Batch:
        """Return one item as a batch of its own, on the module's device."""
        ((batch, _),) = self.collate(self.transform_all([item]))
        return move_batch(batch, self.device)

    def forward(self, batch: Batch | torch.Tensor) -> Answer:
        """Run a batch.

        Args:
            batch: of n items, on the module's device; a bare tensor is the main input, for example the pixels.

        Returns:
            Features, shape (n, d), and logits, shape (n, z), or none without a head.
        """
        if isinstance(batch, torch.Tensor):
            batch = {next(iter(self.example())): batch}
        return self.run(batch if self.layout is None else self.layout(batch))

    @property
    def device(self) -> torch.device:
        """Where the module is."""
        first = next(self.module.parameters(), None)
        return torch.device("cpu") if first is None else first.device

    @property
    def input_size(self) -> tuple[int, int] | None:
        """``(height, width)`` of what the network sees of a square image; none of what has no size."""
        size = self.spec.get("input_size")
        return None if size is None else (size[0], size[1])

    @property
    def parameters(self) -> int:
        """How many parameters the module has."""
        return sum(parameter.numel() for parameter in self.module.parameters())

    @cached_property
    def layers(self) -> int | None:
        """Convolution and linear layers on the longest path from the input to features and head; none where that
        cannot be traced.
        """
        return layers(self.forward, self.example())

    def example(self) -> Batch:
        """Return a batch of one item that the network accepts, the same each time."""
        return move_batch(MODALITIES.get(self.modality).example(self.spec), self.device)
