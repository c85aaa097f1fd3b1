"""Ranks from photos that are decoded smaller beside ranks from the whole photos.

    HUBSCORE_ZOO=path/to/zoo python benchmarks/reduced_ranks.py [--photos 40] [--networks 8]

Pictures of the zoo are enlarged to 4,000 x 3,000 pixels, with noise, and saved as JPEG; pretrained MobileNets look at
them reduced to twice and to four times what their transforms make, and whole.
"""

from __future__ import annotations

import argparse
import os
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
from PIL import Image
from scipy.stats import kendalltau

from hubscore import score
from hubscore.candidates.resolve import resolve_candidates
from hubscore.extract.cache import FeatureCache
from hubscore.extract.extract_all import extract_all
from hubscore.hub.client import hub_api
from hubscore.modalities.image import reduced
from hubscore.probe.load import load_probe

WHOLE = 10**6
SCORES = ("logme", "kernel_probe", "kernel_probe_loss", "knn", "h_score_shrunk")


def enlarge(source: Path, folder: Path, count: int) -> None:
    """Write photos of 12 megapixels."""
    probe, random = load_probe(str(source), split="train", samples=count), np.random.default_rng(0)
    for number, label in enumerate(probe.labels):
        large = probe.items[number].convert("RGB").resize((4000, 3000), Image.Resampling.BICUBIC)
        pixels = np.asarray(large).astype(np.int16) + random.normal(0, 6, (3000, 4000, 1)).astype(np.int16)
        path = folder / "train" / str(label) / f"{number}.jpg"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8)).save(path, quality=92)


def main() -> None:
    """Print how far features and ranks move."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--photos", type=int, default=40)
    parser.add_argument("--networks", type=int, default=8)
    chosen, zoo = parser.parse_args(), Path(os.environ.get("HUBSCORE_ZOO", "."))
    names = [name for name in pd.read_csv(zoo / "models.csv")["model"] if "mobilenet" in name][: chosen.networks]
    found = resolve_candidates([str(zoo / "models" / name) for name in names], api=hub_api()).candidates
    features, values = {}, {}
    with tempfile.TemporaryDirectory() as place:
        enlarge(zoo / "datasets/rsscn7", Path(place) / "photos", chosen.photos)
        for times in (2, 4, WHOLE):
            reduced.OVERSAMPLED = times
            probe = load_probe(f"{place}/photos", split="train", samples=chosen.photos)
            store = FeatureCache(Path(place) / str(times))
            made = extract_all(found, probe, fetch=lambda one: Path(one.path or ""), store=store, device="cpu")
            features[times] = [one.features["penultimate"] for one in made.extractions.values()]
            values[times] = {
                name: np.array([score(name, features=one, labels=probe.labels) for one in features[times]])
                for name in SCORES
            }
    for times in (2, 4):
        moved = [
            float(np.linalg.norm(one - other) / np.linalg.norm(other - other.mean(0)))
            for one, other in zip(features[times], features[WHOLE], strict=True)
        ]
        taus = {name: round(kendalltau(values[times][name], values[WHOLE][name]).statistic, 2) for name in SCORES}
        print(f"{times} times: features move by {min(moved):.1%} to {max(moved):.1%} of their spread; tau-b {taus}")


if __name__ == "__main__":
    main()
