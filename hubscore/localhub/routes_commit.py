"""Writing: preupload and commit, onto a branch, onto a pull request, or as a new one."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from starlette.responses import JSONResponse, Response

from hubscore.localhub.calls import Call
from hubscore.localhub.changes import Wish, apply_changes, ignored, read_wish, valid_path
from hubscore.localhub.hashing import wants_lfs
from hubscore.localhub.hub import forbidden
from hubscore.localhub.metadata import check_metadata
from hubscore.localhub.records import Thread
from hubscore.localhub.refusals import Refusal, revision_not_found
from hubscore.localhub.revisions import PULL, Repo
from hubscore.localhub.scan import Entry
from hubscore.localhub.store import Commit
from hubscore.localhub.threads import new_event, open_thread, with_event, with_thread


def preupload(call: Call) -> Response:
    """``POST .../preupload/{rev}``: how each file is to be sent, and whether it is there already."""
    repo = committable(call)
    commit = call.hub.revisions.find(repo, call.revision())
    patterns = call.json.get("gitIgnore")
    if not isinstance(patterns, str):
        kept = commit.files.get(".gitignore")
        patterns = call.hub.first_bytes(kept, 100_000).decode("utf-8", "replace") if kept else ""
    return JSONResponse(
        {"commitOid": commit.sha, "files": [_mode(commit, entry, patterns) for entry in call.json.get("files") or ()]}
    )


def commit(call: Call) -> Response:
    """``POST .../commit/{rev}``, with ``create_pr=1`` as a new pull request."""
    wish = read_wish(call.body)
    _check_card(call, wish)
    with call.hub.writing:
        repo = committable(call)
        if call.flag("create_pr"):
            return _as_pull_request(call, repo, wish)
        if PULL.fullmatch(call.revision()):
            return _onto_pull_request(call, repo, wish)
        return _onto_branch(call, repo, wish)


def committable(call: Call) -> Repo:
    """The repo, if this person may commit to the revision in the address, or as a pull request.

    Raises:
        Refusal: RepoNotFound, 401 without a token, 403 without the right.
    """
    repo = call.hub.read(call.key, call.user)
    if call.user is None or call.user.role != "write":
        raise forbidden(call.user, f"You cannot commit to {call.key.repo_id}")
    if call.hub.writable(repo, call.user):
        return repo
    pull = PULL.fullmatch(call.revision())
    thread = repo.record.thread(int(pull[1])) if pull else None
    if thread is not None and thread.author == call.user.name:
        return repo
    if not call.flag("create_pr"):
        hint = "pass create_pr=1 as a query parameter to create a Pull Request"
        raise Refusal(403, f"Forbidden: you don't have write access to {call.key.repo_id}; {hint}")
    call.hub.check_discussions(repo)
    return repo


def advance(
    call: Call, parents: tuple[Commit, ...], files: dict[str, Entry], title: str, message: str, author: str
) -> Commit:
    """Make a commit and keep its parents."""
    repo = call.hub.read(call.key, call.user)
    for parent in parents:
        call.hub.revisions.keep(repo, parent)
    return call.hub.revisions.make(call.key, tuple(parent.sha for parent in parents), files, title, message, author)


def add_commit_event(thread: Thread, made: Commit) -> Thread:
    """The pull request with one more commit."""
    event = new_event("commit", made.author, {"subject": made.title, "oid": made.sha})
    return with_event(replace(thread, head=made.sha), event)


def _as_pull_request(call: Call, repo: Repo, wish: Wish) -> Response:
    base = call.hub.revisions.find(repo, wish.parent or call.revision())
    record, thread = open_thread(repo.record, wish.summary, wish.description, _author(call), pull=base)
    made = _make(call, repo, base, wish)
    call.hub.store.save(call.key, with_thread(record, add_commit_event(thread, made)))
    return _done(call, made, thread.num)


def _onto_pull_request(call: Call, repo: Repo, wish: Wish) -> Response:
    thread = repo.record.thread(int(call.revision().rpartition("/")[2]))
    if thread is None or thread.head is None:
        raise revision_not_found(call.revision())
    if thread.status not in ("open", "draft"):
        raise Refusal(403, f"Pull request {thread.num} is {thread.status}; nothing can be added to it")
    head = _expected(call, repo, wish)
    made = _make(call, repo, head, wish)
    if made.sha != head.sha:
        call.hub.store.save(call.key, with_thread(repo.record, add_commit_event(thread, made)))
    return _done(call, made)


def _onto_branch(call: Call, repo: Repo, wish: Wish) -> Response:
    branch = call.revision().removeprefix("refs/heads/")
    if branch != "main" and branch not in repo.record.branches:
        call.hub.revisions.find(repo, branch)  # says RevisionNotFound; what it finds is not a branch
        raise Refusal(400, f"{branch} is not a branch, so nothing can be committed to it")
    head = _expected(call, repo, wish)
    made = _make(call, repo, head, wish)
    if made.sha != head.sha:
        call.hub.store.save(call.key, replace(repo.record, branches={**repo.record.branches, branch: made.sha}))
    return _done(call, made)


def _expected(call: Call, repo: Repo, wish: Wish) -> Commit:
    head = call.hub.revisions.find(repo, call.revision())
    if wish.parent and not head.sha.startswith(wish.parent):
        raise Refusal(
            412, f"A commit has happened since. Please refresh and try again: {call.revision()} is at {head.sha}"
        )
    return head


def _make(call: Call, repo: Repo, base: Commit, wish: Wish) -> Commit:
    def large(oid: str) -> Entry | None:
        stored = call.hub.store.large(call.key, oid)
        return stored or next((it for it in base.files.values() if it.blob and it.blob.sha256 == oid), None)

    files = apply_changes(base.files, wish.changes, lambda content: call.hub.store.put(call.key, content), large)
    if {name: it.blob for name, it in files.items()} == {
        name: it.blob for name, it in base.files.items()
    } and not call.flag("create_pr"):
        return base  # nothing changed: the Hub makes no empty commits
    return advance(call, (base,), files, wish.summary, wish.description, _author(call))


def _check_card(call: Call, wish: Wish) -> None:
    for change in wish.changes:
        if change.kind == "file" and change.path == "README.md":
            errors, _ = check_metadata(change.content.decode("utf-8", "replace"), call.key.kind)
            if errors:
                raise Refusal(400, f"Invalid metadata in README.md: {errors[0]}")


def _mode(commit: Commit, asked: Any, patterns: str) -> dict[str, Any]:
    entry = asked if isinstance(asked, dict) else {}
    path = valid_path(entry.get("path"))
    size = entry["size"] if isinstance(entry.get("size"), int) else 0
    answer = {
        "path": path,
        "uploadMode": "lfs" if wants_lfs(path, size) else "regular",
        "shouldIgnore": ignored(path, patterns),
    }
    known = commit.files.get(path)
    return answer | ({"oid": known.blob.sha256 or known.blob.oid} if known and known.blob else {})


def _done(call: Call, made: Commit, num: int | None = None) -> Response:
    page = f"{call.endpoint}/{call.key.url_path}"
    answer: dict[str, Any] = {"success": True, "commitOid": made.sha, "commitUrl": f"{page}/commit/{made.sha}"}
    if num is not None:
        answer["pullRequestUrl"] = f"{page}/discussions/{num}"
    return JSONResponse(answer)


def _author(call: Call) -> str:
    return call.user.name if call.user else "anonymous"
