"""How far the two readings of the attribution paper's saliency lie apart.

    HUBSCORE_ZOO=path/to/zoo OMP_NUM_THREADS=1 python benchmarks/saliency_readings.py

The code takes the absolute gradient of all units together, the text the mean of each unit's own.
"""

from __future__ import annotations

import argparse
import os
from itertools import combinations
from pathlib import Path

import numpy as np
from scipy.stats import spearmanr

from hubscore import similarity
from hubscore.attribution.explainer import READINGS
from hubscore.attribution.grid import Grid
from hubscore.attribution.network import attribute
from hubscore.candidates.resolve import resolve_candidates
from hubscore.hub.client import hub_api
from hubscore.models.load import load_network
from hubscore.probe.load import load_probe

MODELS = {
    "zoo/mini-resnet_cifar10": None,
    "zoo/mini-convnext_scenes6": None,
    "zoo/mini-efficientnet_cifar10": None,
    "zoo/mini-vit_cifar10": None,
    "google/mobilenet_v1_0.25_128": 64,
}
"""Checkpoints, and the size at which those run that are large."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--dataset", default="scenes6")
    parser.add_argument("--images", type=int, default=24)
    chosen = parser.parse_args()
    zoo = Path(os.environ["HUBSCORE_ZOO"]).resolve()
    probe = load_probe(zoo / "datasets" / chosen.dataset, split="test", samples=chosen.images)
    grid, maps = Grid.for_items(probe.items, 64), {}
    for model, size in MODELS.items():
        folder = zoo / "models" / model
        (candidate,) = resolve_candidates([str(folder)], api=hub_api()).candidates
        network = load_network(candidate, folder, input_size=size)
        for reading in READINGS:
            found = attribute(network, probe.items, grid, methods=("saliency",), reading=reading)
            maps[model, reading] = found.maps["saliency"].astype(np.float64)
        told = similarity("attribution", *(maps[model, reading] for reading in READINGS))
        print(f"{model}: mean cosine of {' and '.join(READINGS)} {told:.3f}")
    pairs = list(combinations(MODELS, 2))
    values = [[similarity("attribution", maps[a, reading], maps[b, reading]) for a, b in pairs] for reading in READINGS]
    for reading, row in zip(READINGS, values, strict=True):
        print(f"two networks, {reading}: {min(row):.2f} to {max(row):.2f}, mean {np.mean(row):.2f}")
    print(f"Spearman's correlation of both over {len(pairs)} pairs: {spearmanr(*values).statistic:.2f}")


if __name__ == "__main__":
    main()
