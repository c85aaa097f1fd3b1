"""What 500 photos of 12 megapixels cost: decoding per further candidate, memory, and how much features change.

    python benchmarks/large_photos.py            # 500 photos, about ten minutes
    python benchmarks/large_photos.py --quick    # 60 photos

The photos are made up: overlapping shapes of all sizes under sensor noise, whose spectrum is that of photos. Times are
processor times of one thread (OMP_NUM_THREADS=1), so that a busy machine does not change the ratios. Networks are
timm's, with random weights, and pretrained ones of ``HUBSCORE_ZOO`` where it is set. Goals: what a further candidate
pays for decoding is below 10 % of its forward pass, and memory peaks below 2 GB above that of the libraries. Prints
JSON on stdout.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
import timm
from PIL import Image, ImageChops, ImageDraw
from timm.models import save_for_hf

from hubscore.extract.forward_pass import run_network
from hubscore.modalities.stored_items import StoredItem
from hubscore.models.load import load_network
from hubscore.models.network import Network
from hubscore.probe.load import load_probe
from hubscore.types import Candidate

SIZE = 4000, 3000
CLASSES = 5
NETWORKS = "resnet18", "resnet50", "vit_small_patch16_224"
PRETRAINED = "google/mobilenet_v1_1.0_224", "google/mobilenet_v2_1.0_224"
COMPARED = 40


def draw_scene(seed: int) -> Image.Image:
    """Return overlapping ellipses whose sizes follow a power law, under noise."""
    random = np.random.default_rng(seed)
    picture = Image.new("RGB", SIZE, tuple(random.integers(0, 256, 3).tolist()))
    pen = ImageDraw.Draw(picture)
    for _ in range(3000):
        radius = float(min(900.0, 12 / random.random() ** 0.7))
        x, y = random.uniform(0, SIZE[0]), random.uniform(0, SIZE[1])
        colour = (random.integers(0, 200, 3) + 55 * (np.arange(3) == seed % CLASSES)).tolist()
        pen.ellipse((x - radius, y - radius * 0.6, x + radius, y + radius * 0.6), fill=tuple(colour))
    noise = np.asarray(picture, dtype=np.int16) + random.integers(-6, 7, (SIZE[1], SIZE[0], 1), dtype=np.int16)
    return Image.fromarray(noise.clip(0, 255).astype(np.uint8))


def make_photos(folder: Path, count: int) -> None:
    """Write photos: of each scene ten, moved."""
    for first in range(0, count, 10):
        scene = draw_scene(first // 10)
        home = folder / f"class{first // 10 % CLASSES}"
        home.mkdir(parents=True, exist_ok=True)
        for number in range(first, min(first + 10, count)):
            shift = 37 * (number - first)
            ImageChops.offset(scene, shift, shift // 2).save(home / f"{number:04}.jpg", quality=88)


def networks(folder: Path) -> list[Network]:
    """Return the networks, loaded: with random weights, and pretrained ones of the zoo where there is one."""
    found = []
    for name in NETWORKS:
        save_for_hf(timm.create_model(name), folder / name, safe_serialization=True)
        found.append(load_from(folder / name))
    zoo = os.environ.get("HUBSCORE_ZOO")
    return found + [load_from(Path(zoo) / "models" / name) for name in PRETRAINED] if zoo else found


def load_from(home: Path) -> Network:
    """Return the network of a folder."""
    config = json.loads((home / "config.json").read_text(encoding="utf-8"))
    library = "timm" if "architecture" in config else "transformers"
    return load_network(Candidate(str(home), "local-0", library, path=str(home)), home)


def memory(field: str = "VmHWM") -> float:
    """Return this process's memory in GB: by default the most it ever had."""
    try:
        lines = Path("/proc/self/status").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith(field)) * 1024 / 1e9
    except (OSError, StopIteration):
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e9


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    """Return the processor seconds of this thread, and what came of it."""
    began = time.thread_time()
    made = work()
    return time.thread_time() - began, made


class Fetching:
    """Counts the processor seconds that getting decoded items takes, over all threads."""

    def __init__(self) -> None:
        self.seconds, self._whole = 0.0, StoredItem.decoded

    def __enter__(self) -> Fetching:
        def counted(item: StoredItem, spec: Any) -> Any:
            took, found = timed(lambda: self._whole(item, spec))
            self.seconds += took
            return found

        StoredItem.decoded = counted  # type: ignore[method-assign]
        return self

    def __exit__(self, *_: object) -> None:
        StoredItem.decoded = self._whole  # type: ignore[method-assign]


