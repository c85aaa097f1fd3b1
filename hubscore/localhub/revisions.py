"""Revisions: what a branch, tag, pull request or sha means, and how a commit is made."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from hubscore.localhub.hashing import Blob, HashCache, commit_id, tree_ids
from hubscore.localhub.records import EPOCH, Record, now
from hubscore.localhub.refusals import Refusal, revision_not_found
from hubscore.localhub.scan import Entry, Folder, RepoKey, stamp_of
from hubscore.localhub.store import Commit, Store

SHA = re.compile(r"[0-9a-f]{7,40}")
REMEMBERED = 1000  # commits held in memory
PULL = re.compile(r"refs/pr/(\d{1,9})")


@dataclass(frozen=True)
class Repo:
    """A repo as it is now: where it lies and what was done to it."""

    key: RepoKey
    folder: Path | None
    record: Record


class Revisions:
    """Finds and makes commits.

    Args:
        folder: the served folder.
        store: what was written through the Hub.
    """

    def __init__(self, folder: Folder, store: Store) -> None:
        self.folder, self.store = folder, store
        self._hashes = HashCache()
        self._first: dict[RepoKey, tuple[Mapping[str, Entry], Commit]] = {}
        self._by_sha: dict[tuple[RepoKey, str], Commit] = {}
        self._folders: dict[str, Mapping[str, str]] = {}
        self._locks: dict[RepoKey, threading.Lock] = {}

    def files(self, repo: Repo) -> Mapping[str, Entry]:
        """The files of ``main``, without hashing any."""
        sha = repo.record.branches.get("main")
        if sha is None and repo.folder is not None:
            return self.folder.files(repo.folder)
        return self.find(repo, "main").files

    def find(self, repo: Repo, revision: str) -> Commit:
        """The commit that a branch, tag, ``refs/...`` name or sha (seven digits or more) means.

        Raises:
            Refusal: 404 RevisionNotFound.
        """
        sha = self._named(repo, revision)
        if sha is None and revision in ("main", "refs/heads/main"):
            return self._first_commit(repo)
        commit = self._commit(repo, sha or revision)
        if commit is None:
            raise revision_not_found(revision)
        return commit

    def history(self, repo: Repo, start: Commit) -> Iterator[Commit]:
        """A commit and its ancestors along first parents, newest first."""
        commit: Commit | None = start
        while commit is not None:
            yield commit
            commit = self._commit(repo, commit.parents[0]) if commit.parents else None

    def ancestors(self, repo: Repo, start: Commit) -> Iterator[str]:
        """The shas of a commit and all its ancestors, breadth first."""
        queue, seen = [start.sha], {start.sha}
        while queue:
            sha = queue.pop(0)
            yield sha
            commit = self._commit(repo, sha)
            for parent in commit.parents if commit else ():
                if parent not in seen:
                    seen.add(parent)
                    queue.append(parent)

    def blob(self, entry: Entry) -> Blob:
        """The names of a file's bytes."""
        return entry.blob or self._hashes.blob(entry.path, entry.stamp, lfs=entry.lfs)

    def readable(self, entry: Entry) -> Path:
        """The file on disk that holds an entry's bytes, checked to be still what it was.

        Raises:
            Refusal: 404 when the file in the served folder was changed or removed since the revision was made.
        """
        if entry.path.is_relative_to(self.store.state):
            return entry.path
        if self.folder.holds(entry.path) and entry.path.is_file():
            stamp = stamp_of(entry.path)
            if stamp == entry.stamp or (
                stamp.size == entry.size and self._hashes.blob(entry.path, stamp, lfs=entry.lfs) == entry.blob
            ):
                return entry.path
        raise Refusal(
            404,
            f"{entry.path.name} was changed in the served folder after this revision was made",
            code="RevisionNotFound",
        )

    def make(
        self, key: RepoKey, parents: tuple[str, ...], files: Mapping[str, Entry], title: str, message: str, author: str
    ) -> Commit:
        """Make and keep a new commit."""
        date = now()
        commit = self._commit_of(parents, files, title, message, author, date)
        self.store.save_commit(key, commit)
        return commit

    def keep(self, repo: Repo, commit: Commit) -> None:
        """Keep a commit of the served folder, so that what is built on it outlives changes there."""
        if self.store.commit(repo.key, commit.sha) is None:
            self.store.save_commit(repo.key, commit)
            self._remember(repo.key, self.store.commit(repo.key, commit.sha) or commit)

    def folders(self, commit: Commit) -> Mapping[str, str]:
        """The git tree id of every folder of a revision, by path; the root is ``""``."""
        known = self._folders.get(commit.tree)
        if known is None:
            if len(self._folders) >= REMEMBERED:
                self._folders.clear()
            known = self._folders[commit.tree] = tree_ids(
                {name: self.blob(entry).oid for name, entry in commit.files.items()}
            )
        return known

    def forget(self, key: RepoKey) -> None:
        """Forget the commits of a repo that is deleted."""
        self._first.pop(key, None)
        for known in [it for it in self._by_sha if it[0] == key]:
            self._by_sha.pop(known, None)

    def _named(self, repo: Repo, revision: str) -> str | None:
        record = repo.record
        if pull := PULL.fullmatch(revision):
            thread = record.thread(int(pull[1]))
            return thread.head if thread else None
        name = revision.removeprefix("refs/heads/")
        return record.branches.get(name) or record.tags.get(revision.removeprefix("refs/tags/"))

    def _commit(self, repo: Repo, sha: str) -> Commit | None:
        if not SHA.fullmatch(sha):
            return None
        if known := self._by_sha.get((repo.key, sha)):
            return known
        if len(sha) < 40:
            return self._abbreviated(repo, sha)
        if stored := self.store.commit(repo.key, sha):
            self._remember(repo.key, stored)
            return stored
        first = self._first_commit(repo) if repo.folder is not None else None
        return first if first is not None and first.sha == sha else None

    def _remember(self, key: RepoKey, commit: Commit) -> None:
        while len(self._by_sha) >= REMEMBERED:
            self._by_sha.pop(next(iter(self._by_sha)), None)
        self._by_sha[key, commit.sha] = commit

    def _abbreviated(self, repo: Repo, sha: str) -> Commit | None:
        heads = [
            *repo.record.branches.values(),
            *repo.record.tags.values(),
            *(thread.head for thread in repo.record.threads if thread.head),
        ]
        starts = [commit for head in heads if (commit := self._commit(repo, head))]
        if repo.folder is not None:
            starts.append(self._first_commit(repo))
        found = {full for start in starts for full in self.ancestors(repo, start) if full.startswith(sha)}
        return self._commit(repo, found.pop()) if len(found) == 1 else None

    def _first_commit(self, repo: Repo) -> Commit:
        if repo.folder is None:
            raise revision_not_found("main")
        files = self.folder.files(repo.folder)
        with self._locks.setdefault(repo.key, threading.Lock()):
            known = self._first.get(repo.key)
            if known and known[0] == files:
                return known[1]
            commit = self._commit_of((), files, "Initial commit", "", "localhub", EPOCH)
            self._first[repo.key] = (files, commit)
            self._remember(repo.key, self.store.commit(repo.key, commit.sha) or commit)
            return commit

    def _commit_of(
        self, parents: tuple[str, ...], files: Mapping[str, Entry], title: str, message: str, author: str, date: str
    ) -> Commit:
        named = {path: replace(entry, blob=self.blob(entry)) for path, entry in sorted(files.items())}
        tree = tree_ids({path: self.blob(entry).oid for path, entry in named.items()})[""]
        seconds = int(datetime.fromisoformat(date).timestamp())
        sha = commit_id(tree, parents, author, seconds, f"{title}\n\n{message}".rstrip())
        return Commit(sha, tree, parents, title, message, author, date, named)
