"""Races against full rankings: are the first three and the first tie group the same, and what do the races save.

    HUBSCORE_ZOO=path/to/zoo python benchmarks/racing.py [--sets mnist cifar10] [--cache DIR] [--bad 371]

Every checkpoint looks at 400 training images of each data set. A full ranking takes two passes over them, for features
and for the kernels of layers. The race is the product's: its stages, its rankings, its rule; its passes are counted as
rows that would go through networks, from features in the cache. With --bad so many more enter the race, whose features
are those of the zoo drowned in noise; they have no layers, and no full ranking is made of them.
"""

from __future__ import annotations

import argparse
import os
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from hubscore.calibration.evidence import SCORES
from hubscore.candidates.resolve import resolve_candidates
from hubscore.extract.cache import FeatureCache
from hubscore.extract.extract_all import extract_all
from hubscore.extract.layer_request import LayerRequest
from hubscore.hub.client import hub_api
from hubscore.numerics.workspace import Ints
from hubscore.probe.load import load_probe
from hubscore.ranking.build import build_ranking
from hubscore.ranking.racing import LEAST, stage_order, stage_sizes, survivors
from hubscore.run.race import some_rows
from hubscore.types import Candidate, Extraction, Probe, Ranking

SAMPLES = 400
SIZES = {"zoo": 48, "akamaster": 128}
"""Pixels per side by owner, where the accuracies of the zoo name none."""


def candidates_of(zoo: Path) -> list[Candidate]:
    """Return the zoo's checkpoints, each at its size of fine-tuning."""
    oracle = pd.read_csv(zoo / "oracle.csv")
    known = dict(zip(oracle["model"], oracle["input_size"], strict=True))
    names = list(pd.read_csv(zoo / "models.csv")["model"])
    found = resolve_candidates([str(zoo / "models" / name) for name in names], api=hub_api()).candidates
    by_path = {str(zoo / "models" / name): name for name in names}
    named = [(one, by_path[one.repo_id]) for one in found]
    sizes = {name: int(known.get(name, SIZES.get(name.split("/")[0], 64))) for name in names}
    return [replace(one, repo_id=name, input_size=sizes[name]) for one, name in named]


def of_rows(extraction: Extraction, rows: Ints) -> Extraction:
    """Return what a stage knows of a checkpoint: features of some rows, and no layers."""
    features = {layer: values[rows] for layer, values in extraction.features.items()}
    return replace(extraction, features=features, logits=None, layer_kernel=None)


def race(candidates: list[Candidate], found: Mapping[str, Extraction], probe: Probe) -> tuple[list[Candidate], int]:
    """Return who is left, and how many rows go through networks, the last stage and its layers included."""
    order, left, seen, images = stage_order(probe.labels, len(probe)), candidates, 0, 0
    sizes = stage_sizes(len(probe), len(probe.classes))
    for size in (*sizes, *((len(probe),) if sizes else ())):  # the last one: before the kernels of layers
        if len(left) <= LEAST:
            break
        rows = np.sort(order[:size])
        images, seen = images + len(left) * (size - seen), size
        parts = {one.repo_id: of_rows(found[one.repo_id], rows) for one in left}
        kept = survivors(build_ranking(left, parts, some_rows(probe, rows), scores=SCORES[:2]).rows)
        left = [one for one in left if one.repo_id in kept]
    return left, images + len(left) * (2 * len(probe) - seen)


def drowned(candidates: list[Candidate], found: Mapping[str, Extraction], count: int) -> dict[str, Extraction]:
    """Return bad networks: features of the zoo's beside four times as much noise."""
    random, made = np.random.default_rng(0), dict[str, Extraction]()
    for number in range(count):
        one = found[candidates[number % len(candidates)].repo_id]
        noisy = {}
        for layer, values in one.features.items():
            noise = 4 * values.std() * random.standard_normal(values.shape)
            noisy[layer] = (values + noise).astype(np.float32)
        name = f"bad/{number}"
        made[name] = replace(one, model=name, key=f"{number:064x}", features=noisy, logits=None, layer_kernel=None)
    return made


def synthetic_race(count: int, good: int = 10) -> tuple[float, bool]:
    """Race networks of noise, all but a few of them with hardly a trace of the classes.

    Returns:
        The share of the forward passes of a full ranking, and whether the first three of the good ones ran to the end.
    """
    labels = np.arange(SAMPLES) % 10
    probe = Probe(
        dataset="synthetic",
        config=None,
        split="train",
        revision=None,
        indices=tuple(range(SAMPLES)),
        labels=labels,
        classes=tuple(map(str, range(10))),
        target="classification",
        fingerprint="f" * 64,
        seed=0,
        row_ids=tuple(f"{row:064x}" for row in range(SAMPLES)),
    )
    random, found = np.random.default_rng(0), dict[str, Extraction]()
    for number in range(count):
        signal = 0.5 - 0.01 * number if number < good else 0.1 * random.random()
        features = signal * random.standard_normal((10, 64))[labels] + random.standard_normal((SAMPLES, 64))
        name = f"lab/net{number:04d}"
        found[name] = Extraction(name, name, "0" * 40, {"penultimate": features.astype(np.float32)})
    candidates = [Candidate(name, "0" * 40, "timm") for name in found]
    left, images = race(candidates, found, probe)
    first = [row.model for row in build_ranking(candidates[:good], found, probe, scores=SCORES[:2])][:3]
    return images / (2 * SAMPLES * count), {one.repo_id for one in left} >= set(first)


def first_group(made: Ranking) -> set[str]:
    """Return the models of the first tie group."""
    return {row.model for row in made if row.tie_group == 1}


def main() -> None:
    """Print one line for each data set, and what holds of how many."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sets", nargs="*")
    parser.add_argument("--bad", type=int, default=0, help="networks that surely are not first")
    parser.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir()) / "hubscore-racing")
    arguments = parser.parse_args()
    zoo = Path(os.environ["HUBSCORE_ZOO"])
    about, candidates, told = pd.read_csv(zoo / "datasets.csv"), candidates_of(zoo), []
    for name in arguments.sets or about[about["kind"] == "image"]["dataset"]:
        probe = load_probe(str(zoo / "datasets" / name), split="train", samples=SAMPLES)
        found = extract_all(
            candidates,
            probe,
            fetch=lambda one: zoo / "models" / one.repo_id,
            store=FeatureCache(arguments.cache),
            device="cpu",
            layers=LayerRequest(),
        ).extractions
        whole = build_ranking(candidates, found, probe, scores=SCORES)
        bad = drowned(candidates, found, arguments.bad)
        entered = [*candidates, *(replace(candidates[0], repo_id=name) for name in bad)]
        left, images = race(entered, {**found, **bad}, probe)
        left = [one for one in left if one.repo_id in found]
        made = build_ranking(left, found, probe, scores=SCORES)
        share = images / (2 * len(probe) * len(entered))
        top = [row.model for row in made][:3] == [row.model for row in whole][:3]
        told.append((top, first_group(made) == first_group(whole), share <= 0.5))
        print(f"{name}: first three {top}, first group {told[-1][1]} of {len(first_group(whole))}, passes {share:.2f}")
    print("first three, first group, at most half the passes:", *np.sum(told, axis=0), "of", len(told))


if __name__ == "__main__":
    main()
