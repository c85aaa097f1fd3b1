"""The table of all pairs from saved maps and from features, beside a plain loop over pairs.

    python benchmarks/similarity.py                      # 50 models, 1,000 images, maps of 64 x 64 x 3 in float16
    python benchmarks/similarity.py --models 10 --images 100

Maps are written to safetensors files first and read from there, three of ten models with parts that they never saw. The
loop takes two networks at a time, as the definition reads, on a few pairs, and is scaled up to all of them. One thread;
times of the process, so that a busy machine does not count.
"""

from __future__ import annotations

import argparse
import itertools
import resource
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from safetensors.numpy import save_file
from threadpoolctl import threadpool_limits

from hubscore.modelmap.files import SavedMaps
from hubscore.similarity.api import similarity
from hubscore.similarity.pairwise import pairwise

FEATURES = 512
LOOPED = 3
"""Pairs that the loop really computes."""


def write_maps(folder: Path, models: int, images: int) -> dict[str, SavedMaps]:
    """Save maps of so many models; they share something, and some models never saw the rim."""
    rng = np.random.default_rng(0)
    shared, saved = rng.normal(size=(images, 3, 64, 64)).astype(np.float32), {}
    for model in range(models):
        maps = shared + rng.normal(size=shared.shape).astype(np.float32)
        maps /= np.linalg.norm(maps.reshape(images, -1), axis=1)[:, None, None, None]
        if rim := {3: 4, 6: 8, 9: 4}.get(model % 10):
            maps[:, :, :rim], maps[:, :, -rim:] = np.nan, np.nan
        path = folder / f"{model}.safetensors"
        save_file({"maps": maps.astype(np.float16)}, path)
        saved[f"model {model}"] = SavedMaps(path)
    return saved


def spent(run: Callable[[], Any]) -> tuple[float, Any]:
    start = time.process_time()
    value = run()
    return time.process_time() - start, value


def by_loop(name: str, items: Mapping[str, Any]) -> tuple[float, dict[tuple[str, str], float]]:
    """Return the seconds that a loop over all pairs takes, from a few of them, and their values."""
    pairs = list(itertools.combinations(items, 2))
    some = pairs[:: max(1, len(pairs) // LOOPED)][:LOOPED]

    def loop() -> dict[tuple[str, str], float]:
        return {(a, b): similarity(name, plain(items[a]), plain(items[b])) for a, b in some}

    seconds, values = spent(loop)
    return seconds * len(pairs) / len(some), values


def plain(item: Any) -> Any:
    return item[slice(0, item.shape[0])] if isinstance(item, SavedMaps) else item


def compare(name: str, items: Mapping[str, Any]) -> None:
    """Print one line of the table."""
    seconds, table = spent(lambda: pairwise(name, items))
    looped, values = by_loop(name, items)
    last = list(items)[-1]
    inserted, _ = spent(lambda: pairwise(name, {last: items[last]}, items))
    place = {model: row for row, model in enumerate(table.rows)}
    off = max(abs(table.values[place[a], place[b]] - value) for (a, b), value in values.items())
    print(
        f"| {name} | {seconds:.1f} | {looped:.1f} | {looped / seconds:.0f} | {inserted:.2f} | {off:.0e} |", flush=True
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--models", type=int, default=50)
    parser.add_argument("--images", type=int, default=1000)
    chosen = parser.parse_args()
    rng = np.random.default_rng(1)
    signal = rng.normal(size=(chosen.images, 20))
    features = {
        f"model {model}": signal @ rng.normal(size=(20, FEATURES)) + rng.normal(size=(chosen.images, FEATURES))
        for model in range(chosen.models)
    }
    print(f"{chosen.models} models, {chosen.images} images\n")
    print("| comparison | all pairs, s | loop over pairs, s | ratio | one model more, s | largest difference |")
    print("| --- | --- | --- | --- | --- | --- |")
    with threadpool_limits(1), tempfile.TemporaryDirectory() as folder:
        compare("attribution", write_maps(Path(folder), chosen.models, chosen.images))
        for name in ("depara_edges", "cka", "rsa", "dds"):
            compare(name, features)
    print(f"\nMost memory of the process: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20:.2f} GB")


if __name__ == "__main__":
    main()
