"""Workers that are killed, hang, and run out of memory, each for real: one checkpoint is lost, or none.

    python benchmarks/survival_workers.py            # all: three minutes
    python benchmarks/survival_workers.py hung

Over four tiny checkpoints from a local Hub. ``killed``: SIGKILL while a worker runs its first; it is run again, alone,
and nothing is lost. ``loading``: one of two workers is killed as soon as it is there. ``hung``: SIGSTOP, and
``--timeout-per-model 90s``. ``memory``: the worker is put into a control group of Linux that may take 80 MB more, where
a large checkpoint ends it; that takes the rights to make one. Ends with 1 where a ranking lacks more than it must.
"""

from __future__ import annotations

import argparse
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
from survival_scene import Ran, Scene, line, scene, worker_of

GROUP = Path("/sys/fs/cgroup/memory/hubscore-survival")
NEW_GROUP = Path("/sys/fs/cgroup/hubscore-survival")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", choices=[[], *ACCIDENTS], help="which; all by default")
    names = parser.parse_args().names or list(ACCIDENTS)
    with scene(4) as there:
        bad = sum(not ACCIDENTS[name](there) for name in names)
    return 1 if bad else 0


def killed(there: Scene) -> bool:
    """SIGKILL in the middle of the first checkpoint."""

    def kill(run: subprocess.Popen[str]) -> None:
        worker = worker_of(run)
        if worker is not None:
            time.sleep(1.0)
            worker.send_signal(signal.SIGKILL)

    return _told("worker killed", there.run(there.root / "killed", there.words(), watch=kill), lost=1)


def loading(there: Scene) -> bool:
    """SIGKILL to one of two workers while it imports its libraries."""

    def kill(run: subprocess.Popen[str]) -> None:
        worker = worker_of(run)
        if worker is not None:
            worker.send_signal(signal.SIGKILL)

    words = there.words("--processes", "2")
    return _told("one of two killed at its start", there.run(there.root / "loading", words, watch=kill), lost=1)


def hung(there: Scene) -> bool:
    """A worker that is stopped and never goes on."""

    def stop(run: subprocess.Popen[str]) -> None:
        worker = worker_of(run)
        if worker is not None:
            _until_busy(worker)
            worker.send_signal(signal.SIGSTOP)

    words = there.words("--timeout-per-model", "90s")
    return _told("worker hung", there.run(there.root / "hung", words, watch=stop), lost=1)


def memory(there: Scene) -> bool:
    """A worker that the system ends for want of memory."""
    import timm
    from hubfixture import add_model
    from timm.models import save_for_hf

    large = "tiny/large"
    add_model(there.root / "hub", large, {"README.md": "---\nlibrary_name: timm\n---\n"})
    made = timm.create_model("resnet50", num_classes=5, pretrained_cfg_overlay={"num_classes": 5})
    save_for_hf(made, there.root / "hub" / "models" / large, safe_serialization=True)
    group = _group()
    if group is None:
        print("--- memory: not run, for no control group can be made here", flush=True)
        return True

    def confine(run: subprocess.Popen[str]) -> None:
        worker = worker_of(run)
        if worker is None:
            return
        _until_busy(worker)
        (group / "cgroup.procs").write_text(str(worker.pid))
        _limit(group).write_text(str(80_000_000))  # of what it takes from now on

    try:
        words = there.words(models=[*there.models[:1], large, *there.models[1:]])
        ran = there.run(there.root / "memory", words, watch=confine)
    finally:
        time.sleep(1.0)
        group.rmdir()
    named = [text for text in ran.talk.splitlines() if large in text and "memory" in text]
    return _told("worker out of memory", ran, lost=1, ranked=4) and bool(named)


def _told(what: str, ran: Ran, *, lost: int, ranked: int = 4) -> bool:
    reasons = [text.strip() for text in ran.talk.splitlines() if "process" in text or "longer" in text]
    good = ran.code == 0 and len(ran.rows) >= ranked - lost
    return line(
        good, what, ranked=len(ran.rows), code=ran.code, seconds=round(ran.seconds), said=reasons[:1] or "nothing"
    )


def _until_busy(worker: psutil.Process, seconds: float = 120.0) -> None:
    """Wait until a worker has imported torch."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            if (
                any("libtorch_cpu" in one.path for one in worker.memory_maps())
                and worker.memory_info().rss > 250_000_000
            ):
                return
        except psutil.Error:
            return
        time.sleep(0.02)


def _group() -> Path | None:
    for group in (GROUP, NEW_GROUP):
        if not group.parent.is_dir():
            continue
        try:
            group.mkdir(exist_ok=True)
        except OSError:
            continue
        if _limit(group).exists():
            return group
        group.rmdir()
    return None


def _limit(group: Path) -> Path:
    return group / ("memory.limit_in_bytes" if group == GROUP else "memory.max")


ACCIDENTS: dict[str, Callable[[Scene], bool]] = {
    "killed": killed,
    "loading": loading,
    "hung": hung,
    "memory": memory,
}


if __name__ == "__main__":
    sys.exit(main())
