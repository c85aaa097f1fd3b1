"""Synthetic networks of known quality on a synthetic probe: the true order is the order of their signal."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from hubscore.types import Candidate, Extraction, Probe

SIGNALS = {"lab/worst": 0.15, "lab/poor": 0.45, "lab/fair": 0.8, "lab/good": 1.2, "lab/better": 1.7, "lab/best": 2.6}
"""Distance between class means in units of the noise, from the worst network to the best."""


def fake_probe(classes: int = 4, each: int = 30) -> Probe:
    """A balanced probe, its rows cycling through the classes."""
    labels = np.tile(np.arange(classes), each)
    return Probe(
        dataset="user/shapes",
        config="default",
        split="train",
        revision="d" * 40,
        indices=tuple(range(0, 3 * len(labels), 3)),
        labels=labels,
        classes=tuple(f"shape {number}" for number in range(classes)),
        target="classification",
        fingerprint="f" * 64,
        seed=0,
        population=3 * len(labels),
    )


def fake_candidate(name: str, number: int) -> Candidate:
    """A candidate whose size and popularity say nothing of its quality."""
    return Candidate(
        repo_id=name,
        revision=f"{number:x}" * 40,
        library="timm",
        license=("mit", "apache-2.0", None)[number % 3],
        family=("resnet", "vit", "convnext")[number % 3],
        parameters=(5_000_000, 86_000_000, 1_300_000, 25_557_032, 11_000_000, 300_000)[number % 6],
        downloads=(70, 20, 9000, 3, 512, 1200)[number % 6],
        likes=(2, 5, 1, 0, 7, 3)[number % 6],
        bytes=10_000_000 + number,
    )


def fake_extraction(
    name: str, signal: float, labels: np.ndarray, *, d: int = 24, seed: int = 1, head: bool = True
) -> Extraction:
    """Features with class means so far apart in as many directions as there are classes, and a head that sees them."""
    rng = np.random.default_rng([seed, *name.encode()])
    classes = int(labels.max()) + 1
    means = np.zeros((classes, d))
    means[:, :classes] = signal * np.eye(classes) * np.sqrt(2)
    features = means[labels] + rng.normal(size=(len(labels), d))
    logits = features @ rng.normal(size=(d, 7)) * 0.3
    logits[:, : min(d, 7)] += features[:, :7]
    return Extraction(
        key=name.encode().hex(),
        model=name,
        revision="0" * 40,
        features={"penultimate": features.astype(np.float32)},
        logits=logits.astype(np.float32) if head else None,
        seconds={"load": 0.5, "forward": 2.0},
        transform={"input_size": [3, 32, 32]},
        versions={"timm": "1.0"},
        layers=(50, 13, 36, 18, 101, 8)[len(name) % 6],
        input_size=(32, 32),
    )


def fake_pool(
    probe: Probe, names: Sequence[str] = tuple(SIGNALS), *, headless: Sequence[str] = (), seed: int = 1, d: int = 24
) -> tuple[list[Candidate], dict[str, Extraction]]:
    """Candidates and extractions of the networks named, by default all six."""
    assert probe.labels is not None
    known = list(SIGNALS)
    candidates = [fake_candidate(name, known.index(name)) for name in names]
    extractions = {
        name: fake_extraction(name, SIGNALS[name], probe.labels, head=name not in headless, seed=seed, d=d)
        for name in names
    }
    return candidates, extractions
