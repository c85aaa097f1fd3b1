"""Whose a run is: whoever's commit put its record there, as the Hub says, and nothing that stands in the data."""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import cached_property
from itertools import zip_longest
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from hubscore.errors import DatasetError
from hubscore.hub.errors import explain_error
from hubscore.hub.retry import retry
from hubscore.results.runs import RUNS, run_path

if TYPE_CHECKING:
    from huggingface_hub import GitCommitInfo, HfApi

RECORD = re.compile(r"/datasets/([\w.-]+/[\w.-]+)/blob/[^/]+/runs/([\w-]+)\.json\Z", re.ASCII)
"""The address of a run's record: the results data set, and the run."""


class Publishers:
    """Who put the records of a results data set there.

    Args:
        api: the Hub client.
        repo: the results data set.
        revision: the commit at which one looks; the newest by default.
    """

    def __init__(self, api: HfApi, repo: str, revision: str = "main") -> None:
        self.api, self.repo, self.revision = api, repo, revision
        self._known: dict[str, tuple[str, ...]] = {}

    def of(self, run: str) -> tuple[str, ...]:
        """Return the authors of the commit that put a run's record there; nobody where there is none.

        Later commits to the record, as by somebody who published the same ranking again, do not count.

        Raises:
            DatasetError: there is no such repo.
            HubError: the Hub refused, failed or cannot be reached.
        """
        from huggingface_hub.utils import httpx

        if run not in self._known:
            try:
                self._known[run] = self._first_author(run_path(run))
            except (OSError, ValueError, httpx.HTTPError) as error:
                raise explain_error(error, self.repo, kind="dataset") from error
        return self._known[run]

    def by(self, user: str, runs: Collection[str]) -> list[str]:
        """Return which of some runs a user put there, of those that have a record.

        The records are listed once for every time that the user's commits and those of others followed each other,
        whatever the number of runs; where everything was written by one, nothing is listed.

        Args:
            user: who.
            runs: ids of runs that are there.

        Raises:
            DatasetError: there is no such repo.
            HubError: the Hub refused, failed or cannot be reached.
        """
        from huggingface_hub.utils import httpx

        try:
            mine = self._added_by(user, set(runs))
        except (OSError, ValueError, httpx.HTTPError) as error:
            raise explain_error(error, self.repo, kind="dataset") from error
        return [run for run in runs if run in mine]

    def _added_by(self, user: str, there: set[str]) -> set[str]:
        """Walk back from one change of hands to the next: what is not there before a stretch of commits is of it."""
        hands = [user in commit.authors for commit in self._commits]
        turns = [place for place in range(len(hands)) if place == 0 or hands[place] != hands[place - 1]]
        mine = set[str]()
        for turn, before in zip_longest(turns, turns[1:]):
            earlier = set() if before is None else there & self._listed(self._commits[before].commit_id)
            mine |= there - earlier if hands[turn] else set()
            there = earlier
            if not there:
                break
        return mine

    def _listed(self, revision: str) -> set[str]:
        """Return the runs that have a record at a commit."""
        from huggingface_hub.errors import EntryNotFoundError

        def look() -> set[str]:
            tree = self.api.list_repo_tree(self.repo, RUNS, revision=revision, repo_type="dataset")
            return {PurePosixPath(entry.path).stem for entry in tree if entry.path.endswith(".json")}

        try:
            return retry(look)
        except EntryNotFoundError:  # there were no runs yet
            return set()

    def _only_author(self, place: int) -> tuple[str, ...]:
        """Return who wrote a commit and all before it, nobody where that were several."""
        authors = {tuple(commit.authors) for commit in self._commits[place:]}
        return authors.pop() if len(authors) == 1 else ()

    def _first_author(self, path: str) -> tuple[str, ...]:
        revision = self._commits[0].commit_id
        authors: tuple[str, ...] = ()
        while (place := self._last_change(path, revision)) is not None:
            authors = tuple(self._commits[place].authors)
            if place + 1 == len(self._commits) or self._only_author(place):
                break
            revision = self._commits[place + 1].commit_id
        return authors

    def _last_change(self, path: str, revision: str) -> int | None:
        """Return the place of the commit that last changed a file, seen from another; none where it is not there."""
        found = retry(
            lambda: self.api.get_paths_info(self.repo, path, expand=True, revision=revision, repo_type="dataset")
        )
        last = found[0].last_commit if found else None
        return None if last is None else self._places.get(last.oid)

    @cached_property
    def _commits(self) -> list[GitCommitInfo]:
        """Every commit, the newest first."""
        return retry(lambda: self.api.list_repo_commits(self.repo, revision=self.revision, repo_type="dataset"))

    @cached_property
    def _places(self) -> dict[str, int]:
        return {commit.commit_id: place for place, commit in enumerate(self._commits)}


class Records:
    """Whose the records are that entries in cards link to, each data set asked once.

    Args:
        api: the Hub client.
    """

    def __init__(self, api: HfApi) -> None:
        self.api = api
        self._repos: dict[str, Publishers] = {}

    def authors(self, url: str) -> tuple[str, ...]:
        """Return who published the run that an address names; nobody where it is gone, or cannot be seen.

        Raises:
            HubError: the Hub refused, failed or cannot be reached.
        """
        found = RECORD.search(url)
        if found is None:
            return ()
        publishers = self._repos.setdefault(found[1], Publishers(self.api, found[1]))
        try:
            return publishers.of(found[2])
        except DatasetError:  # no such repo, or one that this token may not see
            return ()
