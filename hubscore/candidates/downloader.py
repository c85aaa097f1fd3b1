"""A bounded disk: what this run downloaded can be taken off again, what was there before stays."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from hubscore.candidates.download import download, download_config
from hubscore.candidates.eviction import EvictionJournal, Fetched
from hubscore.candidates.label_names import read_label_names
from hubscore.errors import CandidateError, StorageError
from hubscore.hub.client import hub_id
from hubscore.hub.outage import Outage
from hubscore.types import Candidate


@dataclass
class Downloader:
    """Downloads candidates and remembers what the Hub's cache held before.

    Args:
        token: as the Hub client takes it.

    Attributes:
        label_names: what each checkpoint calls its own classes, of those whose configuration was fetched.
        outage: what downloads met, and whether the Hub is still asked.
        journal: where is noted what is to be deleted, before it is fetched; none where nothing is.
    """

    token: str | bool | None = None
    label_names: dict[str, tuple[str, ...]] = field(default_factory=dict)
    outage: Outage = field(default_factory=Outage)
    journal: EvictionJournal | None = None
    _before: dict[str, Fetched] = field(default_factory=dict, repr=False)

    def download(self, candidate: Candidate) -> Path:
        """Return the candidate's folder, downloaded if need be; errors as
        :func:`hubscore.candidates.download.download`, but a full disk is this candidate's matter: others may have room.
        """
        return self._asked(candidate, download)

    def download_config(self, candidate: Candidate) -> Path:
        """Return the folder with at least the candidate's configuration; errors as of :meth:`download`."""
        folder = self._asked(candidate, download_config)
        self.label_names[candidate.repo_id] = read_label_names(folder)
        return folder

    def _asked(self, candidate: Candidate, fetch: Callable[..., Path]) -> Path:
        name = candidate.repo_id
        try:
            self._remember(candidate)
            return self.outage.ask(
                name,
                lambda: fetch(candidate, token=self.token),
                lambda: fetch(candidate, token=self.token, offline=True),
            )
        except StorageError as error:
            raise self.outage.no_room(name, error) from error
        except OSError as error:
            what = "was not fetched"
            why = f"{error.filename or 'the cache of the Hub'}: {error.strerror or error}"
            raise CandidateError(f"Model {name!r} {what}", why, subject=name, predicate=what) from error

    def evict(self, candidate: Candidate) -> int:
        """Delete what this run downloaded of a candidate and return the bytes freed; a local folder is never
        touched.
        """
        found = self._before.pop(candidate.repo_id, None)
        if found is None:
            return 0
        try:
            freed = found.delete()
        except OSError as error:  # it stays noted: the next run tries again
            why = f"{error.filename or 'the cache of the Hub'}: {error.strerror or error}"
            warnings.warn(f"Cannot delete the files of {candidate.repo_id!r} ({why})", RuntimeWarning, stacklevel=2)
            return 0
        if self.journal is not None:
            self.journal.remove(found)
        return freed

    def keep(self, candidate: Candidate) -> None:
        """Let what this run downloaded of a candidate stay, also when the run is over."""
        found = self._before.get(candidate.repo_id)
        if found is not None and self.journal is not None:
            self.journal.remove(found)

    def delete_left(self, wanted: Sequence[Candidate]) -> tuple[tuple[str, ...], int]:
        """Delete what runs that were killed fetched and could not delete, and return the repos and the bytes freed.

        Args:
            wanted: what this run needs; that stays until it has run.
        """
        needed = {(hub_id(one), one.revision) for one in wanted if one.path is None}
        freed, names = 0, list[str]()
        for key in [key for key in self._taken_over if key not in needed]:
            found = self._taken_over.pop(key)
            size = found.delete_half() + found.delete()
            freed += size
            names += [found.repo_id] if size else []
            if self.journal is not None:
                self.journal.remove(found)
        for found in self._taken_over.values():
            freed += found.delete_half()
        return tuple(names), freed

    @cached_property
    def _taken_over(self) -> dict[tuple[str, str], Fetched]:
        return {} if self.journal is None else self.journal.open()

    def _remember(self, candidate: Candidate) -> None:
        """Note what the cache holds of this commit before the first download."""
        if candidate.path is None and candidate.repo_id not in self._before:
            name, revision = hub_id(candidate), candidate.revision
            found = self._taken_over.pop((name, revision), None) or Fetched.now(name, revision)
            if self.journal is not None:
                self.journal.add(found)
            self._before[candidate.repo_id] = found
