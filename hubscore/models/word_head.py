"""The head of a network that labels words: its source logits for rows that are a word in its sentence."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch

LABELS_WORDS = "ForTokenClassification"


def word_classifier(network_class: Any) -> Any | None:
    """Return the class that a configuration names where it labels words, or none."""
    return network_class if network_class.__name__.endswith(LABELS_WORDS) else None


def load_word_head(network_class: Any, weights: Path, settings: Any, body: Any) -> Any | None:
    """Return a network that labels words, around an encoder that is loaded already; none where its checkpoint lacks
    weights of the head.

    Args:
        network_class: ends in ``ForTokenClassification``.
        weights: the file, beside its configuration.
        settings: the configuration.
        body: the encoder, which takes the place of the network's own.
    """
    model, info = network_class.from_pretrained(
        str(weights.parent),
        config=settings,
        dtype=torch.float32,
        use_safetensors="safetensors" in weights.name,
        trust_remote_code=False,
        local_files_only=True,
        output_loading_info=True,
        ignore_mismatched_sizes=True,
    )
    prefix = str(model.base_model_prefix)
    lacking = {*info["missing_keys"], *(key for key, *_ in info["mismatched_keys"])}
    if not hasattr(model, prefix) or any(not key.startswith(f"{prefix}.") for key in lacking):
        return None
    setattr(model, prefix, body)
    return model.eval()
