"""A task without networks, for workers that start in a moment: each candidate's name says what becomes of its worker.

Names end in what happens: ``crash``, ``kill``, ``hang``, ``exit``, ``raise``, ``memory``, ``refuse``, ``full``,
``print``, ``warn``, ``nospace``, ``vanish``; any other goes well.
"""

from __future__ import annotations

import ctypes
import json
import os
import signal
import sys
import time
import warnings
from dataclasses import dataclass
from pathlib import Path

from extract.blocks import block, ids
from smalldisk import small_files

from hubscore.errors import CandidateError, StorageError
from hubscore.extract.scheduler import CandidateTask, not_found
from hubscore.types import Candidate


def light(*names: str) -> tuple[Candidate, ...]:
    """Candidates by name; the first letter of a name is its size."""
    return tuple(Candidate(f"org/{name}", f"{at:040d}", "light", bytes=at + 1) for at, name in enumerate(names))


@dataclass(frozen=True)
class LightRecipe:
    """Makes the task.

    Attributes:
        log: a file that gets a line for each candidate that a process begins: its name and the process.
    """

    log: str

    def make(self, *, fetch, fetch_config, store, device):
        return LightTask(self.log, fetch, fetch_config, store, device)

    def identity(self, candidate):
        return {"task": "light", "revision": candidate.revision}

    def lasting(self, keys):
        return True


@dataclass
class LightTask(CandidateTask[str]):
    """What it computes is the candidate's name in capitals."""

    log: str
    fetch: object
    fetch_config: object
    store: object
    device: str
    forward_images: int = 0

    def result(self, candidate):
        name = candidate.repo_id
        with open(self.log, "a") as log:
            log.write(f"{name} {os.getpid()} {self.device} {os.environ.get('OMP_NUM_THREADS')}\n")
        self.fetch_config(candidate)
        folder = self.fetch(candidate)
        self.forward_images += 3
        what = name.rpartition("-")[2]
        act(what)
        if what == "nospace":  # the disk is full when features are to be stored
            with small_files(10):
                self.store.write_rows("a" * 64, block("ab", model=name))
            return name.upper()
        path = self._file(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps([name.upper(), str(folder)]))
        return name.upper()

    def cache_keys(self, name, result):
        return (name.replace("/", "--"),)

    def stored(self, name, keys):
        if name.endswith("nospace"):
            found = self.store.read_rows("a" * 64, ids("ab"))
            if found is None:
                raise not_found(self.store, name)
            return found.values.model.upper()
        if name.endswith("vanish") and not os.path.exists(f"{self.log}.gone"):  # somebody clears the cache
            Path(f"{self.log}.gone").touch()
            self._file(name).unlink()
        try:
            return json.loads(self._file(name).read_text())[0]
        except OSError:
            raise not_found(self.store, name) from None

    def _file(self, name) -> Path:
        return self.store.root / "light" / name.replace("/", "--")


def act(what: str) -> None:
    """Do what a bad candidate does."""
    if what == "crash":
        ctypes.string_at(0)
    elif what == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    elif what == "hang":
        time.sleep(1000)
    elif what == "exit":
        print("no way", file=sys.stderr, flush=True)
        os._exit(7)
    elif what == "raise":
        raise RuntimeError("a bug")
    elif what == "memory":
        raise MemoryError
    elif what == "refuse":
        raise CandidateError("It cannot be used", "it is odd")
    elif what == "full":
        raise StorageError("The disk is full", "there is no room", code="disk-full")
    elif what == "print":
        print('{"say": "done", "keys": [], "images": 0}', flush=True)
        os.write(1, b'{"say": "done", "keys": [], "images": 0}\n')
    elif what == "warn":
        warnings.warn("it is old", UserWarning, stacklevel=1)
