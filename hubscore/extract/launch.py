"""How many workers a run starts, where each computes, and in what environment."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from hubscore.extract.distributed import launched_processes

_LAUNCHER = (
    "RANK",
    "LOCAL_RANK",
    "GROUP_RANK",
    "WORLD_SIZE",
    "LOCAL_WORLD_SIZE",
    "MASTER_ADDR",
    "MASTER_PORT",
)
_TOKENS = ("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN", "HF_TOKEN_PATH")
_ALONE = {"HF_HUB_OFFLINE": "1", "HF_HUB_DISABLE_IMPLICIT_TOKEN": "1"}
"""A worker reads files that are there, and asks the Hub for nothing."""


def wanted_processes(asked: int | None, device: str, candidates: int, parts: int = 1) -> int:
    """Return how many workers to start: what was asked, or one per accelerator, and never more than there are
    candidates, or parts of them.

    One where a launcher has started this process already: then it is one of several by itself.
    """
    if launched_processes() > 1:
        return 1
    if asked is None:
        asked = accelerators() if device in ("auto", "cuda") else 1
    return max(1, min(asked, candidates * parts))


def accelerators() -> int:
    """Return how many accelerators torch may use; torch itself is asked only where there seems to be one."""
    if not _signs_of_accelerators():
        return 0
    import torch

    return int(torch.accelerator.device_count()) if torch.accelerator.is_available() else 0


def worker_devices(device: str, count: int) -> list[str]:
    """Return the device of each worker: several share the accelerators of the kind that is asked for.

    Example:
        >>> worker_devices("cpu", 2)
        ['cpu', 'cpu']
    """
    if count == 1 or device not in ("auto", "cuda", "xpu", "npu"):
        return [device] * count
    there = accelerators()
    if not there:
        return [device] * count
    import torch

    accelerator = torch.accelerator.current_accelerator()
    kind = device if device != "auto" or accelerator is None else accelerator.type
    return [kind if there == 1 else f"{kind}:{number % there}" for number in range(count)]


def worker_environment(count: int) -> dict[str, str]:
    """Return the environment of one of several workers: the run's, with its search path for modules, a share of the
    cores, and without its token and its place among processes that a launcher started.
    """
    environment = {name: value for name, value in os.environ.items() if name not in (*_LAUNCHER, *_TOKENS)}
    places = (place or os.getcwd() for place in sys.path)
    environment |= {**_ALONE, "PYTHONPATH": os.pathsep.join(places), "PYTHONSAFEPATH": "1"}
    if count > 1:
        environment.setdefault("OMP_NUM_THREADS", str(max(1, _cores() // count)))
    return environment


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _signs_of_accelerators() -> bool:
    """Whether the system lists a device of a kind that torch computes on; elsewhere than on Linux it may."""
    if not sys.platform.startswith("linux"):
        return True
    devices = Path("/dev")
    patterns = ("nvidia[0-9]*", "kfd", "dxg", "davinci[0-9]*", "dri/renderD*", "accel*")
    return any(next(devices.glob(pattern), None) is not None for pattern in patterns)
