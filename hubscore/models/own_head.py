"""Encoders under the classification network that transformers itself would build on them: features are what its head is
given.
"""

from __future__ import annotations

from collections.abc import Collection
from copy import deepcopy
from importlib import import_module
from typing import Any

import torch

from hubscore.modalities.image.batches import PIXELS
from hubscore.models.batch import Batch
from hubscore.models.classifier_head import caught, find_classifier_heads
from hubscore.models.encoders import image_argument
from hubscore.models.network import Answer

_OUTPUTS = 3
"""Of the head that is built and taken off again; any number does."""


class HeadInput:
    """One forward pass through a classification network whose head was taken off: what the head would be given.

    Args:
        model: returns ``logits``.
        heads: names of its final linear layers; they are replaced by nothing.
        options: what else the forward pass is given.
    """

    def __init__(self, model: Any, heads: Collection[str], options: dict[str, Any]) -> None:
        for name in heads:
            model.set_submodule(name, torch.nn.Identity())
        self.model, self.options = model, options
        self._heads = [model.get_submodule(name) for name in heads]
        self._name = image_argument(model.forward)

    @property
    def module(self) -> torch.nn.Module:
        """The encoder itself, whose layers keep their names, where all parameters and buffers lie in it; else the whole
        network.
        """
        body = getattr(self.model, self.model.base_model_prefix)
        inside = {id(value) for value in (*body.parameters(), *body.buffers())}
        whole = all(id(value) in inside for value in (*self.model.parameters(), *self.model.buffers()))
        return body if whole else self.model  # type: ignore[no-any-return]

    def __call__(self, batch: Batch) -> Answer:
        """Return the features, and no logits."""
        with caught(self._heads) as calls:
            self.model(**{self._name: batch[PIXELS]}, **self.options)
        features: torch.Tensor = sum((given for _, given, _ in calls[1:]), start=calls[0][1]) / len(calls)
        return features, None


def own_classifier(config: Any) -> Any | None:
    """Return the class by which transformers classifies images with an encoder of this configuration; none where it has
    none.
    """
    from transformers.models.auto.modeling_auto import MODEL_FOR_IMAGE_CLASSIFICATION_MAPPING_NAMES as CLASSIFIERS

    names = CLASSIFIERS.get(str(getattr(config, "model_type", "")))
    if names is None:
        return None
    name = names if isinstance(names, str) else names[0]
    return getattr(import_module(type(config).__module__.rpartition(".")[0]), name, None)


def head_input(body: Any, fresh: Collection[str], example: Batch, options_for: Any) -> HeadInput | None:
    """Build transformers' own classification network on an encoder, and take what its head is given.

    Args:
        body: an encoder with its weights.
        fresh: names of those that its checkpoint lacks.
        example: one image that it accepts.
        options_for: takes a forward pass and returns what else it is given.

    Returns:
        None where there is no such network, it holds a part of another kind, or the features would depend on weights
        that the encoder lacks and that would be drawn at random.
    """
    network_class = own_classifier(getattr(body, "config", None))
    prefix = getattr(network_class, "base_model_prefix", "")
    if network_class is None or not prefix:
        return None
    config = deepcopy(body.config)
    config.num_labels = _OUTPUTS
    weights = {f"{prefix}.{name}": value for name, value in body.state_dict().items() if name not in fresh}
    lacking = {f"{prefix}.{name}" for name in fresh}
    try:
        model, info = network_class.from_pretrained(
            None, config=config, state_dict=weights, dtype=torch.float32, output_loading_info=True
        )
        model = model.eval()
        options = options_for(model.forward)
        heads = find_classifier_heads(model, example, options)
        if not heads or info["mismatched_keys"]:
            return None
        run = HeadInput(model, [name for name, module in model.named_modules() if module in heads], options)
        return None if _depends_on_chance(run, example, info["missing_keys"], lacking) else run
    except Exception:  # the classes of the library differ in what they need; the encoder by itself still serves
        return None


def _depends_on_chance(run: HeadInput, example: Batch, fresh: Collection[str], lacking: Collection[str]) -> bool:
    """Whether features depend on weights that the encoder should have, or that were drawn at random; those that the
    classification network adds and starts as all ones or zeros were not.
    """
    drawn = []
    for key in fresh:
        try:
            value = run.model.get_parameter_or_buffer(key).data
        except AttributeError:  # of the head that was taken off
            continue
        random = value.is_floating_point() and value.numel() > 1 and bool(value.min() != value.max())
        if random or (key in lacking and value.is_floating_point()):
            drawn.append(value)
    with torch.no_grad():
        for value in drawn:
            value.fill_(torch.nan)
        features = run(example)[0]
        for value in drawn:
            value.zero_()
    return features.ndim != 2 or not bool(torch.isfinite(features).all())
