"""From a checkpoint's folder to a perceptron that runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from safetensors.torch import load_file

from hubscore.models.network import Network

if TYPE_CHECKING:
    from hubscore.types import Candidate


class Perceptron(torch.nn.Module):
    """Linear layers with ReLU between them; the last is the head.

    Args:
        widths: of the input, of each hidden layer, and the number of source classes.
    """

    def __init__(self, widths: Sequence[int]) -> None:
        super().__init__()
        pairs = list(pairwise(widths))
        self.body = torch.nn.ModuleList(torch.nn.Linear(*pair) for pair in pairs[:-1])
        self.head = torch.nn.Linear(*pairs[-1])

    def forward(self, numbers: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Return the features, which the head is given, and the logits."""
        for layer in self.body:
            numbers = layer(numbers).relu()
        return numbers, self.head(numbers)


def load(candidate: Candidate, folder: Path, config: Mapping[str, Any], *, input_size: int | None = None) -> Network:
    """Return the network of a folder, in evaluation mode; what this raises becomes the reason why it is skipped."""
    spec = transform_spec(candidate, folder, config, input_size=input_size)
    module = Perceptron(config["widths"])
    module.load_state_dict(load_file(folder / "model.safetensors"))

    def transform(rows: Sequence[np.ndarray]) -> list[torch.Tensor]:
        return [torch.tensor((row - spec["mean"]) / spec["std"], dtype=torch.float32) for row in rows]

    return Network(
        name=candidate.repo_id,
        module=module.eval(),
        transform_all=transform,
        spec=spec,
        run=lambda batch: module(batch["numbers"]),
        has_head=True,
        features="input of the head",
        modality="numbers",
    )


def transform_spec(
    candidate: Candidate, folder: Path, config: Mapping[str, Any], *, input_size: int | None = None
) -> dict[str, Any]:
    """Return all that decides the transform's numbers, as plain values; it is part of the cache key."""
    return {
        "library": "numbers",
        "width": config["widths"][0],
        "mean": config.get("mean", 0.0),
        "std": config.get("std", 1.0),
    }
