"""What a second worker gains: eight networks of a second or more, each over the same images, in one worker and in two.

    python benchmarks/workers.py                 # eight networks, three alternated runs, several minutes
    python benchmarks/workers.py --images 32 --runs 1

Each run starts with an empty cache and without workers, so that importing the libraries is in it, once a worker. Prints
a table on stderr and JSON on stdout, with the load of the machine: other programs on the same cores falsify the ratio.
The goal is a gain of at least 1.5 on two cores. It can be reached only where one worker leaves a core idle: torch takes
both for one network already, and then two workers gain 1.08; with OMP_NUM_THREADS=1 they gain 1.73 (both measured on
two idle cores).
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import timm
import torch
from PIL import Image
from timm.models import save_for_hf

from hubscore.candidates.resolve import resolve_candidates
from hubscore.extract.parked import end_parked_workers
from hubscore.hub.client import hub_api
from hubscore.probe.load import load_probe
from hubscore.run.options import RunOptions
from hubscore.run.session import Session

GOAL = 1.5
NETWORKS = ("resnet18", "resnet26", "resnet18", "resnet14t", "resnet26", "resnet18", "resnet14t", "resnet26")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--images", type=int, default=96)
    parser.add_argument("--runs", type=int, default=3)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        found = resolve_candidates([str(save(folder, number)) for number in range(len(NETWORKS))], api=hub_api())
        probe = load_probe(str(pictures(folder / "photos", asked.images)))
        times: dict[int, list[dict[str, float]]] = {1: [], 2: []}
        for number in range(asked.runs):
            for processes, measured in times.items():
                measured.append(run(found.candidates, probe, processes, folder / f"cache-{number}-{processes}"))
                print(f"{processes} at a time: {measured[-1]}", file=sys.stderr)
    gain = statistics.median(one["seconds"] / two["seconds"] for one, two in zip(times[1], times[2], strict=True))
    print(f"gain {gain:.2f}, the goal is {GOAL}", file=sys.stderr)
    told = {"images": asked.images, "networks": NETWORKS, "cores": len(os.sched_getaffinity(0)), "runs": times}
    print(json.dumps({**told, "gain": gain, "within_goal": gain >= GOAL}, indent=2))


def save(folder: Path, number: int) -> Path:
    """Save a network of random weights the way timm saves models for the Hub."""
    torch.manual_seed(number)
    place = folder / "models" / f"{number}-{NETWORKS[number]}"
    save_for_hf(timm.create_model(NETWORKS[number], num_classes=10), place, safe_serialization=True)
    return place


def pictures(folder: Path, count: int) -> Path:
    """Write JPEG pictures of four classes."""
    random = np.random.default_rng(0)
    for number in range(count):
        place = folder / f"class-{number % 4}" / f"{number}.jpg"
        place.parent.mkdir(parents=True, exist_ok=True)
        coarse = Image.fromarray(random.integers(0, 256, (24, 32, 3), dtype=np.uint8))
        coarse.resize((640, 480), Image.Resampling.BICUBIC).save(place, quality=90)
    return folder


def run(candidates, probe, processes: int, cache: Path) -> dict[str, float]:
    """Extract everything, and return how long that took, by the clock and by the processors."""
    before, began = cpu(), time.perf_counter()
    session = Session(run=RunOptions(device="cpu", processes=processes, isolate="always", cache_dir=cache))
    outcome = session.extract(candidates, probe)
    seconds = time.perf_counter() - began
    end_parked_workers()
    assert len(outcome.extractions) == len(candidates), outcome.skipped
    forward = min(one.seconds["forward"] for one in outcome.extractions.values())
    load = os.getloadavg()[0]
    return {"seconds": seconds, "cpu_seconds": cpu() - before, "shortest_forward": forward, "load": load}


def cpu() -> float:
    """Processor seconds of this process and of those that have ended."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


if __name__ == "__main__":
    main()