def candidate_line(network: Network, items: Any) -> dict[str, float | str]:
    """Run one network over all items; return processor seconds by stage."""
    with Fetching() as fetching:
        forward = 0.0
        whole = network.run

        def counted(batch: Any) -> Any:
            nonlocal forward
            took, found = timed(lambda: whole(batch))
            forward += took
            return found

        prepare, transform_all = 0.0, network.transform_all

        def transformed(pictures: Any) -> Any:
            nonlocal prepare
            took, found = timed(lambda: transform_all(pictures))
            prepare += took
            return found

        object.__setattr__(network, "run", counted)
        object.__setattr__(network, "transform_all", transformed)
        before = items.stored[0].store.decodings
        run_network(network, items, device="cpu")
        object.__setattr__(network, "run", whole)
        object.__setattr__(network, "transform_all", transform_all)
    return {
        "network": Path(network.name).name,
        "input": str(network.spec["resize"].get("size")),
        "items": len(items),
        "decoded_again": items.stored[0].store.decodings - before,
        "decode_seconds": round(fetching.seconds, 2),
        "transform_seconds": round(prepare, 2),
        "forward_seconds": round(forward, 2),
        "share": round(fetching.seconds / forward, 4),
        "peak_gb": round(memory(), 2),
    }


def change(network: Network, items: Sequence[Any]) -> dict[str, float | str]:
    """Return how much features of reduced photos differ from those of whole ones, in units of how much photos differ
    among each other, and of their own length.
    """
    reduced = run_network(network, items, device="cpu").features
    whole = run_network(network, list_of(items), device="cpu").features
    apart = np.linalg.norm(whole[:, None] - whole[None], axis=2)[~np.eye(len(whole), dtype=bool)]
    moved = np.linalg.norm(reduced - whole, axis=1)
    cosine = (reduced * whole).sum(1) / (np.linalg.norm(reduced, axis=1) * np.linalg.norm(whole, axis=1))
    return {
        "network": Path(network.name).name,
        "moved_of_median_distance": round(float(np.median(moved) / np.median(apart)), 4),
        "largest_moved_of_median_distance": round(float(moved.max() / np.median(apart)), 4),
        "least_cosine": round(float(cosine.min()), 5),
    }


class list_of(Sequence):  # noqa: N801
    """Items without the view that reduces them."""

    def __init__(self, items: Sequence[Any]) -> None:
        self._items = items

    def __len__(self) -> int:
        return len(self._items)

    def __getitem__(self, at: Any) -> Any:
        return self._items[at]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="60 photos")
    parser.add_argument("--make", nargs=2, metavar=("DIR", "COUNT"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.make:
        make_photos(Path(options.make[0]), int(options.make[1]))
        return
    count = 60 if options.quick else 500
    with tempfile.TemporaryDirectory(dir=os.environ.get("TMPDIR") or "/var/tmp") as name:
        photos = Path(name) / "photos"
        subprocess.run([sys.executable, __file__, "--make", str(photos), str(count)], check=True)
        size = sum(path.stat().st_size for path in photos.rglob("*.jpg"))
        nets = networks(Path(name))
        for network in nets:
            network.forward(network.example())
        libraries = memory()
        loading, probe = timed(lambda: load_probe(photos, samples=count))
        probe_peak = memory()
        store = probe.items.stored[0].store
        lines = [candidate_line(network, probe.items) for network in nets]
        again = [candidate_line(network, probe.items) for network in nets]
        whole, _ = timed(
            lambda: [probe.items.stored[at].store.decode(probe.items.encoded[at], None) for at in range(8)]
        )
        peak = memory()
        told = {
            "photos": count,
            "bytes_each": size // count,
            "loading_cpu_seconds_main_thread": round(loading, 1),
            "decode_seconds_each_at_load": round(store.decode_seconds / max(1, store.decodings), 4),
            "decode_seconds_each_whole": round(whole / 8, 4),
            "libraries_gb": round(libraries, 2),
            "peak_after_loading_gb": round(probe_peak, 2),
            "peak_gb": round(peak, 2),
            "above_libraries_gb": round(peak - libraries, 2),
            "first": lines,
            "again": again,
            "goal_share": all(float(line["share"]) < 0.1 for line in again),
            "goal_memory": peak - libraries < 2.0,
            "change": [change(network, _few(probe.items)) for network in nets],
        }
    json.dump(told, sys.stdout, indent=1)
    print()


def _few(items: Any) -> Any:
    return type(items)(items.stored[:COMPARED])


if __name__ == "__main__":
    main()
