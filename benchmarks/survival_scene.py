"""A local Hub with tiny checkpoints and pictures, and `hubscore rank` over them in processes of its own: what the
`survival_*.py` benchmarks share.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from e2e.conftest import photo_folder
from hubfixture import USERS, add_dataset, save_tiny_timm
from smalldisk import read_only as read_only
from smalldisk import small_disk as small_disk

DATA = "tiny/colours"


@dataclass(frozen=True)
class Ran:
    """What a command line came to: exit code, rows, talk, and seconds."""

    code: int
    rows: list[dict[str, Any]]
    talk: str
    seconds: float

    @property
    def ranking(self) -> list[tuple[Any, ...]]:
        """What must be the same after every accident: models, order, scores and intervals."""
        kept = ("rank", "model", "scores", "expected", "expected_ci", "rank_ci", "p_best", "tie_group")
        return [tuple(json.dumps(row.get(name), sort_keys=True) for name in kept) for row in self.rows]


@dataclass
class Scene:
    """A Hub and a place for caches.

    Attributes:
        root: of all files.
        hub: the running Hub.
        models: the checkpoints' names.
    """

    root: Path
    hub: Any
    models: list[str] = field(default_factory=list)

    def environment(self, place: Path, **more: str) -> dict[str, str]:
        """Return the environment of a run with caches of its own."""
        known = {name: value for name, value in os.environ.items() if name != "HUBSCORE_ISOLATE"}
        return {
            **known,
            "HF_ENDPOINT": self.hub.url,
            "HF_HOME": str(place / "huggingface"),
            "HUBSCORE_CACHE": str(place / "cache"),
            "HF_TOKEN": "hf_local",
            "HF_HUB_DISABLE_XET": "1",
            "OMP_NUM_THREADS": "1",
            "COLUMNS": "160",
            **more,
        }

    def words(self, *more: str, models: list[str] | None = None) -> list[str]:
        """Return the command line of a run over some checkpoints."""
        named = self.models if models is None else models
        return ["rank", DATA, "--models", *named, "--device", "cpu", "--yes", "--format", "json", *more]

    def start(self, place: Path, words: list[str], **environment: str) -> subprocess.Popen[str]:
        """Start a command in a process of its own."""
        return subprocess.Popen(
            [sys.executable, "-m", "hubscore", *words],
            env=self.environment(place, **environment),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(
        self,
        place: Path,
        words: list[str],
        *,
        watch: Callable[[subprocess.Popen[str]], object] | None = None,
        **more: str,
    ) -> Ran:
        """Run a command to its end; ``watch`` may meddle with it meanwhile, in a thread."""
        began = time.perf_counter()
        running = self.start(place, words, **more)
        if watch is not None:
            threading.Thread(target=watch, args=(running,), daemon=True).start()
        told, talk = running.communicate(timeout=1800)
        try:
            rows = json.loads(told)
        except ValueError:
            rows = []
        return Ran(running.returncode, rows if isinstance(rows, list) else [], talk, time.perf_counter() - began)

    def fetched(self, since: int = 0) -> Counter[str]:
        """Return how often the weights of each checkpoint were asked for."""
        asked = [path for method, path, *_ in list(self.hub.log)[since:] if method == "GET"]
        return Counter(path.partition("/resolve/")[0].strip("/") for path in asked if path.endswith(".safetensors"))


@contextmanager
def scene(count: int) -> Iterator[Scene]:
    """Serve so many tiny checkpoints and a data set of 36 pictures."""
    from hubscore.localhub import serve

    with tempfile.TemporaryDirectory(prefix="survival-") as name:
        root = Path(name)
        models = [f"tiny/net-{number:02d}" for number in range(count)]
        for seed, model in enumerate(models):
            save_tiny_timm(root / "hub" / "models" / model, seed=seed)
        add_dataset(root / "hub", DATA, photo_folder())
        with serve(root / "hub", users=USERS) as hub:
            yield Scene(root, hub, models)


def worker_of(run: subprocess.Popen[str], seconds: float = 120.0) -> Any:
    """Return the process of a run's worker, once it is there; none where the run ended before."""
    import psutil

    end = time.monotonic() + seconds
    while time.monotonic() < end and run.poll() is None:
        for child in psutil.Process(run.pid).children(recursive=True):
            try:
                if "hubscore.extract.worker" in child.cmdline():
                    return child
            except psutil.Error:
                continue
        time.sleep(0.02)
    return None


def line(good: bool, what: str, **figures: Any) -> bool:
    """Print how one accident ended, and return whether it ended well."""
    said = ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in figures.items())
    print(f"{'ok ' if good else 'BAD'} {what}: {said}", flush=True)
    return good
