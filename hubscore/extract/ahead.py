"""Files of the next candidates, fetched while the one before them is computed; bounded by the disk."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from hubscore.extract.extraction_task import Fetch
from hubscore.types import Candidate

MOST_AHEAD = 2
"""Candidates whose files lie ready, or are under way, and have not been asked for."""


@dataclass(frozen=True)
class DiskRoom:
    """How much may be fetched before it is asked for.

    Attributes:
        free: returns the bytes that the disk still takes, none where nobody knows.
        spare: bytes of it that are left alone.
        held: most bytes that lie ready and were not forgotten yet; none where files stay on the disk in any case.
    """

    free: Callable[[], int | None]
    spare: int = 2_000_000_000
    held: int | None = None

    def takes(self, size: int | None, held: int) -> bool:
        """Whether so many bytes may be fetched beside those that are held; never what nobody knows the size of.

        Example:
            >>> room = DiskRoom(lambda: 10_000_000_000, held=3_000_000_000)
            >>> room.takes(1_000_000_000, 0), room.takes(1_000_000_000, 2_500_000_000), room.takes(None, 0)
            (True, False, False)
        """
        free = self.free()
        if size is None or free is None or size > free - self.spare:
            return False
        return self.held is None or held + size <= self.held


class Ahead:
    """Fetches files in the order in which they will be asked for, a few candidates ahead, in one more thread.

    What fails ahead is fetched again when it is asked for, and raises there; until that is done nothing more is fetched
    ahead, so that a Hub that refuses, limits the rate or is down is asked hardly more often than without. A candidate
    whose size is not known, or for which there is no room, waits until it is asked for.

    Args:
        order: of the candidates; those on this machine already are left to who asks for them.
        fetch: returns a candidate's folder, downloaded if need be.
        fetch_config: returns a folder that holds at least its configuration.
        forget: told when a candidate's folder is no longer needed; those fetched in vain are forgotten at the end.
        room: on the disk; none where nothing is fetched ahead.
    """

    def __init__(
        self,
        order: Sequence[Candidate],
        *,
        fetch: Fetch,
        fetch_config: Fetch,
        forget: Callable[[Candidate], object] | None,
        room: DiskRoom | None,
    ) -> None:
        self._order = [one for one in order if one.path is None and room is not None]
        self._fetch, self._fetch_config, self._forget, self._room = fetch, fetch_config, forget, room
        self._change = threading.Condition()
        self._configs: dict[str, Path] = {}
        self._ready: dict[str, Path] = {}
        self._asked: set[str] = set()
        self._holding: dict[str, int] = {}
        self._now: str | None = None
        self._failed: str | None = None
        self._stopped = False
        self._thread = threading.Thread(target=self._run, name="hubscore-ahead", daemon=True)

    def __enter__(self) -> Self:
        if self._order:
            self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._change:
            self._stopped = True
            self._change.notify_all()
            vain = [one for one in self._order if one.repo_id in self._ready and one.repo_id not in self._asked]
        for one in vain:
            self._forgotten(one)

    def config(self, candidate: Candidate) -> Path:
        """Return a folder that holds at least a candidate's configuration; errors as of ``fetch_config``."""
        with self._change:
            self._asked.add(candidate.repo_id)
            known = self._configs.get(candidate.repo_id) or self._ready.get(candidate.repo_id)
        return known or self._fetch_config(candidate)

    def weights(self, candidate: Candidate) -> Path:
        """Return a candidate's folder, when it is there; errors as of ``fetch``."""
        name = candidate.repo_id
        with self._change:
            self._asked.add(name)
            self._change.notify_all()
            self._change.wait_for(lambda: self._now != name)
            known = self._ready.get(name)
        try:
            return known or self._fetch(candidate)
        finally:
            with self._change:
                self._holding[name] = candidate.bytes or 0
                if self._failed == name:
                    self._failed = None
                self._change.notify_all()

    def forget(self, candidate: Candidate) -> None:
        """Say that a candidate's folder is no longer needed."""
        with self._change:
            self._asked.add(candidate.repo_id)
            self._change.wait_for(lambda: self._now != candidate.repo_id)
        self._forgotten(candidate)

    def _forgotten(self, candidate: Candidate) -> None:
        if self._forget is not None:
            self._forget(candidate)
        with self._change:
            for known in (self._holding, self._ready, self._configs):
                known.pop(candidate.repo_id, None)
            if self._failed == candidate.repo_id:
                self._failed = None
            self._change.notify_all()

    def _run(self) -> None:
        for candidate in self._order:
            name = candidate.repo_id
            with self._change:
                self._change.wait_for(lambda one=candidate: self._stopped or self._may(one))  # type: ignore[misc]
                if self._stopped:
                    return
                if name in self._asked:
                    continue
                self._now, self._holding[name] = name, candidate.bytes or 0
            self._take(candidate)

    def _may(self, candidate: Candidate) -> bool:
        """Whether a candidate's turn has come: it was asked for, or may be fetched ahead."""
        if candidate.repo_id in self._asked:
            return True
        if self._failed is not None or len(self._ready.keys() - self._asked) >= MOST_AHEAD:
            return False
        return self._room is not None and self._room.takes(candidate.bytes, sum(self._holding.values()))

    def _take(self, candidate: Candidate) -> None:
        name, folder = candidate.repo_id, None
        try:
            self._configs[name] = self._fetch_config(candidate)
            folder = self._fetch(candidate)
        except Exception:  # who asks for it fetches it again, and says so; this thread must go on, or all would wait
            pass
        finally:
            with self._change:
                self._now = None
                if folder is not None:
                    self._ready[name] = folder
                elif name not in self._asked:
                    self._failed = name
                stopped = self._stopped and name not in self._asked
                self._change.notify_all()
        if stopped:
            self._forgotten(candidate)
