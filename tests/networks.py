"""Inputs that every registered score can be computed on, for the tests that run over the whole registry."""

from __future__ import annotations

from typing import Any

import numpy as np

from hubscore.errors import Undefined
from hubscore.numerics.kernels import linear_kernel, rbf_kernel
from hubscore.numerics.workspace import ROWS, Workspace
from hubscore.scores.api import compute, compute_pool, pool_terms, pool_values
from hubscore.scores.info import SCORES, ScoreInfo
from hubscore.types import Candidate

N, D, CLASSES, SOURCE = 90, 8, 3, 6
POOL = (6.0, 3.0, 1.0)
"""Noise of the networks that a score over a set compares."""
CANDIDATE = Candidate(
    repo_id="org/net",
    revision="0" * 40,
    library="timm",
    parameters=1000,
    layers=18,
    downloads=7,
    likes=3,
    source_size=1000,
    family="resnet",
)
ENTRIES = tuple(SCORES)
LABELLED = tuple(info for info in ENTRIES if "labels" in info.needs)
ON_TARGETS = tuple((info, target) for info in LABELLED for target in sorted(info.targets))


def name(entry: object) -> str | None:
    """Call a parametrised test by its score."""
    return entry.name if isinstance(entry, ScoreInfo) else None


def network(target: str = "classification", *, noise: float = 4.0, n: int = N, d: int = D) -> dict[str, Any]:
    """Everything a workspace takes, of one network; more noise makes a worse network, and nothing else changes."""
    rng = np.random.default_rng([n, d])
    classes = np.arange(n) % CLASSES
    labels: dict[str, np.ndarray] = {
        "classification": classes,
        "multilabel": np.array([[1, 0, 0], [0, 1, 1], [0, 0, 1], [1, 1, 0]])[rng.integers(0, 4, size=n)],
        "regression": rng.normal(size=n),
        "annotation": rng.random((n, CLASSES)),
    }
    told = labels[target] if target != "classification" else np.eye(CLASSES)[classes]
    signal = told.reshape(n, -1) @ rng.normal(size=(told.size // n, d)) * 3
    source = told.reshape(n, -1) @ rng.normal(size=(told.size // n, SOURCE)) * 3
    layers = signal + noise * np.random.default_rng([d, n]).normal(size=(n, d))
    pixels = 3 * np.random.default_rng(n).normal(size=(n, 1, 3, 3))
    return {
        "features": signal + noise * rng.normal(size=(n, d)),
        "logits": source + noise * rng.normal(size=(n, SOURCE)),
        "labels": labels[target],
        "target": target,
        "general": signal.std() * rng.normal(size=(40, d)),
        "label_texts": rng.normal(size=(3, CLASSES, 5)),
        "reference": signal + rng.normal(size=(n, d)),
        "maps": pixels + noise * rng.normal(size=pixels.shape),
        "reference_maps": pixels + rng.normal(size=pixels.shape),
        "nodes": pixels + noise * rng.normal(size=pixels.shape),
        "reference_nodes": pixels + rng.normal(size=pixels.shape),
        "kernel": rbf_kernel(layers) + linear_kernel(layers) / d,
        "candidate": CANDIDATE,
    }


def rows_of(inputs: dict[str, Any], rows: Any) -> dict[str, Any]:
    """Take some rows, in the order given."""
    return inputs | {key: inputs[key][rows] for key in ("labels", *ROWS)} | {"kernel": inputs["kernel"][rows][:, rows]}


def values(info: ScoreInfo, *networks: dict[str, Any]) -> np.ndarray:
    """Compute a score of networks, over them as a set where it is defined so."""
    return values_on(info, *(Workspace(**inputs) for inputs in networks))


def values_on(info: ScoreInfo, *workspaces: Workspace) -> np.ndarray:
    """Compute a score on workspaces, over them as a set where it is defined so."""
    if info.pool:
        return np.array(compute_pool(info, workspaces))
    return np.array([compute(info, workspace) for workspace in workspaces])


def pool(info: ScoreInfo, target: str = "classification", **shape: int) -> list[dict[str, Any]]:
    """One network, or a set for a score that compares them."""
    return [network(target, noise=noise, **shape) for noise in (POOL if info.pool else POOL[1:2])]


def reason(info: ScoreInfo, *networks: dict[str, Any]) -> str | None:
    """Why a score is undefined, or none where it is not."""
    try:
        values(info, *networks)
    except Undefined as undefined:
        return undefined.reason
    return None


def joined(info: ScoreInfo, workspaces: list[Workspace]) -> list[float | Undefined]:
    """Join the parts of the networks that have one."""
    parts: list[tuple[float, ...] | Undefined] = []
    for workspace in workspaces:
        try:
            parts.append(pool_terms(info, workspace))
        except Undefined as undefined:
            parts.append(undefined)
    return pool_values(info, parts)
