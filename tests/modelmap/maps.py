"""Maps of made-up networks: three families that look at different things, on 24 images."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from hubscore.modelmap.method import Method, choose_method
from hubscore.modelmap.model_map import MapMember, ModelMap

N = 24
FAMILIES = {
    "lab/res-a": "resnet",
    "lab/res-b": "resnet",
    "lab/vit-a": "vit",
    "lab/vit-b": "vit",
    "lab/next": "convnext",
}
PROBE = {
    "dataset": "user/shapes",
    "config": None,
    "split": "train",
    "revision": "d" * 40,
    "images": N,
    "fingerprint": "f" * 64,
}


def member(name: str, *, unseen: int = 0, dead: bool = False) -> MapMember:
    """A network; members of one family share half of what they look at."""
    family = FAMILIES.get(name, "other")
    shared = np.random.default_rng([1, *family.encode()])
    own = np.random.default_rng([2, *name.encode()])
    maps = shared.normal(size=(N, 3, 6, 6)) + own.normal(size=(N, 3, 6, 6))
    features = shared.normal(size=(N, 5)) @ np.eye(5, 7) + 0.5 * own.normal(size=(N, 7))
    if dead:
        maps, features = np.zeros_like(maps), np.zeros_like(features)
    if unseen:
        maps[..., :unseen] = np.nan
    facts = {"revision": "a" * 40, "library": "timm", "family": family, "parameters": 1000}
    return MapMember(facts, maps.astype(np.float16), features.astype(np.float32))


def make(folder: Path, method: Method | None = None, names: Any = tuple(FAMILIES), **known: Any) -> ModelMap:
    """A saved map."""
    method = method or choose_method("attribution")
    pictures = (
        np.random.default_rng(0).integers(0, 255, size=(N, 64, 64, 3)).astype(np.uint8) if method.needs_maps else None
    )
    model_map = ModelMap.create(folder, method, PROBE, pictures)
    model_map.insert({name: member(name, **known) for name in names})
    return model_map
