"""A ranking by jobs beside the same ranking here, over a local Hub that runs jobs: the same scores, the same order.

    python benchmarks/jobs.py            # four small networks, two jobs: two minutes

The Hub, its client and every command are real; the hired machine is this one. Ends with 1 where the rankings differ in
more than what is defined over all networks at once.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from PIL import Image

from hubscore.localhub import serve

MODELS = ("tiny/resnet-0", "tiny/resnet-1", "tiny/vit-0", "tiny/vit-1")


def main() -> int:
    with tempfile.TemporaryDirectory() as place:
        root = Path(place)
        _fill(root / "hub")
        with serve(root / "hub", run_jobs=True) as hub:
            here = _ranked(hub.url, root, "here.json")
            began = time.perf_counter()
            there = _ranked(hub.url, root, "there.json", "--on", "cpu-basic", "--jobs", "2")
            print(f"two jobs took {time.perf_counter() - began:.0f} s")
            _ranked(hub.url, root, "none.json", "--on", "cpu-basic", "--job-timeout", "1s", fails=True)
        return _compared(here, there)


def _compared(here: dict, there: dict) -> int:
    pool = {name for name, about in here["scores"].items() if about.get("pool")}
    wrong = []
    for mine, theirs in zip(here["rows"], there["rows"], strict=True):
        kept = {name: value for name, value in mine["scores"].items() if name not in pool}
        if mine["model"] != theirs["model"] or mine["expected"] != theirs["expected"]:
            wrong.append(f"{mine['model']} beside {theirs['model']}")
        names = sorted({*kept, *theirs["scores"]})
        other = [name for name in names if kept.get(name) != theirs["scores"].get(name)]
        wrong += [f"{mine['model']} {name}: {kept.get(name)}, {theirs['scores'].get(name)}" for name in other]
        print(f"{theirs['rank']} {theirs['model']} expected {theirs['expected']}, P(best) {theirs['p_best']}")
    print("; ".join(wrong) or f"the same scores, expected accuracies and order; not there: {', '.join(sorted(pool))}")
    return 1 if wrong else 0


def _ranked(url: str, root: Path, out: str, *more: str, fails: bool = False) -> dict:
    own = {"HF_HOME": str(root / "home"), "HUBSCORE_CACHE": str(root / f"cache-{out}"), "HF_HUB_DISABLE_XET": "1"}
    environment = {**os.environ, "HF_ENDPOINT": url, "HF_TOKEN": "hf_local", **own}
    environment.pop("HUBSCORE_ISOLATE", None)  # the tests' own setting
    words = ["rank", "local/stripes", "--samples", "60", "--models", *MODELS, "--out", str(root / out), "--yes", *more]
    done = subprocess.run([sys.executable, "-m", "hubscore", *words], env=environment, capture_output=True, text=True)
    print(f"$ hubscore {' '.join(words)}\n{done.stderr.strip()}\n")
    if (done.returncode != 0) is not fails:
        sys.exit(f"ended with {done.returncode}")
    return {} if fails else json.loads((root / out).read_text())


def _fill(hub: Path) -> None:
    sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))
    from hubfixture import save_tiny_timm, save_tiny_vit

    for seed in (0, 1):
        save_tiny_timm(hub / "models" / f"tiny/resnet-{seed}", seed=seed)
        save_tiny_vit(hub / "models" / f"tiny/vit-{seed}", seed=seed)
    random = np.random.default_rng(0)
    for number in range(90):
        pixels = random.integers(0, 120, (32, 32, 3))
        pixels[(slice(None, None, 4), slice(None)) if number % 3 == 0 else (slice(None), slice(None, None, 4))] += 90
        pixels[..., number % 3] += 30
        file = io.BytesIO()
        Image.fromarray(pixels.astype(np.uint8)).save(file, "PNG")
        path = hub / "datasets/local/stripes/train" / "abc"[number % 3] / f"{number}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(file.getvalue())


if __name__ == "__main__":
    argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter).parse_args()
    sys.exit(main())
