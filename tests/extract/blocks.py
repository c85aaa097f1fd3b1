"""Row blocks with features that tell which row they are."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import Any

import numpy as np

from hubscore.extract.row_block import RowBlock
from hubscore.types import Extraction


def ids(names: str) -> tuple[str, ...]:
    """One id per letter."""
    return tuple(hashlib.sha256(name.encode()).hexdigest() for name in names)


def block(names: str, *, width: int = 3, noise: float = 0.0, **changed: Any) -> RowBlock:
    """A block with a row per letter; features and logits begin with the letter's number."""
    numbers = np.array([float(ord(name)) for name in names], dtype=np.float32)[:, None] + np.float32(noise)
    values = Extraction.from_json(
        {
            "key": "k" * 64,
            "model": "org/net",
            "revision": "a" * 40,
            "features": {"penultimate": np.hstack([numbers] * width)},
            "logits": np.hstack([numbers] * 2),
            "seconds": {"load": 1.0, "total": 2.0 * len(names)},
            "transform": {"input_size": [32, 32]},
            "versions": {"torch": "2"},
            "input_size": [32, 32],
            "layers": 18,
        }
    )
    return RowBlock(ids(names), replace(values, **changed))


def letters(found: RowBlock | None) -> str:
    """The letters whose features a block holds."""
    assert found is not None
    values = found.values.features["penultimate"][:, 0]
    assert found.values.logits is None or np.array_equal(found.values.logits[:, 0], values)
    return "".join(chr(int(value)) for value in values)
