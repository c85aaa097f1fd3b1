"""Synthetic features, labels and source probabilities on which scores are compared with their references."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np


class Case(NamedTuple):
    """One network on one probe."""

    features: np.ndarray
    labels: np.ndarray
    probs: np.ndarray


SHAPES = {
    "more_samples": (120, 10, 4),
    "more_features": (40, 90, 4),
    "many_classes_few_samples": (60, 12, 20),
    "two_classes": (50, 6, 2),
}
"""Samples, features, classes."""
TALL = (
    "more_samples",
    "many_classes_few_samples",
    "two_classes",
    "imbalanced",
    "rank_deficient",
    "constant_columns",
    "relu_sparse",
    "float32",
    "large_scale",
    "small_scale",
    "shifted",
)
"""More samples than independent features, so that scores which need that are defined."""
NAMES = (*TALL, "more_features")


def case(name: str, *, noise: float = 1.0, seed: int = 0) -> Case:
    """Build a case by name; the same name gives the same numbers."""
    n, d, c = SHAPES.get(name, SHAPES["more_samples"])
    rng = np.random.default_rng([seed, len(name), n, d])
    labels = np.arange(n) % c
    if name == "imbalanced":
        labels = np.sort(np.minimum(rng.geometric(0.5, size=n) - 1, c - 1))
        labels[:c] = np.arange(c)
    centres = rng.normal(size=(c, d)) * np.linspace(1.5, 0.2, d)
    features = shaped(name, centres[labels] + noise * rng.normal(size=(n, d)), rng)
    logits = features.astype(np.float64) @ rng.normal(size=(features.shape[1], 7)) / np.abs(features).max()
    probs = np.exp(3 * logits)
    return Case(features, labels, probs / probs.sum(axis=1, keepdims=True))


def shaped(name: str, features: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Give features the structure that the case is named after."""
    d = features.shape[1]
    if name == "rank_deficient":
        return np.hstack([features, features @ rng.normal(size=(d, 5)), features[:, :2]])
    if name == "constant_columns":
        return np.hstack([np.full((len(features), 2), 0.1), features, np.zeros((len(features), 1))])
    if name == "relu_sparse":
        return np.maximum(np.hstack([features - 1, rng.normal(size=features.shape) - 2]), 0)
    if name == "shifted":
        return features + 100 * rng.normal(size=d)
    scale = {"large_scale": 1e3, "small_scale": 1e-2}.get(name, 1.0)
    return (features * scale).astype(np.float32 if name == "float32" else np.float64)


def classes_of(labels: np.ndarray) -> int:
    """How many classes there are."""
    return len(np.unique(labels))
