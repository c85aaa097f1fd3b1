"""The Hub's memory and its rules: finds repos, and says who may read and write which."""

from __future__ import annotations

import logging
import secrets
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from hubscore.localhub.bounded_reading import Unreadable, read_json
from hubscore.localhub.cards import Card, read_card
from hubscore.localhub.jobs import Jobs
from hubscore.localhub.records import EPOCH, Record
from hubscore.localhub.refusals import Refusal, repo_not_found
from hubscore.localhub.revisions import Repo, Revisions
from hubscore.localhub.scan import SIDECAR, Entry, Folder, RepoKey
from hubscore.localhub.store import Store
from hubscore.localhub.users import User, Users

CARDS_KEPT = 10_000
LARGEST_SIDECAR = 1_000_000
logger = logging.getLogger("hubscore.localhub")


@dataclass(frozen=True)
class Sidecar:
    """What ``.hub.json`` in a repo's folder says: numbers that only a Hub knows."""

    downloads: int = 0
    likes: int = 0
    created_at: str = EPOCH
    last_modified: str | None = None


class Hub:
    """Everything the routes need.

    Args:
        root: the served folder.
        state: where what is written goes.
        users: who may do what.
        run_jobs: whether jobs are run on this machine.
    """

    def __init__(self, root: Path, state: Path, users: Users, *, run_jobs: bool = False) -> None:
        self.folder = Folder(root)
        self.store = Store(state, self.folder.root)
        self.revisions = Revisions(self.folder, self.store)
        self.users = users
        self.jobs = Jobs(run=run_jobs)
        self.writing = threading.RLock()
        self.secret = secrets.token_bytes(32)
        self._cards: dict[tuple[RepoKey, object], Card] = {}

    def repos(self, kind: str, user: User | None, named: Callable[[RepoKey], bool]) -> list[Repo]:
        """Every repo of a kind whose name is wanted and that this person may see, by id; no other is looked into."""
        lying = self.folder.repos(kind)
        keys = {*lying, *(key for key in self.store.records() if key.kind == kind)}
        found = [repo for key in sorted(keys) if named(key) and (repo := self._repo(key, lying.get))]
        return [repo for repo in found if self.visible(repo, user)]

    def repo(self, key: RepoKey) -> Repo | None:
        """A repo, whoever asks; None when there is none."""
        return self._repo(key, self.folder.repo)

    def _repo(self, key: RepoKey, lies: Callable[[RepoKey], Path | None]) -> Repo | None:
        record = self.store.record(key)
        if record and (record.created or record.deleted):
            return None if record.deleted else Repo(key, None, record)
        folder = lies(key)
        return Repo(key, folder, record or Record()) if folder else None

    def visible(self, repo: Repo, user: User | None) -> bool:
        """Whether a person may know that a repo exists."""
        if user is None and not self.users.anonymous:
            return False
        return not self.is_private(repo) or self._trusted(repo, user)

    def read(self, key: RepoKey, user: User | None) -> Repo:
        """A repo that this person may see.

        Raises:
            Refusal: RepoNotFound, also for private repos of others.
        """
        repo = self.repo(key)
        if repo is None or not self.visible(repo, user):
            raise repo_not_found(key.kind, key.repo_id, known_user=user is not None)
        return repo

    def read_files(self, key: RepoKey, user: User | None) -> Repo:
        """A repo whose files this person may read.

        Raises:
            Refusal: RepoNotFound, or GatedRepo (401 to strangers, 403 to people without access).
        """
        repo = self.read(key, user)
        if self.gated(repo) and not self._trusted(repo, user):
            status = 401 if user is None else 403
            raise Refusal(
                status,
                f"Access to {key.kind} {key.repo_id} is restricted and you are not in the authorized list",
                code="GatedRepo",
            )
        return repo

    def write(self, key: RepoKey, user: User | None) -> Repo:
        """A repo that this person may change.

        Raises:
            Refusal: RepoNotFound, 401 without a token, 403 without the right.
        """
        repo = self.read(key, user)
        if not self.writable(repo, user):
            raise forbidden(user, f"You do not have write access to {key.kind} {key.repo_id}")
        return repo

    def writable(self, repo: Repo, user: User | None) -> bool:
        """Whether a person may change a repo."""
        return user is not None and user.role == "write" and user.owns(repo.key.namespace)

    def check_discussions(self, repo: Repo) -> None:
        """Say no where the owners closed discussions and pull requests.

        Raises:
            Refusal: 403.
        """
        if not self.users.rule(repo.key).discussions:
            raise Refusal(403, "Discussions are disabled for this repo")

    def is_private(self, repo: Repo) -> bool:
        """Whether only its owners see the repo."""
        return self.users.rule(repo.key).private if repo.record.private is None else repo.record.private

    def gated(self, repo: Repo) -> str | bool:
        """``False``, ``"auto"`` or ``"manual"``."""
        return self.users.rule(repo.key).gated if repo.record.gated is None else repo.record.gated

    def sidecar(self, repo: Repo) -> Sidecar:
        """The repo's ``.hub.json``, defaults where it is silent or damaged."""
        data: Any = {}
        if repo.folder is not None and (repo.folder / SIDECAR).is_file() and self.folder.holds(repo.folder / SIDECAR):
            try:
                with (repo.folder / SIDECAR).open("rb") as file:
                    data = read_json(file.read(LARGEST_SIDECAR))
            except (OSError, Unreadable):
                data = {}
        data = data if isinstance(data, dict) else {}
        created = _moment(data.get("createdAt")) or repo.record.created_at
        modified = _moment(data.get("lastModified"))
        return Sidecar(_count(data.get("downloads")), _count(data.get("likes")), created, modified)

    def card(self, repo: Repo, files: Mapping[str, Entry]) -> Card:
        """What the files of a revision say of the repo, read once per state of the files."""
        state = tuple((name, entry.blob.oid if entry.blob else entry.stamp) for name, entry in files.items())
        key = (repo.key, state)
        card = self._cards.get(key)
        if card is None:
            if len(self._cards) >= CARDS_KEPT:
                self._cards.clear()
            card = self._cards[key] = read_card(repo.key.kind, files, self.first_bytes)
            for name, problem in card.problems.items():
                logger.warning("%s of %s cannot be read and counts as absent: %s", name, repo.key.url_path, problem)
        return card

    def first_bytes(self, entry: Entry, count: int) -> bytes:
        """The first bytes of a file."""
        with self.revisions.readable(entry).open("rb") as file:
            return file.read(count)

    def _trusted(self, repo: Repo, user: User | None) -> bool:
        return user is not None and (user.belongs(repo.key.namespace) or user.name in self.users.rule(repo.key).access)


def forbidden(user: User | None, message: str) -> Refusal:
    """401 to strangers, 403 to people who lack the right."""
    if user is None:
        return Refusal(401, "Invalid username or password.", code="RepoNotFound")
    reason = f"{message}: your token only reads" if user.role == "read" else message
    return Refusal(403, reason)


def _moment(value: Any) -> str | None:
    """A date as clients read it; None for what is none."""
    try:
        moment = datetime.fromisoformat(value)
        moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (TypeError, ValueError, OverflowError):
        return None
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _count(value: Any) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**63 else 0
