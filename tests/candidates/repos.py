"""Repos made of a few bytes: what a listing or a folder needs, without torch."""

from __future__ import annotations

import json
from collections.abc import Mapping

import numpy as np
from safetensors.numpy import save

Files = dict[str, bytes | str]


def tensors(count: int = 12, seed: int = 0) -> bytes:
    """A safetensors file of so many float32 parameters, different for each seed."""
    return save({"weight": np.random.default_rng(seed).normal(size=count).astype(np.float32)})


def card(**front_matter: object) -> str:
    """A model card; JSON is YAML too."""
    return f"---\n{json.dumps(front_matter)}\n---\n# A model\n" if front_matter else "# A model\n"


def timm_repo(architecture: str = "resnet18", *, count: int = 12, seed: int = 0, **front_matter: object) -> Files:
    """A timm repo."""
    config = {"architecture": architecture, "num_classes": 3, "pretrained_cfg": {"input_size": [3, 32, 32]}}
    front_matter = {"library_name": "timm", "tags": ["image-classification"], **front_matter}
    return {
        "config.json": json.dumps(config),
        "model.safetensors": tensors(count, seed),
        "README.md": card(**front_matter),
    }


def transformers_repo(
    model_type: str = "vit",
    *,
    architecture: str = "ViTForImageClassification",
    count: int = 12,
    seed: int = 0,
    config: Mapping[str, object] | None = None,
    **front_matter: object,
) -> Files:
    """A transformers repo; its processor is empty."""
    content = {"model_type": model_type, "architectures": [architecture], **(config or {})}
    return {
        "config.json": json.dumps(content),
        "preprocessor_config.json": "{}",
        "model.safetensors": tensors(count, seed),
        "README.md": card(**front_matter),
    }


def without(files: Files, *names: str) -> Files:
    """The same repo without some of its files."""
    return {name: content for name, content in files.items() if name not in names}


def popular(files: Files, downloads: int, likes: int = 0) -> Files:
    """The same repo with numbers that only a Hub knows."""
    return {**files, ".hub.json": json.dumps({"downloads": downloads, "likes": likes})}
