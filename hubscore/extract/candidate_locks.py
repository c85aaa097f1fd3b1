"""Two runs on one cache share work: whoever comes second to a candidate waits, and then reads what the first stored.

The system holds the locks, and lets go of them when a process ends, however it ends. Each thread holds one at a time
and takes no other meanwhile, so that none can wait for itself in a circle.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from hubscore.types import Candidate, Json

if TYPE_CHECKING:
    from filelock import BaseFileLock

FOLDER = "locks"
ENDING = ".lock"
_LOOK_SECONDS = 0.2


class CandidateLocks:
    """The locks of a cache.

    Args:
        root: of the cache. Where it takes no more files, or its disk knows no locks, nothing is locked: two runs may
            then compute the same, which costs time alone.
        identity: returns what decides by which keys a candidate's results are found.
    """

    def __init__(self, root: Path, identity: Callable[[Candidate], Json]) -> None:
        self._folder, self._identity = root / FOLDER, identity

    @contextmanager
    def held(
        self,
        candidate: Candidate,
        waits: Callable[[], object] = lambda: None,
        stopped: Callable[[], bool] = lambda: False,
        part: tuple[int, int] = (0, 1),
    ) -> Iterator[None]:
        """Hold a candidate's lock, once whoever has it has done with it.

        Args:
            candidate: whose.
            waits: called once where somebody else has it.
            stopped: whether to go on without it.
            part: of the candidate, and how many there are: the lock of the first part is that of the whole.
        """
        from filelock import Timeout

        lock, told = self._lock(candidate, part), False
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            while not stopped():
                try:
                    lock.acquire(timeout=_LOOK_SECONDS if told else 0)
                    break
                except Timeout:
                    if not told:
                        waits()
                    told = True
        except (OSError, NotImplementedError):  # read-only, full, or without locks
            pass
        try:
            yield
        finally:
            lock.release()

    def busy(self, candidate: Candidate) -> bool:
        """Whether somebody holds a candidate's lock at this moment."""
        from filelock import Timeout

        lock = self._lock(candidate)
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            lock.acquire(timeout=0)
        except Timeout:
            return True
        except (OSError, NotImplementedError):
            return False
        lock.release()
        return False

    def _lock(self, candidate: Candidate, part: tuple[int, int] = (0, 1)) -> BaseFileLock:
        from filelock import FileLock

        identity = json.dumps(self._identity(candidate), sort_keys=True) + (f" {part}" if part[0] else "")
        return FileLock(self._folder / f"{hashlib.sha256(identity.encode()).hexdigest()}{ENDING}")


def clear_locks(root: Path) -> None:
    """Delete the files of the locks; who holds one goes on."""
    for path in (root / FOLDER).glob(f"*{ENDING}"):
        path.unlink(missing_ok=True)
