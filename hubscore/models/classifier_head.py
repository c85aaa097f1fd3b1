"""transformers networks with a classification head: features are what the head's linear layer is given."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import torch

from hubscore.modalities.image.batches import PIXELS
from hubscore.models.batch import Batch
from hubscore.models.encoders import image_argument
from hubscore.models.network import Answer

Call = tuple[torch.nn.Module, torch.Tensor, torch.Tensor]


class Classifier:
    """One forward pass through a classification network, with the input of its head or heads caught on the way.

    Networks distilled with a teacher have two heads whose logits they average; their features are averaged likewise.

    Args:
        model: returns ``logits``.
        heads: its final linear layers, from :func:`find_classifier_heads`.
        options: what else the forward pass is given.
        logits: whether the outputs are logits of source classes, and returned.
    """

    def __init__(
        self, model: Any, heads: Sequence[torch.nn.Module], options: dict[str, Any], *, logits: bool = True
    ) -> None:
        self.model, self.heads, self.options, self.logits = model, tuple(heads), options, logits
        self._name = image_argument(model.forward)

    def __call__(self, batch: Batch) -> Answer:
        """Return features and logits; a single logit says nothing about source classes."""
        with caught(self.heads) as calls:
            logits = self.model(**{self._name: batch[PIXELS]}, **self.options).logits
        features: torch.Tensor = sum((given for _, given, _ in calls[1:]), start=calls[0][1]) / len(calls)
        return features, logits if self.logits and logits.shape[-1] > 1 else None


def find_classifier_heads(model: Any, example: Batch, options: dict[str, Any]) -> tuple[torch.nn.Module, ...]:
    """Return the linear layers whose outputs are the logits, or whose mean they are; empty where there are none.

    Args:
        model: a network that returns ``logits``.
        example: one image that it accepts.
        options: what else the forward pass is given.
    """
    linear = [module for module in model.modules() if isinstance(module, torch.nn.Linear)]
    with torch.no_grad(), caught(linear) as calls:
        logits = model(**{image_argument(model.forward): example[PIXELS]}, **options).logits
    shaped = [call for call in calls if call[2].shape == logits.shape]
    for count in (1, 2):
        last = shaped[-count:]
        if len(last) == count and torch.allclose(
            sum((out for _, _, out in last[1:]), start=last[0][2]) / count, logits, atol=1e-5
        ):
            return tuple(module for module, _, _ in last)
    return ()


@contextmanager
def caught(modules: Sequence[torch.nn.Module]) -> Iterator[list[Call]]:
    """Collect what the modules are given and what they return, while the block runs."""
    calls: list[Call] = []
    hooks = [
        module.register_forward_hook(lambda module, given, out: calls.append((module, given[0], out)))
        for module in modules
    ]
    try:
        yield calls
    finally:
        for hook in hooks:
            hook.remove()
