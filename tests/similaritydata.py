"""Two networks that resemble each other somewhat, on 60 images, and the registered comparisons of them."""

from __future__ import annotations

from typing import Any

import numpy as np

from hubscore.similarity.info import SIMILARITIES, SimilarityInfo

N = 60
ENTRIES = tuple(SIMILARITIES)
OF_FEATURES = tuple(info for info in ENTRIES if info.inputs in ("features", "both"))
OF_MAPS = tuple(info for info in ENTRIES if info.inputs in ("maps", "both"))


def name(entry: object) -> str | None:
    """Call a parametrised test by its comparison."""
    return entry.name if isinstance(entry, SimilarityInfo) else None


def features(seed: int, d: int = 6, n: int = N, noise: float = 0.7) -> np.ndarray:
    """Features that share a signal over the images; the rest is the network's own."""
    signal = np.random.default_rng(n).normal(size=(n, 4)) * [3, 2, 1, 0.5]
    rng = np.random.default_rng([seed, d])
    return signal @ rng.normal(size=(4, d)) + noise * rng.normal(size=(n, d)) + 1


def maps(seed: int, n: int = N, unseen: int = 0) -> np.ndarray:
    """Maps (n, 3, 5, 6) that share a signal; the outer columns are unseen."""
    shared = np.random.default_rng(n + 1).normal(size=(n, 3, 5, 6))
    values = shared + np.random.default_rng([seed, 7]).normal(size=shared.shape)
    values[..., :unseen] = np.nan
    return values


def network(info: SimilarityInfo, seed: int, **changes: Any) -> Any:
    """What a comparison takes of one network."""
    if info.inputs == "features":
        return changes.get("features", features(seed, d=5 + seed))
    if info.inputs == "maps":
        return changes.get("maps", maps(seed))
    if info.inputs == "fisher":
        return np.random.default_rng(seed).gamma(1.0, size=40)
    return {"features": features(seed, d=5 + seed), "maps": maps(seed)} | changes
