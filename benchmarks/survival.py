"""Checkpoints that want to hurt who loads them: whether each is refused with a reason, how soon, and in what memory.

    python benchmarks/survival.py                    # all of tests/hostile.py, a process each
    python benchmarks/survival.py hidden_size ...    # some of them

Each is loaded as a run loads it, in a forked process that is killed after 30 s or at 3 GB beyond what the libraries
take. One line each: the name, seconds, megabytes beyond the libraries, and the reason. Ends with 1 where a checkpoint
was not refused, where a process had to be killed or died, or where something in a checkpoint was executed.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("HF_HUB_OFFLINE", "1")
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

import psutil
import torch
from hostile import HOSTILE, pwned
from hubfixture import save_tiny_timm, save_tiny_vit

from hubscore.errors import CandidateError
from hubscore.models.load import load_network, transform_spec
from hubscore.types import Candidate

SECONDS, BYTES = 30.0, 3 * 10**9


@dataclass(frozen=True)
class Line:
    """How one checkpoint ended."""

    name: str
    good: bool
    seconds: float
    megabytes: float
    words: str


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", help="which; all by default")
    names = parser.parse_args().names or list(HOSTILE)
    with tempfile.TemporaryDirectory() as place:
        root = Path(place)
        sound = {"timm": save_tiny_timm(root / "timm"), "transformers": save_tiny_vit(root / "transformers")}
        for library, folder in sound.items():  # also imports everything, so that no process has to
            load_network(Candidate(f"org/{library}", "0" * 40, library, path=str(folder)), folder)
        lines = [_line(name, sound[HOSTILE[name][1]], root / name) for name in names]
    bad = [line for line in lines if not line.good]
    longest, most = max(lines, key=lambda line: line.seconds), max(lines, key=lambda line: line.megabytes)
    print(
        f"{len(lines) - len(bad)} of {len(lines)} refused with a reason; longest {longest.seconds:.1f} s"
        f" ({longest.name}), most memory {most.megabytes:.0f} MB ({most.name})"
    )
    return 1 if bad else 0


def _line(name: str, sound: Path, folder: Path) -> Line:
    shutil.copytree(sound, folder)
    HOSTILE[name][0](folder)
    line = _loaded(name, folder)
    if pwned(folder).exists():
        line = Line(name, False, line.seconds, line.megabytes, "ran code")
    print(
        f"{'ok ' if line.good else 'BAD'} {name:32} {line.seconds:6.1f} s {line.megabytes:6.0f} MB  {line.words[:160]}"
    )
    sys.stdout.flush()
    shutil.rmtree(folder)
    return line


def _loaded(name: str, folder: Path) -> Line:
    """Load a checkpoint in a process of its own, which is watched."""
    reader, writer = os.pipe()
    began = time.perf_counter()
    child = os.fork()
    if child == 0:
        _child(writer, folder, HOSTILE[name][1])
    os.close(writer)
    most, ended = 0, 0
    while not ended:
        ended, status = os.waitpid(child, os.WNOHANG)
        if not ended:
            most = max(most, _own_bytes(child))
            if time.perf_counter() - began > SECONDS or most > BYTES:
                os.kill(child, signal.SIGKILL)
            time.sleep(0.005)
    seconds = time.perf_counter() - began
    with os.fdopen(reader, "rb") as told:
        words = told.read().decode(errors="replace")
    killed = os.WIFSIGNALED(status)
    if killed:
        words = f"killed by signal {os.WTERMSIG(status)}"
    return Line(name, words.startswith("Cannot load") and not killed, seconds, most / 1e6, words)


def _own_bytes(child: int) -> int:
    """Return what a forked process has of its own, beyond what it shares with this one."""
    try:
        return int(psutil.Process(child).memory_full_info().uss)
    except psutil.Error:
        return 0


def _child(writer: int, folder: Path, library: str) -> None:
    """Say what happens; never returns."""
    torch.set_num_threads(1)
    candidate = Candidate("org/hostile", "0" * 40, library, path=str(folder))
    try:
        transform_spec(candidate, folder)
        load_network(candidate, folder)
        words = "was loaded"
    except CandidateError as error:
        words = f"{error.what}: {error.why}"
    except BaseException as error:
        words = f"raised {type(error).__name__}: {str(error)[:200]}"
    os.write(writer, " ".join(words.split()).encode()[:4000])
    os._exit(0)


if __name__ == "__main__":
    sys.exit(main())
