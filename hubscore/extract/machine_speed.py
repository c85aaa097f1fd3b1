"""How fast this machine runs a network: a standard workload, timed once and remembered."""

from __future__ import annotations

import json
import os
import platform
import time
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import torch

FILE = "speed.json"
DAYS = 1
"""After which a machine is measured again: it may have been busy, or have changed."""
PER_WORKLOAD = 24.1 / 11.69e6
"""ResNet-18 at 224 pixels takes this many times the workload for each of its parameters: ``python
benchmarks/plan.py``.
"""
IMAGES = 4
"""In the timed batch; on an accelerator sixteen times as many, or its time would be that of the launches."""


def seconds_per_parameter(folder: Path, device: str = "auto", *, old: bool = False) -> float | None:
    """Return what a residual network takes for an image and parameter on this machine, in seconds.

    Measured in under a second the first time, and then read from ``speed.json``, which needs no torch.

    Args:
        folder: where that file is kept.
        device: ``auto``, ``cpu``, ``cuda``, ...
        old: whether what was measured on another day will do.

    Returns:
        None where it cannot be measured.
    """
    known, machine, now = _remembered(folder / FILE), _machine(device), time.time()
    entry = known.get(machine)
    if (
        isinstance(entry, dict)
        and isinstance(entry.get("seconds"), float)
        and (old or now - entry.get("measured", 0) < DAYS * 86400)
    ):
        return float(entry["seconds"])
    from hubscore.extract.distributed import resolve_device

    try:
        seconds = measure(resolve_device(device)) * PER_WORKLOAD
    except RuntimeError:  # no memory left on the device: an estimate is not worth a failure
        return None
    with suppress(OSError):  # a folder that cannot be written to costs a second next time, nothing else
        folder.mkdir(parents=True, exist_ok=True)
        temporary = folder / f".{FILE}.{os.getpid()}"
        temporary.write_text(json.dumps({**known, machine: {"seconds": seconds, "measured": now}}), encoding="utf-8")
        temporary.replace(folder / FILE)
    return seconds


def measure(device: str) -> float:
    """Time a stack of convolutions and linear layers, and return the seconds per image: the best of three batches.

    Args:
        device: ``cpu``, ``cuda``, ...
    """
    import torch

    images = IMAGES if device == "cpu" else 16 * IMAGES
    with torch.inference_mode():
        layers = _workload().to(device)
        batch = torch.ones(images, 64, 28, 28, device=device)
        times = []
        for _ in range(4):
            started = time.perf_counter()
            float(layers(batch).sum())  # waits for the device
            times.append(time.perf_counter() - started)
    return min(times[1:]) / images


def _workload() -> torch.nn.Module:
    from torch import nn

    wide = [nn.Conv2d(64, 128, 3, stride=2, padding=1), nn.ReLU(), nn.Conv2d(128, 128, 3, padding=1), nn.ReLU()]
    deep = [nn.Conv2d(128, 256, 1), nn.ReLU(), nn.Flatten(2), nn.Linear(196, 196)]
    return nn.Sequential(nn.Conv2d(64, 64, 3, padding=1), nn.BatchNorm2d(64), nn.ReLU(), *wide, *deep).eval()


def _machine(device: str) -> str:
    """Name everything that decides the speed and can be known without torch."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    seen = [os.environ.get(name, "") for name in ("OMP_NUM_THREADS", "CUDA_VISIBLE_DEVICES")]
    return " ".join([platform.node(), platform.machine(), str(cores), version("torch"), device, *seen])


def _remembered(path: Path) -> dict[str, Any]:
    try:
        known = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return known if isinstance(known, dict) else {}
