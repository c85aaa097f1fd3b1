"""Downloads and computing side by side: wall time of a run over the larger of downloads alone and computing alone.

    python benchmarks/overlap.py                        # 12 checkpoints behind a line of 10 MB/s
    python benchmarks/overlap.py --evict                # each is deleted when it has run

Real checkpoints (timm's resnet18 with random weights, 47 MB each) on a local Hub whose files come at the speed of a
line, real workers, 120 pictures, all default scores. Alone: every download one after the other, and the same run with
every checkpoint in the Hub's cache. Each run has a feature cache of its own; a worker has to start in each.

The goal is 1.15. On two idle cores: 1.10 (downloads alone 64.6 s, computing alone 37.6 s, the run 71.1 s). The first
download has nothing to hide behind but the start of the worker. Under load the ratio says little (1.33 once), and below
1 it says nothing: a run would be faster than its own computing. Unset HUBSCORE_ISOLATE, and measure on an idle machine.
"""

from __future__ import annotations

import argparse
import os
import socket
import tempfile
import time
from pathlib import Path
from typing import Any

RATE = 10e6
"""Bytes a second."""


class Line:
    """An ASGI application behind a line of some speed.

    Args:
        app: that answers.
        rate: bytes a second, for weights.
    """

    def __init__(self, app: Any, rate: float) -> None:
        self.app, self.rate = app, rate

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer one request, body by body."""
        import asyncio

        async def slowly(message: Any) -> None:
            size = len(message.get("body", b""))
            if scope["type"] == "http" and scope["path"].endswith(".safetensors") and size:
                await asyncio.sleep(size / self.rate)
            await send(message)

        await self.app(scope, receive, slowly)


def make_hub(root: Path, count: int) -> None:
    """Save checkpoints and a folder of pictures."""
    import timm
    import torch
    from timm.models import save_for_hf

    for number in range(count):
        torch.manual_seed(number)
        model = timm.create_model("resnet18", num_classes=10, pretrained_cfg_overlay={"num_classes": 10})
        folder = root / "models" / "lab" / f"net{number:02d}"
        save_for_hf(model, folder, safe_serialization=True)
        (folder / "README.md").write_text("---\nlibrary_name: timm\ntags:\n- image-classification\n---\n# ResNet\n")


def make_pictures(folder: Path, count: int) -> Path:
    """Save noisy pictures of four classes."""
    import numpy as np
    from PIL import Image

    rng = np.random.default_rng(0)
    for number in range(count):
        place = folder / f"class{number % 4}"
        place.mkdir(parents=True, exist_ok=True)
        pixels = rng.integers(0, 256, size=(128, 128, 3), dtype=np.uint8) // (1 + number % 4)
        Image.fromarray(pixels).save(place / f"{number}.png")
    return folder


def main() -> None:
    """Run everything in one folder and print the ratio."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--checkpoints", type=int, default=12)
    parser.add_argument("--pictures", type=int, default=120)
    parser.add_argument("--rate", type=float, default=RATE)
    parser.add_argument("--evict", action="store_true")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, socket.socket() as held:
        place = Path(name)
        held.bind(("127.0.0.1", 0))
        port = held.getsockname()[1]
        held.close()
        os.environ |= {"HF_ENDPOINT": f"http://127.0.0.1:{port}", "HF_HOME": f"{place}/home", "HF_HUB_OFFLINE": "0"}
        os.environ |= {"HF_HUB_DISABLE_XET": "1", "HF_HUB_DISABLE_TELEMETRY": "1"}
        os.environ |= {"HF_HUB_DISABLE_PROGRESS_BARS": "1"}
        make_hub(place / "hub", chosen.checkpoints)
        pictures = make_pictures(place / "pictures", chosen.pictures)
        report(place, port, pictures, chosen)


def report(place: Path, port: int, pictures: Path, chosen: argparse.Namespace) -> None:
    """Time downloads, computing, and both."""
    import shutil

    from hubscore import rank
    from hubscore.candidates.download import download
    from hubscore.candidates.resolve import resolve_candidates
    from hubscore.hub.client import hub_api
    from hubscore.localhub import serve

    names = [f"lab/net{number:02d}" for number in range(chosen.checkpoints)]

    def run(cache: str, *, evict: bool) -> float:
        begun = time.perf_counter()
        options: dict[str, Any] = {"device": "cpu", "cache_dir": place / cache, "isolate": "always", "evict": evict}
        made = rank(pictures, models=names, samples=chosen.pictures, layers=False, yes=True, **options)
        assert len(made) == len(names), made.skipped
        return time.perf_counter() - begun

    with serve(place / "hub", port=port) as hub:
        found = resolve_candidates(names, api=hub_api(None)).candidates
        # The slow line comes between the server and its application.
        slow = hub._server.config
        slow.loaded_app = Line(slow.loaded_app, chosen.rate)
        begun = time.perf_counter()
        for candidate in found:
            download(candidate)
        downloads = time.perf_counter() - begun
        compute = run("warm", evict=False)
        shutil.rmtree(place / "home" / "hub")
        both = run("cold", evict=chosen.evict)
    print(f"{len(names)} checkpoints, {chosen.pictures} pictures, {chosen.rate / 1e6:.0f} MB/s")
    print(f"downloads alone {downloads:6.1f} s")
    print(f"compute alone   {compute:6.1f} s")
    print(f"run             {both:6.1f} s")
    print(f"ratio           {both / max(downloads, compute):6.2f} (one after the other {downloads + compute:.1f} s)")


if __name__ == "__main__":
    main()
