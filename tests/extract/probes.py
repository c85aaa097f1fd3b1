"""A probe of a few noisy pictures, and folders of tiny checkpoints to run over it."""

from __future__ import annotations

import numpy as np
from models.checkpoints import photos, save_timm, save_transformers

from hubscore.types import Candidate, Probe


def probe(count: int = 6, *, fingerprint: str = "f00d", **known) -> Probe:
    """A probe whose pictures differ in size; its rows have no labels, which extraction does not look at."""
    return Probe(
        dataset="here",
        config=None,
        split="train",
        revision=None,
        indices=tuple(range(count)),
        labels=None,
        classes=(),
        target=None,
        fingerprint=fingerprint,
        seed=0,
        items=photos(count),
        **known,
    )


def checkpoints(root) -> list[Candidate]:
    """Three checkpoints of both libraries, one without a head."""
    save_timm(root / "resnet")
    save_transformers(root / "vit", "vit")
    save_transformers(root / "detr", "detr")
    libraries = {"resnet": "timm", "vit": "transformers", "detr": "transformers"}
    return [
        Candidate(
            f"org/{name}",
            f"{at:040d}",
            library,
            path=str(root / name),
            bytes=(root / name / "model.safetensors").stat().st_size,
        )
        for at, (name, library) in enumerate(libraries.items())
    ]


def same(first: np.ndarray | None, second: np.ndarray | None) -> bool:
    """Whether two arrays are equal to the last bit, or both missing."""
    return (first is None and second is None) or np.array_equal(first, second)
