"""Disks that take little, or nothing: real ones where the system lets us mount them, else a limit on files' sizes."""

from __future__ import annotations

import resource
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def small_files(most: int) -> Iterator[None]:
    """Let no file of this process, or of one that it starts, grow beyond so many bytes."""
    limits, old = resource.getrlimit(resource.RLIMIT_FSIZE), signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, old)


@contextmanager
def small_disk(place: Path, size: str) -> Iterator[Path | None]:
    """Mount a file system of so many bytes (``64k``, ``2m``) at a folder; none where this user may not."""
    place.mkdir(parents=True, exist_ok=True)
    words = ["mount", "-t", "tmpfs", "-o", f"size={size}", "hubscore-test", str(place)]
    try:
        mounted = subprocess.run(words, capture_output=True, check=False).returncode == 0
    except OSError:
        mounted = False
    if not mounted:
        yield None
        return
    try:
        yield place
    finally:
        subprocess.run(["umount", "--lazy", str(place)], check=False)


def read_only(place: Path) -> None:
    """Make what is mounted there read-only."""
    subprocess.run(["mount", "-o", "remount,ro", str(place)], check=True)
