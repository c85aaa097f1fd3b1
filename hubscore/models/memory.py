"""How much memory is free for this process."""

from __future__ import annotations

from pathlib import Path

_GROUPS = (
    ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory.current", "/sys/fs/cgroup/memory.stat", "inactive_file"),
    (
        "/sys/fs/cgroup/memory/memory.limit_in_bytes",
        "/sys/fs/cgroup/memory/memory.usage_in_bytes",
        "/sys/fs/cgroup/memory/memory.stat",
        "total_inactive_file",
    ),
)
"""Where a container's limit and use stand, in the second and the first version of Linux's control groups."""


def free_memory() -> int:
    """Return the bytes that may still be used: what the machine has free, or what the container may have if less."""
    import psutil

    free = int(psutil.virtual_memory().available)
    return min([free, *(left for group in _GROUPS if (left := _left(*group)) is not None)])


def _left(limit: str, used: str, statistics: str, cached: str) -> int | None:
    """Return what a control group leaves; cached files are given back when memory is short."""
    try:
        allowed = Path(limit).read_text().strip()
        if allowed == "max":
            return None
        lines = dict(line.split() for line in Path(statistics).read_text().splitlines())
        return max(0, int(allowed) - int(Path(used).read_text()) + int(lines.get(cached, 0)))
    except (OSError, ValueError):
        return None
