"""What must not be forgotten between runs: the pull requests we opened, and the owners who said no."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from hubscore.atomic import write_atomically
from hubscore.errors import StorageError
from hubscore.text import parse_json
from hubscore.types import Json

if TYPE_CHECKING:
    from filelock import FileLock

MOST_PER_RUN = 5
MOST_PER_DAY = 20
MOST_PER_MONTH = 2
"""On one repo, by everybody who uses hubscore: counted there, and not here."""
DAY = 86_400.0
FILE = "pull-requests.json"
_LOCK_SECONDS = 30.0
_DAY_IS_OVER = f"{MOST_PER_DAY} pull requests are the most for one day; run the same command again tomorrow"


def state_file() -> Path:
    """Return where it is written: in the folder that ``HUBSCORE_CACHE`` names, else ``~/.cache/hubscore``."""
    return Path(os.environ.get("HUBSCORE_CACHE") or Path.home() / ".cache" / "hubscore").expanduser() / "publish" / FILE


@dataclass(frozen=True)
class PullRequestHistory:
    """What one user did on one Hub.

    Args:
        endpoint: the Hub's address.
        user: who opens the pull requests.
        path: the file.
    """

    endpoint: str
    user: str
    path: Path

    def declined(self, repo: str) -> bool:
        """Whether a pull request by hubscore was closed on a repo."""
        return any(entry["repo"] == repo for entry in self._mine(self._read(), "declined"))

    def decline(self, repo: str, number: int) -> None:
        """Remember a no for ever."""
        with self._changing() as data:
            if not any(entry["repo"] == repo for entry in self._mine(data, "declined")):
                data["declined"].append(self._entry(repo, number))

    def numbers(self, repo: str) -> frozenset[int]:
        """Return the numbers of the pull requests that we opened on a repo."""
        return frozenset(
            entry["number"] for entry in self._mine(self._read(), "opened") if entry["repo"] == repo and entry["number"]
        )

    def repos(self) -> list[str]:
        """Return the repos on which we opened pull requests, in order."""
        return sorted({entry["repo"] for entry in self._mine(self._read(), "opened") if entry["number"]})

    def reserve(self, repo: str) -> bool:
        """Take one of the pull requests of the day before it is opened; false when none is left."""
        with self._changing() as data:
            if self._left(data) <= 0:
                return False
            data["opened"].append(self._entry(repo, 0))
            return True

    def resolve_reservation(self, repo: str, number: int | None) -> None:
        """Note the outcome of a reservation: the pull request's number, or none when nothing was opened."""
        with self._changing() as data:
            for entry in reversed(self._mine(data, "opened")):
                if entry["repo"] == repo and not entry["number"]:
                    if number:
                        entry["number"] = number
                    else:
                        data["opened"].remove(entry)
                    return

    def left_today(self) -> int:
        """Return how many pull requests may still be opened within the day."""
        return max(self._left(self._read()), 0)

    def _left(self, data: Json) -> int:
        return MOST_PER_DAY - sum(bool(time.time() - entry["time"] < DAY) for entry in self._mine(data, "opened"))

    def _entry(self, repo: str, number: int) -> Json:
        return {"endpoint": self.endpoint, "user": self.user, "repo": repo, "number": number, "time": time.time()}

    def _mine(self, data: Json, kind: str) -> list[Json]:
        return [entry for entry in data[kind] if entry["endpoint"] == self.endpoint and entry["user"] == self.user]

    def _read(self) -> Json:
        """Read the file; a damaged one is an error, since forgetting a no does harm."""
        try:
            data = parse_json(self.path.read_text(encoding="utf-8"))
            found = {kind: [dict(entry) for entry in data[kind]] for kind in ("opened", "declined")}
            for entry in (*found["opened"], *found["declined"]):
                _checked(entry)
        except FileNotFoundError:
            return {"opened": [], "declined": []}
        except OSError as error:
            raise StorageError(
                f"Cannot read '{self.path}'", error.strerror or str(error), "check its permissions"
            ) from error
        except (ValueError, KeyError, TypeError) as error:
            fix = (
                f"repair it, or delete it: rm '{self.path}' (pull requests that were closed are found again on the Hub)"
            )
            raise StorageError(
                f"Cannot read '{self.path}'", "it is damaged, and it holds who wants no pull requests", fix
            ) from error
        return found

    @contextmanager
    def _changing(self) -> Iterator[Json]:
        with self._lock():
            data = self._read()
            yield data
            write_atomically(self.path, (json.dumps({"schema": 1, **data}, indent=1) + "\n").encode())

    def _lock(self) -> FileLock:
        from filelock import FileLock

        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            fix = "HUBSCORE_CACHE=DIR that you may write to"
            raise StorageError(f"Cannot write '{self.path}'", error.strerror or str(error), fix) from error
        return FileLock(f"{self.path}.lock", timeout=_LOCK_SECONDS)


class Allowance:
    """How many pull requests one run may still open.

    Args:
        memory: knows how many were opened within the last day.
        most: in this run.
    """

    def __init__(self, memory: PullRequestHistory, most: int = MOST_PER_RUN) -> None:
        self.memory, self.most, self._taken = memory, most, 0
        self._foreseen = self._over = 0

    def take(self, repo: str) -> str:
        """Take one for a repo; return why that cannot be, or nothing."""
        if self._taken >= self.most:
            return self._run_is_over()
        if not self.memory.reserve(repo):
            return _DAY_IS_OVER
        self._taken += 1
        return ""

    def foresee(self) -> str:
        """Count one that would be opened, without taking it; return why it would not be, or nothing."""
        left = self.memory.left_today()
        if self._foreseen >= min(self.most, left):
            self._over += 1
            return self._run_is_over() if left >= self.most else _DAY_IS_OVER
        self._foreseen += 1
        return ""

    def outlook(self) -> str:
        """Say how many of the pull requests that were foreseen would be opened; empty where there were none."""
        wanted = self._foreseen + self._over
        if not wanted:
            return ""
        told = f"{self._foreseen} of {wanted}" if self._over else str(wanted)
        left = f"{MOST_PER_DAY} a day ({self.memory.left_today()} left today)"
        cap = f"{self.most} a run, {left} and {MOST_PER_MONTH} a month on each repo, whoever opens them"
        return f"{told} pull request{'s' * (wanted > 1)} would be opened; the cap is {cap}"

    def _run_is_over(self) -> str:
        return f"{self.most} pull requests are the most for one run; run the same command again for the others"

    def resolve_reservation(self, repo: str, number: int | None) -> None:
        """Note its outcome: the pull request's number, or none when nothing was opened."""
        self._taken -= not number
        self.memory.resolve_reservation(repo, number)


def _checked(entry: Json) -> None:
    if not isinstance(entry["number"], int) or not isinstance(entry["time"], (int, float)):
        raise TypeError("a number is none")
    if not all(isinstance(entry[key], str) for key in ("endpoint", "user", "repo")):
        raise TypeError("a name is none")
