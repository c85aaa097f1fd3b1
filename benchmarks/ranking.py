"""What a whole default ranking of 29 networks costs, as a ratio to another version of hubscore.

    git worktree add ../before REVISION
    python benchmarks/ranking.py --against ../before            # 120 rows
    python benchmarks/ranking.py --against ../before --rows 500 --classes 20

Prints a Markdown table. The networks have the shapes of 29 real checkpoints. Each version runs in a process of its own,
both in turn and in changing order, because the machine may be shared; ratios are of neighbouring runs.

Measured on two cores, medians of three pairs: SciPy's private LAPACK routines, called through ctypes without the
interpreter's lock, against NumPy's and SciPy's public ones. Wall time of the public ones over that of the private ones:
0.93 to 0.99 at 120 rows, 1.05 at 500 rows (processor time 1.02). Below 1.15 the private ones were not worth keeping.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from statistics import median

import numpy as np

SHAPES = (
    *[(64, 10)] * 5,
    *[(256, 10), (128, 10), (1280, 1001), (96, 10)] * 2,
    *((64, 6), (1280, 0), (512, 1001), (768, 1001), (256, 1000), (768, 0), (128, 100), (256, 6), (64, 100)),
    *((256, 1001), (256, 2), (256, 100), (1024, 1001), (96, 6), (1280, 5), (1280, 1022)),
)
"""Features, and source classes or 0 without a head."""


def features_and_logits(number: int, labels: np.ndarray) -> tuple[np.ndarray, np.ndarray | None]:
    """Features after a ReLU with a falling spectrum, better ones for higher numbers."""
    d, heads = SHAPES[number]
    rng = np.random.default_rng([number, len(labels)])
    means = rng.normal(size=(labels.max() + 1, d)) * (0.3 + 0.05 * number)
    hidden = (means[labels] + rng.normal(size=(len(labels), d))) / (1 + np.arange(d)) ** 0.5
    features = np.maximum(hidden @ rng.normal(size=(d, d)) / np.sqrt(d), 0) + 1e-3 * rng.random((len(labels), d))
    logits = (3 * features @ rng.normal(size=(d, heads)) / np.sqrt(d)).astype(np.float32) if heads else None
    return features.astype(np.float32), logits


def rank(rows: int, classes: int) -> tuple[float, float]:
    """Build one ranking; return seconds of wall and of processor time."""
    from hubscore.ranking.build import build_ranking
    from hubscore.types import Candidate, Extraction, Probe

    labels = np.arange(rows) % classes
    names = [f"lab/net{number:02d}" for number in range(len(SHAPES))]
    made = [features_and_logits(number, labels) for number in range(len(names))]
    extractions = {
        name: Extraction(key=name, model=name, revision="0" * 40, features={"penultimate": features}, logits=logits)
        for name, (features, logits) in zip(names, made, strict=True)
    }
    candidates = [Candidate(name, "0" * 40, "timm", layers=10 + at) for at, name in enumerate(names)]
    probe = Probe(
        dataset="synthetic",
        config=None,
        split="train",
        revision=None,
        indices=tuple(range(rows)),
        labels=labels,
        classes=tuple(map(str, range(classes))),
        target="classification",
        fingerprint="f" * 64,
        seed=0,
    )
    build_ranking(candidates[:2], extractions, probe, subsamples=2)  # what is imported is imported
    begin = time.perf_counter(), time.process_time()
    build_ranking(candidates, extractions, probe)
    return time.perf_counter() - begin[0], time.process_time() - begin[1]


def timed(checkout: Path, rows: int, classes: int) -> tuple[float, float]:
    """Build one ranking in a process that imports hubscore from a checkout."""
    command = [sys.executable, __file__, "--rows", str(rows), "--classes", str(classes), "--once"]
    ran = subprocess.run(
        command, env=os.environ | {"PYTHONPATH": str(checkout)}, capture_output=True, text=True, check=True
    )
    wall, processor = json.loads(ran.stdout.splitlines()[-1])
    return wall, processor


def main() -> None:
    """Time both versions in turn."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--against", type=Path, help="a checkout of another version")
    parser.add_argument("--rows", type=int, default=120)
    parser.add_argument("--classes", type=int, default=6)
    parser.add_argument("--times", type=int, default=3)
    parser.add_argument("--once", action="store_true", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.once:
        print(json.dumps(rank(chosen.rows, chosen.classes)))
        return
    here = Path(__file__).parents[1]
    sides = [here, chosen.against.resolve()] if chosen.against else [here]
    spent: dict[Path, list[tuple[float, float]]] = {side: [] for side in sides}
    for turn in range(chosen.times):
        for side in sides if turn % 2 == 0 else sides[::-1]:
            spent[side].append(timed(side, chosen.rows, chosen.classes))
    print(f"| {chosen.rows} rows | this version (s) | the other (s) | this / the other |\n| --- | --- | --- | --- |")
    for place, kind in enumerate(("wall", "processor")):
        runs = [[run[place] for run in spent[side]] for side in sides]
        cells = [f"{median(run):.1f}" for run in runs] if chosen.against else [f"{median(runs[0]):.1f}", "-"]
        ratio = f"{median(a / b for a, b in zip(*runs, strict=True)):.2f}" if chosen.against else "-"
        print(f"| {kind} | {' | '.join(cells)} | {ratio} |")


if __name__ == "__main__":
    main()
