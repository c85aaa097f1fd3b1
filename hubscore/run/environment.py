"""What ran a ranking: versions, machine, command line."""

from __future__ import annotations

import os
import platform
import re
import shlex
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from hubscore.text import without_password
from hubscore.types import Json

PACKAGES = (
    "hubscore",
    "torch",
    "torchvision",
    "transformers",
    "timm",
    "datasets",
    "huggingface_hub",
    "accelerate",
    "numpy",
    "scipy",
    "scikit-learn",
)
_SECRET_OPTION = re.compile(r"^--?[\w-]*(token|password|secret|key)[\w-]*$", re.IGNORECASE)
_TOKEN = re.compile(r"hf_[A-Za-z0-9]{8,}")
HIDDEN = "***"


def environment() -> Json:
    """Return versions, hardware, command, Hub and date of this process; never a token."""
    return {
        "versions": versions(),
        "hardware": hardware(),
        "command": command_line(sys.argv),
        "endpoint": endpoint(os.environ.get("HF_ENDPOINT")),
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
    }


def endpoint(address: str | None) -> str:
    """Return the Hub's address without a name or password in it.

    Example:
        >>> endpoint(None), endpoint("http://me:secret@10.0.0.1:8090/")
        ('https://huggingface.co', 'http://10.0.0.1:8090')
    """
    if not address:
        return "https://huggingface.co"
    return without_password(address.rstrip("/"))


def versions() -> dict[str, str | None]:
    """Return what is installed, by package; none for what is not."""
    found: dict[str, str | None] = {"python": platform.python_version()}
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = None
    return found


def hardware() -> Json:
    """Return processor, cores this process may use, memory and accelerators."""
    return {
        "cpu": _cpu_name(),
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "memory_gb": _memory_gb(),
        "gpus": _gpus(),
        "system": f"{platform.system()} {platform.machine()}",
    }


def command_line(argv: Sequence[str]) -> str:
    """Join a command line as one would paste it, with secrets hidden.

    Example:
        >>> command_line(["/usr/bin/hubscore", "rank", "beans", "--token", "abc"])
        'hubscore rank beans --token ***'
    """
    words = [Path(argv[0]).name, *argv[1:]] if argv else []
    shown, hide = [], False
    for word in words:
        option, equals, _ = word.partition("=")
        secret = bool(_SECRET_OPTION.match(option))
        shown.append(HIDDEN if hide else f"{option}={HIDDEN}" if secret and equals else _TOKEN.sub(HIDDEN, word))
        hide = secret and not equals
    return " ".join(word if HIDDEN in word else shlex.quote(word) for word in shown)


def _cpu_name() -> str:
    info = Path("/proc/cpuinfo")
    if info.exists():
        for line in info.read_text(errors="replace").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def _memory_gb() -> float | None:
    try:
        return round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9, 1)
    except (AttributeError, ValueError, OSError):
        return None


def _gpus() -> list[str]:
    torch = sys.modules.get("torch")  # a ranking that needed no forward pass does not load it for this
    if torch is None or not torch.cuda.is_available():
        return []
    return [torch.cuda.get_device_name(number) for number in range(torch.cuda.device_count())]
