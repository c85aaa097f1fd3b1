"""A transformers network with the weights of a folder, checked before and after they are loaded."""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path
from typing import Any

import torch

from hubscore.models.bounded_build import check_build
from hubscore.models.fresh_weights import check_unexpected, quiet
from hubscore.models.weight_files import Weights
from hubscore.types import Candidate


def load_pretrained(
    candidate: Candidate, folder: Path, weights: Weights, network_class: Any, settings: Any
) -> tuple[Any, dict[str, str]]:
    """Return the network in evaluation mode, and which of its weights the file does not have, each with the reason.

    Args:
        candidate: for messages.
        folder: of the checkpoint; no code of it is run.
        weights: the file and its header.
        network_class: of transformers.
        settings: its configuration.

    Raises:
        CandidateError: the network would be larger than its file, or the file holds weights of another one.
    """
    with quiet():
        check_build(candidate, weights.header, lambda: network_class(deepcopy(settings)))
        model, info = network_class.from_pretrained(
            str(folder),
            config=settings,
            dtype=torch.float32,
            use_safetensors="safetensors" in weights.path.name,
            trust_remote_code=False,
            local_files_only=True,
            output_loading_info=True,
            ignore_mismatched_sizes=True,  # callers refuse them by name
        )
    model = model.eval()
    check_unexpected(candidate, model, info["unexpected_keys"])
    fresh = {key: "missing" for key in info["missing_keys"]} | {
        key: "of another shape" for key, *_ in info["mismatched_keys"]
    }
    return model, dict(sorted(fresh.items()))
