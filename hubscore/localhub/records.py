"""What the state folder remembers of a repo: settings, branches, tags, discussions and commits."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

EPOCH = "2022-03-02T23:29:04.000Z"  # the date the Hub itself gives repos older than its records


def now() -> str:
    """The present moment as the Hub writes it."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


@dataclass(frozen=True)
class Event:
    """One thing that happened in a discussion: comment, commit, status-change or title-change."""

    id: str
    type: str
    created_at: str
    author: str
    data: dict[str, Any]


@dataclass(frozen=True)
class Thread:
    """A discussion, or a pull request when it has a head.

    Args:
        num: its number in the repo, from 1.
        head: the sha of ``refs/pr/NUM``, None for a plain discussion.
        base: the sha it started from.
        target: the branch it would be merged into.
    """

    num: int
    title: str
    status: str
    author: str
    created_at: str
    events: tuple[Event, ...] = ()
    head: str | None = None
    base: str | None = None
    target: str = "main"
    merge_commit: str | None = None

    @property
    def is_pull_request(self) -> bool:
        """Whether it carries commits."""
        return self.head is not None


@dataclass(frozen=True)
class Record:
    """Everything that was done to one repo through the Hub.

    Args:
        created: the repo was made through the Hub, so the folder does not hold it.
        deleted: the repo was deleted through the Hub; its folder stays as it is.
        branches: sha of each branch; ``main`` is absent while it follows the folder.
        variables: of a Space, value by name.
    """

    created: bool = False
    deleted: bool = False
    created_at: str = EPOCH
    private: bool | None = None
    gated: str | bool | None = None
    sdk: str | None = None
    branches: dict[str, str] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    threads: tuple[Thread, ...] = ()
    variables: dict[str, str] = field(default_factory=dict)

    def thread(self, num: int) -> Thread | None:
        """The discussion or pull request of that number."""
        return next((thread for thread in self.threads if thread.num == num), None)


def record_from_json(data: dict[str, Any]) -> Record:
    """Rebuild a record from what ``dataclasses.asdict`` and JSON made of it."""
    threads = tuple(
        Thread(**{**entry, "events": tuple(Event(**event) for event in entry["events"])}) for entry in data["threads"]
    )
    return Record(**{**data, "threads": threads})
