"""Where the classification network that transformers itself would build on a text encoder puts its head."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import torch

from hubscore.modalities.text.batches import MASK
from hubscore.models.batch import Batch
from hubscore.models.classifier_head import caught
from hubscore.models.pooling import last_places, pick_tokens
from hubscore.models.text_run import arguments
from hubscore.types import Json


@dataclass(frozen=True)
class Head:
    """The linear layer whose input a new head would be given.

    Attributes:
        layer: the first that the checkpoint lacks, or else the one that gives the logits.
        outputs: of the layer.
        words: what it is given.
    """

    layer: torch.nn.Linear
    outputs: int
    words: str


def own_classifier(config: Json) -> Any | None:
    """Return the class by which transformers classifies texts with an encoder of this configuration; none where it has
    none.
    """
    from transformers import CONFIG_MAPPING
    from transformers.models.auto.modeling_auto import (
        MODEL_FOR_SEQUENCE_CLASSIFICATION_MAPPING_NAMES as CLASSIFIERS,
    )

    kind = str(config.get("model_type"))
    names = CLASSIFIERS.get(kind)
    if names is None:
        return None
    family = import_module(CONFIG_MAPPING[kind].__module__.rpartition(".")[0])
    return getattr(family, names if isinstance(names, str) else names[0], None)


def head_of(model: Any, example: Batch, pad: int, fresh: Collection[str]) -> Head | None:
    """Return where the head of a classification network begins; none where no linear layer gives its logits.

    A head of several layers, of which the checkpoint has none, begins at its first; a pooler without weights is one of
    them.

    Args:
        model: returns ``logits``.
        example: one text that it accepts.
        pad: the token behind a text's end.
        fresh: names of weights that the checkpoint lacks.
    """
    named = {module: name for name, module in model.named_modules() if isinstance(module, torch.nn.Linear)}
    with torch.no_grad(), caught(tuple(named)) as calls:
        logits = model(**arguments(model, example, pad)).logits
    last = [call for call in calls if _gives(call[2], logits, example)]
    if not last:
        return None
    lacking = [call for call in calls if _of_head(model, named[call[0]], fresh)]  # type: ignore[index]
    layer, given, _ = (lacking or last[-1:])[0]
    assert isinstance(layer, torch.nn.Linear)
    words = f"input of the head of {type(model).__name__}"
    return Head(layer, last[-1][2].shape[-1], f"{words}, last token" if given.ndim == 3 else words)


def without_head(model: Any, head: Head, fresh: Collection[str]) -> tuple[torch.nn.Module, torch.nn.Module]:
    """Take a head off that was never trained.

    Returns:
        What is left, the encoder itself where that is all, and what stands in the place of the head's first layer.
    """
    place = ""
    for name, module in list(model.named_modules()):
        if isinstance(module, torch.nn.Linear) and (module is head.layer or _of_head(model, name, fresh)):
            model.set_submodule(name, torch.nn.Identity())
            place = name if module is head.layer else place
    body = getattr(model, model.base_model_prefix)
    inside = {id(value) for value in (*body.parameters(), *body.buffers())}
    whole = all(id(value) in inside for value in (*model.parameters(), *model.buffers()))
    return body if whole else model, model.get_submodule(place)


def _of_head(model: Any, name: str, fresh: Collection[str]) -> bool:
    """Whether a layer belongs to a head, or is the pooler, and was never trained."""
    inside = name.startswith(f"{model.base_model_prefix}.") and "pooler" not in name
    return not inside and f"{name}.weight" in fresh


def _gives(out: torch.Tensor, logits: torch.Tensor, example: Batch) -> bool:
    """Whether a layer's outputs are the logits, or become them by picking the last token."""
    if out.ndim == 3 and out.shape[-1] == logits.shape[-1] and logits.ndim == 2:
        out = pick_tokens(out, last_places(example[MASK]))
    return out.shape == logits.shape and torch.allclose(out, logits, atol=1e-5)
