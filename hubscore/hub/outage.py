"""A Hub that is down in the middle of a run: it is waited for once, and then not asked again and again."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TypeVar

from hubscore.errors import ErrorCode, HubError, HubscoreError, StorageError

T = TypeVar("T")

CODES = frozenset(
    {
        ErrorCode.SERVER_ERROR,
        ErrorCode.UNREACHABLE,
        ErrorCode.TIMEOUT,
        ErrorCode.CONNECTION_LOST,
        ErrorCode.RATE_LIMITED,
    }
)
"""Of errors that say nothing of a candidate: the same request may succeed an hour later."""
IN_A_ROW = 3
IN_A_ROW_AGAIN = 2
WAIT_SECONDS = 30.0
_STEP = 10.0


def outage_code(error: HubscoreError) -> str | None:
    """Return the code of an error that is an outage, None for what is wrong with the candidate itself."""
    return str(error.code) if error.code in CODES else None


class Outage:
    """What downloads have met so far, and whether the Hub is asked at all; several threads may share one.

    After three candidates in a row that met the same outage the Hub is left alone for a while, once in a run. If it
    still fails then, it counts as down: what is on this machine is used, and the rest fails at once.

    Args:
        announce: told that the Hub fails, and how many seconds it is still waited for.

    Attributes:
        down: whether the Hub is no longer asked.
        lost: by candidate, the outage that it met last; a candidate that came through later is not in it.
    """

    def __init__(self, announce: Callable[[HubError, float], None] | None = None) -> None:
        self.announce = announce or (lambda error, seconds: None)
        self.down = False
        self.lost: dict[str, HubError] = {}
        self._row: list[str] = []
        self._code, self._waited, self._limit = "", False, IN_A_ROW
        self._lock = threading.Lock()

    def again(self) -> None:
        """Ask the Hub again, for another round; fewer failures suffice to give up."""
        self.down, self._limit, self._row = False, IN_A_ROW_AGAIN, []

    def ask(self, name: str, fetch: Callable[[], T], cached: Callable[[], T]) -> T:
        """Return what ``fetch`` returns; where the Hub is down, what ``cached`` does without it.

        Args:
            name: of the candidate.
            fetch: asks the Hub.
            cached: does not; raises an error where the machine lacks something.

        Raises:
            HubError: the Hub fails, or is down and what was asked for is not here.
        """
        if self.down:
            return self._without_hub(name, cached)
        try:
            found = fetch()
        except HubError as error:
            if error.code not in CODES:
                raise
            if self._enough(name, error):
                return self._last_try(name, error, fetch, cached)
            raise
        self._came(name)
        return found

    def no_room(self, name: str, error: StorageError) -> HubError:
        """Note that the disk has no room for a candidate, and return the error that says so: another round asks for it
        again, when others may have been deleted.
        """
        what = "was not fetched"
        why = f"{error.what[:1].lower()}{error.what[1:]}"
        lost = HubError(f"Model {name!r} {what}", why, error.fix, code=error.code, subject=name, predicate=what)
        with self._lock:
            self.lost[name] = lost
        return lost

    def _enough(self, name: str, error: HubError) -> bool:
        """Note a failure; whether so many candidates in a row have met the same."""
        with self._lock:
            self.lost[name] = error
            if error.code != self._code:
                self._code, self._row = error.code, []
            if name not in self._row:
                self._row.append(name)
            return len(self._row) >= self._limit

    def _came(self, name: str) -> None:
        with self._lock:
            self._row = []
            self.lost.pop(name, None)

    def _last_try(self, name: str, error: HubError, fetch: Callable[[], T], cached: Callable[[], T]) -> T:
        self._wait(error)
        if not self.down:
            try:
                found = fetch()
            except HubError as still:
                if still.code not in CODES:
                    raise
                self.down = True
                self.lost[name] = still
            else:
                self._came(name)
                return found
        return self._without_hub(name, cached)

    def _wait(self, error: HubError) -> None:
        with self._lock:
            if self._waited or self.down:
                return
            self._waited, left = True, WAIT_SECONDS
            while left > 0:
                self.announce(error, left)
                step = min(left, _STEP)
                time.sleep(step)
                left -= step

    def _without_hub(self, name: str, cached: Callable[[], T]) -> T:
        try:
            found = cached()
        except HubError as missing:
            known = self.lost.get(name) or next(reversed(self.lost.values()), missing)
            error = HubError(
                f"Model {name!r} was not fetched",
                f"the Hub is down, and not all of it is on this machine ({known.why})",
                "run the same command again",
                code=known.code,
                subject=name,
                predicate="was not fetched",
            )
            self.lost[name] = error
            raise error from missing
        self.lost.pop(name, None)
        return found
