"""Discussions and pull requests over HTTP."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from starlette.responses import JSONResponse, Response

from hubscore.localhub.calls import Call
from hubscore.localhub.hub import forbidden
from hubscore.localhub.merging import Merge, diff, merge_files
from hubscore.localhub.records import Event, Thread
from hubscore.localhub.refusals import Refusal
from hubscore.localhub.revisions import Repo
from hubscore.localhub.routes_commit import advance
from hubscore.localhub.scan import Entry
from hubscore.localhub.store import Commit
from hubscore.localhub.threads import (
    comment_event,
    edited,
    event_json,
    hidden,
    new_event,
    open_thread,
    thread_json,
    valid_title,
    with_event,
    with_thread,
)

PAGE = 20
OPEN = ("open", "draft")


def discussions(call: Call) -> Response:
    """``GET .../discussions``: a page of them, newest first."""
    repo = call.hub.read(call.key, call.user)
    call.hub.check_discussions(repo)
    kind, status, author = (call.query.get(name, "") for name in ("type", "status", "author"))
    found = [
        thread
        for thread in reversed(repo.record.threads)
        if kind in ("", "all", "pull_request" if thread.is_pull_request else "discussion")
        and status in ("", "all", "open" if thread.status in OPEN else "closed")
        and author in ("", thread.author)
    ]
    start = call.number("p", 0, 0, 10**6) * PAGE
    page = [thread_json(call.key, thread) for thread in found[start : start + PAGE]]
    return JSONResponse({"discussions": page, "count": len(found), "start": start, "numClosedDiscussions": 0})


def create(call: Call) -> Response:
    """``POST .../discussions``: a discussion, or a draft pull request."""
    with call.hub.writing:
        repo = call.hub.read(call.key, call.user)
        author = _speaker(call)
        call.hub.check_discussions(repo)
        pull = call.json.get("pullRequest") is True
        base = call.hub.revisions.find(repo, "main") if pull else None
        if base is not None:
            call.hub.revisions.keep(repo, base)
        text = call.text("description", needed=False)
        record, thread = open_thread(
            repo.record, call.text("title"), text, author, status="draft" if pull else "open", pull=base
        )
        call.hub.store.save(call.key, record)
    return JSONResponse({"num": thread.num, "pullRequest": pull})


def details(call: Call) -> Response:
    """``GET .../discussions/{n}``: everything about one, with conflicts and, when asked for, the diff."""
    repo = call.hub.read(call.key, call.user)
    call.hub.check_discussions(repo)
    thread = _thread(call, repo)
    answer = thread_json(call.key, thread) | {"events": [event_json(event) for event in thread.events]}
    if thread.is_pull_request:
        base, head = _base(call, repo, thread), call.hub.revisions.find(repo, thread.head or "")
        answer["changes"] = {"base": f"refs/heads/{thread.target}"} | (
            {"mergeCommitId": thread.merge_commit} if thread.merge_commit else {}
        )
        answer["filesWithConflicts"] = list(_merged(call, repo, thread).conflicts) if thread.status in OPEN else []
        if call.flag("diff"):
            answer["diff"] = diff(base.files, head.files, _reader(call))
    return JSONResponse(answer)


def comment(call: Call) -> Response:
    """``POST .../discussions/{n}/comment``."""
    event: list[Event] = []

    def add(repo: Repo, thread: Thread, author: str) -> Thread:
        event.append(comment_event(author, call.text("comment")))
        return with_event(thread, event[0])

    _change(call, add)
    return JSONResponse({"newMessage": event_json(event[0])})


def status(call: Call) -> Response:
    """``POST .../discussions/{n}/status``: close, reopen, or publish a draft."""
    new = call.text("status")
    if new not in ("open", "closed"):
        raise Refusal(400, "status must be open or closed")

    def change(repo: Repo, thread: Thread, author: str) -> Thread:
        _owner(call, repo, thread)
        if thread.status == "merged":
            raise Refusal(403, "A merged pull request keeps its status")
        if thread.status == new:
            raise Refusal(400, f"It is {new} already")
        if text := call.text("comment", needed=False):
            thread = with_event(thread, comment_event(author, text))
        return with_event(replace(thread, status=new), new_event("status-change", author, {"status": new}))

    return JSONResponse({"newStatus": event_json(_change(call, change).events[-1])})


def title(call: Call) -> Response:
    """``POST .../discussions/{n}/title``."""
    new = valid_title(call.text("title"))

    def change(repo: Repo, thread: Thread, author: str) -> Thread:
        _owner(call, repo, thread)
        return with_event(
            replace(thread, title=new), new_event("title-change", author, {"from": thread.title, "to": new})
        )

    return JSONResponse({"newTitle": event_json(_change(call, change).events[-1])})


def edit_comment(call: Call) -> Response:
    """``POST .../discussions/{n}/comment/{id}/edit`` or ``/hide``."""
    comment_id, verb = call.rest[2], call.rest[3]

    def change(repo: Repo, thread: Thread, author: str) -> Thread:
        event = next((it for it in thread.events if it.id == comment_id and it.type == "comment"), None)
        if event is None:
            raise Refusal(404, "There is no such comment")
        if author != event.author and not (verb == "hide" and call.hub.writable(repo, call.user)):
            raise forbidden(call.user, "You cannot change the comment of another")
        changed = edited(event, call.text("content"), author) if verb == "edit" else hidden(event, author)
        return replace(thread, events=tuple(changed if it.id == comment_id else it for it in thread.events))

    thread = _change(call, change)
    return JSONResponse({"updatedComment": event_json(next(it for it in thread.events if it.id == comment_id))})


def merge(call: Call) -> Response:
    """``POST .../discussions/{n}/merge``: the pull request becomes one commit on its branch."""
    with call.hub.writing:
        repo = call.hub.write(call.key, call.user)
        thread, author = _thread(call, repo), _speaker(call)
        if not thread.is_pull_request or thread.status != "open":
            raise Refusal(
                403,
                "Only an open pull request can be merged, this one is"
                f" {thread.status if thread.is_pull_request else 'a discussion'}",
            )
        merged = _merged(call, repo, thread)
        if merged.conflicts:
            raise Refusal(409, f"Merge conflicts in {', '.join(merged.conflicts)}")
        made = _merge_commit(call, repo, thread, merged)
        if text := call.text("comment", needed=False):
            thread = with_event(thread, comment_event(author, text))
        thread = replace(
            with_event(thread, new_event("status-change", author, {"status": "merged"})),
            status="merged",
            merge_commit=made.sha,
        )
        branches = {**repo.record.branches, thread.target: made.sha}
        call.hub.store.save(call.key, replace(with_thread(repo.record, thread), branches=branches))
    return JSONResponse({"mergeCommitId": made.sha})


def _merge_commit(call: Call, repo: Repo, thread: Thread, merged: Merge) -> Commit:
    parents = (call.hub.revisions.find(repo, thread.target), call.hub.revisions.find(repo, thread.head or ""))
    files = {
        name: call.hub.store.put(call.key, it) if isinstance(it, bytes) else it for name, it in merged.files.items()
    }
    subjects = [f"- {event.data['subject']} ({event.data['oid']})" for event in thread.events if event.type == "commit"]
    return advance(call, parents, files, f"{thread.title} (#{thread.num})", "\n".join(subjects), thread.author)


def _merged(call: Call, repo: Repo, thread: Thread) -> Merge:
    ours, theirs = call.hub.revisions.find(repo, thread.target), call.hub.revisions.find(repo, thread.head or "")
    return merge_files(_base(call, repo, thread).files, ours.files, theirs.files, _reader(call))


def _base(call: Call, repo: Repo, thread: Thread) -> Commit:
    revisions = call.hub.revisions
    ours, theirs = revisions.find(repo, thread.target), revisions.find(repo, thread.head or "")
    if thread.status == "merged":
        return revisions.find(repo, thread.base or "")
    known = set(revisions.ancestors(repo, ours))
    shared = next((sha for sha in revisions.ancestors(repo, theirs) if sha in known), thread.base or "")
    return revisions.find(repo, shared)


def _reader(call: Call) -> Callable[[Entry], bytes]:
    return lambda entry: call.hub.first_bytes(entry, entry.size)


def _change(call: Call, change: Callable[[Repo, Thread, str], Thread]) -> Thread:
    with call.hub.writing:
        repo = call.hub.read(call.key, call.user)
        author = _speaker(call)
        call.hub.check_discussions(repo)
        thread = change(repo, _thread(call, repo), author)
        call.hub.store.save(call.key, with_thread(repo.record, thread))
    return thread


def _thread(call: Call, repo: Repo) -> Thread:
    number = call.rest[0] if call.rest else ""
    thread = repo.record.thread(int(number)) if number.isascii() and number.isdigit() and len(number) < 10 else None
    if thread is None:
        raise Refusal(404, f"Discussion {number} does not exist")
    return thread


def _speaker(call: Call) -> str:
    if call.user is None or call.user.role != "write":
        raise forbidden(call.user, "You cannot take part in discussions")
    return call.user.name


def _owner(call: Call, repo: Repo, thread: Thread) -> None:
    if _speaker(call) != thread.author and not call.hub.writable(repo, call.user):
        raise forbidden(call.user, f"You may not change discussion {thread.num}")


ROUTES: Mapping[tuple[str, int, str], Callable[[Call], Any]] = {
    ("GET", 0, ""): discussions,
    ("POST", 0, ""): create,
    ("GET", 1, ""): details,
    ("POST", 2, "comment"): comment,
    ("POST", 2, "status"): status,
    ("POST", 2, "title"): title,
    ("POST", 2, "merge"): merge,
    ("POST", 4, "edit"): edit_comment,
    ("POST", 4, "hide"): edit_comment,
}
