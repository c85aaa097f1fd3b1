"""Several processes for one run: started through accelerate, each on its own device, all writing into one store."""

from __future__ import annotations

import json
import os
import pickle
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from hubscore.errors import ErrorCode, HubscoreError
from hubscore.extract.distributed import launched_processes
from hubscore.extract.events import CandidateFinished, CandidateSkipped, CandidateStarted, Event, Progress
from hubscore.extract.layer_request import LayerRequest
from hubscore.types import Candidate, Probe, Skipped

EVENTS: Mapping[str, Callable[..., Event]] = {
    one.__name__: one for one in (CandidateStarted, CandidateFinished, CandidateSkipped)
}
_GLANCE = 0.3


@dataclass(frozen=True)
class Job:
    """What the processes are to do; it travels as a file that only this user can read, and holds no token."""

    candidates: tuple[Candidate, ...]
    probe: Probe
    store: str
    device: str
    input_size: int | None
    batch_size: int | None
    evict: bool
    transform: str = "own"
    layers: LayerRequest | None = None


@dataclass(frozen=True)
class LaunchResult:
    """What the processes came to; the extractions are in the store."""

    skipped: tuple[Skipped, ...]
    forward_images: int
    without_layers: Mapping[str, str] = field(default_factory=dict)
    """Why the layers of some networks have no kernel, by ``repo_id``."""


def wanted_processes(asked: int | None, device: str, candidates: int) -> int:
    """Return how many processes to start: what was asked, or one per accelerator, and never more than there are
    candidates.

    One where a launcher has started this process already: then it is one of several by itself.
    """
    if launched_processes() > 1:
        return 1
    if asked is None:
        import torch

        several = device in ("auto", "cuda") and torch.cuda.is_available()
        asked = torch.cuda.device_count() if several else 1
    return max(1, min(asked, candidates))


def launch(
    job: Job, processes: int, *, token: str | bool | None = None, progress: Progress | None = None
) -> LaunchResult:
    """Run a job in several processes and wait for them.

    Args:
        job: what to extract.
        processes: how many.
        token: for the Hub; passed through the environment.
        progress: gets the events of every process.

    Raises:
        HubscoreError: a process died; what was stored before stays.
    """
    with tempfile.TemporaryDirectory(prefix="hubscore-") as name:
        folder = Path(name)
        (folder / "job.pickle").write_bytes(pickle.dumps(job))
        running = subprocess.Popen(
            command(folder, processes),
            env=_environment(token, processes),
            stdout=subprocess.DEVNULL,
            stderr=(folder / "log").open("w"),
        )
        reader = _Reader(folder, len(job.candidates), progress)
        try:
            while running.poll() is None:
                time.sleep(_GLANCE)
                reader.read()
        except BaseException:
            running.terminate()
            running.wait()
            raise
        reader.read()
        if running.returncode != 0 or not (folder / "outcome.json").exists():
            raise _died(folder)
        outcome = json.loads((folder / "outcome.json").read_text())
    skipped = tuple(Skipped(**item) for item in outcome["skipped"])
    return LaunchResult(skipped, outcome["forward_images"], outcome["without_layers"])


def command(folder: Path, processes: int) -> list[str]:
    """Return the command line; ``--multi_gpu`` also starts several processes where there is no GPU."""
    launcher = [
        sys.executable,
        "-m",
        "accelerate.commands.launch",
        "--multi_gpu",
        "--num_processes",
        str(processes),
        "--num_machines",
        "1",
    ]
    plain = ["--mixed_precision", "no", "--dynamo_backend", "no", "--main_process_port", "0"]
    return [*launcher, *plain, "-m", "hubscore.extract.worker", str(folder)]


class _Reader:
    """Reads the events that each process appends to its file, and counts over all of them."""

    def __init__(self, folder: Path, total: int, progress: Progress | None) -> None:
        self._folder, self._total, self._progress = folder, total, progress
        self._seen: dict[Path, int] = {}
        self._ended = 0

    def read(self) -> None:
        for path in sorted(self._folder.glob("events-*.jsonl")):
            content = path.read_bytes()
            end = content.rfind(b"\n") + 1
            for line in content[self._seen.get(path, 0) : end].splitlines():
                self._tell(json.loads(line))
            self._seen[path] = end

    def _tell(self, said: dict[str, Any]) -> None:
        kind = said.pop("event")
        if kind in (CandidateFinished.__name__, CandidateSkipped.__name__):
            self._ended += 1
        if "index" in said:
            said |= {"index": min(self._ended + (kind == CandidateStarted.__name__), self._total), "total": self._total}
        if self._progress is not None:
            self._progress(EVENTS[kind](**said))


def event_line(event: Event) -> str:
    """Return an event as the line that :class:`_Reader` reads."""
    return json.dumps({"event": type(event).__name__, **asdict(event)})


def _environment(token: str | bool | None, processes: int) -> dict[str, str]:
    environment = dict(os.environ)
    if isinstance(token, str):
        environment["HF_TOKEN"] = token
    elif token is False:
        environment["HF_HUB_DISABLE_IMPLICIT_TOKEN"] = "1"
    environment.setdefault("OMP_NUM_THREADS", str(max(1, (os.cpu_count() or 1) // processes)))
    return environment


def _died(folder: Path) -> HubscoreError:
    known = folder / "error.pickle"
    if known.exists():
        error: HubscoreError = pickle.loads(known.read_bytes())
        return error
    lines = [line for line in (folder / "log").read_text(errors="replace").splitlines() if line.strip()]
    why = lines[-1].strip() if lines else "it left no message"
    return HubscoreError(
        "One of the processes died",
        why,
        "--processes 1; what was finished is kept, and the same command goes on from there",
        code=ErrorCode.PROCESS_DIED,
    )
