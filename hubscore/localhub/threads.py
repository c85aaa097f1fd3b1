"""Discussions and pull requests: what they hold and how they change."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import uuid4

from hubscore.localhub.records import Event, Record, Thread, now
from hubscore.localhub.refusals import Refusal
from hubscore.localhub.scan import RepoKey
from hubscore.localhub.store import Commit

SHORTEST_TITLE, LONGEST_TITLE = 3, 200
LONGEST_COMMENT = 65_536


def open_thread(
    record: Record, title: str, description: str, author: str, *, status: str = "open", pull: Commit | None = None
) -> tuple[Record, Thread]:
    """Add a discussion, or a pull request that starts from a commit.

    Raises:
        Refusal: 400 when the title is too short or too long.
    """
    thread = Thread(
        num=1 + max((it.num for it in record.threads), default=0),
        title=valid_title(title),
        status=status,
        author=author,
        created_at=now(),
        head=pull.sha if pull else None,
        base=pull.sha if pull else None,
    )
    thread = with_event(thread, comment_event(author, description))
    return replace(record, threads=(*record.threads, thread)), thread


def valid_title(title: str) -> str:
    """A title, trimmed.

    Raises:
        Refusal: 400 when it is too short or too long.
    """
    title = title.strip()
    if not SHORTEST_TITLE <= len(title) <= LONGEST_TITLE:
        raise Refusal(400, f"The title must have {SHORTEST_TITLE} to {LONGEST_TITLE} characters")
    return title


def with_event(thread: Thread, event: Event) -> Thread:
    """The thread with one more event."""
    return replace(thread, events=(*thread.events, event))


def with_thread(record: Record, thread: Thread) -> Record:
    """The record with one thread changed."""
    return replace(record, threads=tuple(thread if it.num == thread.num else it for it in record.threads))


def new_event(kind: str, author: str, data: dict[str, Any]) -> Event:
    """Something that happens now."""
    return Event(uuid4().hex[:24], kind, now(), author, data)


def comment_event(author: str, text: str) -> Event:
    """A comment.

    Raises:
        Refusal: 400 when it is too long.
    """
    if len(text) > LONGEST_COMMENT:
        raise Refusal(400, f"A comment has at most {LONGEST_COMMENT} characters")
    event = new_event("comment", author, {})
    return replace(
        event,
        data={"edited": False, "hidden": False, "latest": _version(text, author, event.created_at), "history": []},
    )


def edited(event: Event, text: str, author: str) -> Event:
    """A comment with new words; the old ones stay in its history."""
    latest, history = event.data["latest"], event.data["history"]
    return replace(
        event,
        data={**event.data, "edited": True, "latest": _version(text, author, now()), "history": [*history, latest]},
    )


def hidden(event: Event, author: str) -> Event:
    """A comment whose words are hidden."""
    return replace(
        event,
        data={
            **event.data,
            "hidden": True,
            "latest": _version("This comment has been hidden", author, now()),
            "history": [],
        },
    )


def event_json(event: Event) -> dict[str, Any]:
    """An event as clients read it."""
    return {
        "id": event.id,
        "type": event.type,
        "createdAt": event.created_at,
        "author": {"name": event.author, "type": "user"},
        "data": event.data,
    }


def thread_json(key: RepoKey, thread: Thread) -> dict[str, Any]:
    """A thread as it stands in a list."""
    return {
        "num": thread.num,
        "title": thread.title,
        "status": thread.status,
        "isPullRequest": thread.is_pull_request,
        "createdAt": thread.created_at,
        "author": {"name": thread.author, "type": "user"},
        "repo": {"name": key.repo_id, "type": key.kind},
        "numComments": sum(event.type == "comment" for event in thread.events),
        "pinned": False,
    }


def _version(text: str, author: str, moment: str) -> dict[str, Any]:
    return {"raw": text, "html": "", "updatedAt": moment, "author": {"name": author}}
