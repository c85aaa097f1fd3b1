"""Writing: make and delete repos, change their settings, branches and tags."""

from __future__ import annotations

import re
from dataclasses import replace

from starlette.responses import JSONResponse, Response

from hubscore.localhub.calls import Call
from hubscore.localhub.hashing import LFS_SUFFIXES
from hubscore.localhub.hub import forbidden
from hubscore.localhub.records import Record, now
from hubscore.localhub.refusals import Refusal, revision_not_found
from hubscore.localhub.routes_space import first_variables
from hubscore.localhub.scan import KINDS, RepoKey, valid_repo_id

BRANCH = re.compile(r"[\w][\w./-]{0,199}", re.ASCII)
SDKS = ("gradio", "docker", "static", "streamlit")


def create_repo(call: Call) -> Response:
    """``POST /api/repos/create``."""
    key = _named_repo(call)
    if call.user is None or call.user.role != "write" or not call.user.owns(key.namespace):
        raise forbidden(
            call.user, f"You don't have the rights to create a {key.kind} under the namespace {key.namespace!r}"
        )
    address = f"{call.endpoint}/{key.url_path}"
    sdk = call.text("sdk", needed=False) or None
    if key.kind == "space" and sdk not in SDKS:
        raise Refusal(400, f"sdk must be one of {', '.join(SDKS)}")
    with call.hub.writing:
        if call.hub.repo(key):
            raise Refusal(
                409,
                "You already created this repo",
                body={"error": f"You already created this {key.kind} repo", "url": address},
            )
        private = call.json.get("visibility") == "private" or call.json.get("private") is True
        files = {name: call.hub.store.put(key, text.encode()) for name, text in _first_files(key, sdk).items()}
        first = call.hub.revisions.make(key, (), files, "initial commit", "", call.user.name)
        given = first_variables(call) if key.kind == "space" else {}
        record = Record(
            created=True,
            created_at=now(),
            private=private,
            gated=False,
            sdk=sdk,
            branches={"main": first.sha},
            variables=given,
        )
        call.hub.store.save(key, record)
    return JSONResponse({"url": address, "name": key.repo_id, "id": key.repo_id})


def delete_repo(call: Call) -> Response:
    """``DELETE /api/repos/delete``; what lies in the served folder is hidden, not removed."""
    key = _named_repo(call)
    with call.hub.writing:
        repo = call.hub.write(key, call.user)
        call.hub.store.forget(key)
        call.hub.revisions.forget(key)
        if repo.folder is not None or call.hub.folder.repo(key):
            call.hub.store.save(key, Record(deleted=True))
    return JSONResponse({})


def settings(call: Call) -> Response:
    """``PUT .../settings``: visibility and gating."""
    with call.hub.writing:
        repo = call.hub.write(call.key, call.user)
        record = repo.record
        if "visibility" in call.json or "private" in call.json:
            record = replace(
                record, private=call.json.get("visibility") == "private" or call.json.get("private") is True
            )
        if "gated" in call.json:
            if call.json["gated"] not in ("auto", "manual", False):
                raise Refusal(400, "gated must be auto, manual or false")
            record = replace(record, gated=call.json["gated"])
        call.hub.store.save(call.key, record)
    return JSONResponse({"private": record.private, "gated": record.gated})


def create_branch(call: Call) -> Response:
    """``POST .../branch/{name}``."""
    name = _ref_name(call)
    with call.hub.writing:
        repo = call.hub.write(call.key, call.user)
        if name == "main" or name in repo.record.branches:
            raise Refusal(409, f"Reference already exists: refs/heads/{name}")
        start = call.hub.revisions.find(repo, call.text("startingPoint", needed=False) or "main")
        call.hub.revisions.keep(repo, start)
        call.hub.store.save(call.key, replace(repo.record, branches={**repo.record.branches, name: start.sha}))
    return JSONResponse({"success": True})


def delete_branch(call: Call) -> Response:
    """``DELETE .../branch/{name}``."""
    name = _ref_name(call)
    with call.hub.writing:
        repo = call.hub.write(call.key, call.user)
        if name == "main":
            raise Refusal(403, "The branch main cannot be deleted")
        if name not in repo.record.branches:
            raise revision_not_found(name)
        branches = {branch: sha for branch, sha in repo.record.branches.items() if branch != name}
        call.hub.store.save(call.key, replace(repo.record, branches=branches))
    return JSONResponse({"success": True})


def create_tag(call: Call) -> Response:
    """``POST .../tag/{revision}``."""
    name = call.text("tag")
    if not BRANCH.fullmatch(name):
        raise Refusal(400, f"{name!r} is not a name for a tag")
    with call.hub.writing:
        repo = call.hub.write(call.key, call.user)
        if name in repo.record.tags:
            raise Refusal(409, f"Tag reference exists already: refs/tags/{name}")
        target = call.hub.revisions.find(repo, call.revision())
        call.hub.revisions.keep(repo, target)
        call.hub.store.save(call.key, replace(repo.record, tags={**repo.record.tags, name: target.sha}))
    return JSONResponse({"success": True})


def delete_tag(call: Call) -> Response:
    """``DELETE .../tag/{name}``."""
    with call.hub.writing:
        repo = call.hub.write(call.key, call.user)
        if call.revision() not in repo.record.tags:
            raise revision_not_found(call.revision())
        tags = {tag: sha for tag, sha in repo.record.tags.items() if tag != call.revision()}
        call.hub.store.save(call.key, replace(repo.record, tags=tags))
    return JSONResponse({"success": True})


def _named_repo(call: Call) -> RepoKey:
    kind = call.text("type", needed=False) or "model"
    namespace = call.text("organization", needed=False) or (call.user.name if call.user else "")
    repo_id = f"{namespace}/{call.text('name')}" if namespace else call.text("name")
    if kind not in KINDS or not valid_repo_id(repo_id):
        raise Refusal(400, f"{kind} {repo_id!r} cannot be a repo")
    return RepoKey(kind, repo_id)


def _ref_name(call: Call) -> str:
    name = "/".join(call.rest)
    if not BRANCH.fullmatch(name) or ".." in name or name.endswith(("/", ".lock")) or name.startswith("refs/"):
        raise Refusal(400, f"{name!r} is not a name for a branch")
    return name


def _first_files(key: RepoKey, sdk: str | None) -> dict[str, str]:
    attributes = "".join(f"*{suffix} filter=lfs diff=lfs merge=lfs -text\n" for suffix in sorted(LFS_SUFFIXES))
    files = {".gitattributes": attributes}
    if key.kind == "space":
        files["README.md"] = f"---\ntitle: {key.repo_id.rpartition('/')[2]}\nsdk: {sdk}\npinned: false\n---\n"
    return files
