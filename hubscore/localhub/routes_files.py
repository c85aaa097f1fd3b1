"""Reading: info, trees, paths, refs, commits, and the files themselves."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any
from urllib.parse import parse_qs

from starlette.responses import FileResponse, JSONResponse, Response

from hubscore.localhub.calls import Call
from hubscore.localhub.hashing import pointer
from hubscore.localhub.headers import safetensors_header
from hubscore.localhub.info import DETAILED, Describer, wanted
from hubscore.localhub.refusals import Refusal, entry_not_found
from hubscore.localhub.revisions import Repo
from hubscore.localhub.store import Commit

TREE_PAGE = 1000
TREE_PAGE_EXPANDED = 50
COMMITS_PAGE = 50


def repo_info(call: Call) -> Response:
    """``GET /api/{kind}s/{id}[/revision/{rev}]``."""
    repo = call.hub.read(call.key, call.user)
    commit = call.hub.revisions.find(repo, call.revision())
    names = wanted(call.key.kind, call.expanded(), DETAILED[call.key.kind])
    return JSONResponse(Describer(call.hub, repo, commit, blobs=call.flag("blobs")).object(names))


def tree(call: Call) -> Response:
    """``GET .../tree/{rev}[/{path}]``: the files and folders below a path, in pages."""
    repo = call.hub.read(call.key, call.user)
    commit = call.hub.revisions.find(repo, call.revision())
    inside = call.path()
    prefix = f"{inside}/" if inside else ""
    paths = sorted(
        name for name in (*call.hub.revisions.folders(commit), *commit.files) if name.startswith(prefix) and name != ""
    )
    if inside and not paths:
        raise entry_not_found(inside, commit.sha)
    if not call.flag("recursive"):
        paths = [name for name in paths if "/" not in name.removeprefix(prefix)]
    start = call.number("cursor", 0, 0, 10**9)
    size = min(call.number("limit", TREE_PAGE, 1, TREE_PAGE), TREE_PAGE_EXPANDED if call.flag("expand") else TREE_PAGE)
    rows = _rows(call, repo, commit, paths[start : start + size], expand=call.flag("expand"))
    return call.page(rows, start, size, len(paths))


def paths_info(call: Call) -> Response:
    """``POST .../paths-info/{rev}``: the named files and folders; missing ones are left out."""
    repo = call.hub.read(call.key, call.user)
    commit = call.hub.revisions.find(repo, call.revision())
    if "json" in call.request.headers.get("content-type", ""):
        paths, expand = list(call.json.get("paths") or ()), bool(call.json.get("expand"))
    else:
        form = parse_qs(call.body.decode("utf-8", "replace"))
        paths, expand = form.get("paths", []), form.get("expand", ["false"])[0].lower() == "true"
    folders = call.hub.revisions.folders(commit)
    names = [name for path in paths if (name := str(path).strip("/")) and (name in commit.files or name in folders)]
    return JSONResponse(_rows(call, repo, commit, names, expand=expand))


def refs(call: Call) -> Response:
    """``GET .../refs``: branches, tags and, when asked for, pull requests."""
    repo = call.hub.read(call.key, call.user)
    branches = {"main": call.hub.revisions.find(repo, "main").sha, **repo.record.branches}
    answer: dict[str, Any] = {
        "branches": [_ref(name, f"refs/heads/{name}", sha) for name, sha in branches.items()],
        "converts": [],
        "tags": [_ref(name, f"refs/tags/{name}", sha) for name, sha in repo.record.tags.items()],
    }
    if call.flag("include_prs"):
        answer["pullRequests"] = [
            _ref(f"refs/pr/{it.num}", f"refs/pr/{it.num}", it.head) for it in repo.record.threads if it.head
        ]
    return JSONResponse(answer)


def commits(call: Call) -> Response:
    """``GET .../commits/{rev}``: a revision and its ancestors, newest first."""
    repo = call.hub.read(call.key, call.user)
    found = list(call.hub.revisions.history(repo, call.hub.revisions.find(repo, call.revision())))
    start = call.number("cursor", 0, 0, 10**9)
    return call.page([_commit(it) for it in found[start : start + COMMITS_PAGE]], start, COMMITS_PAGE, len(found))


def resolve(call: Call) -> Response:
    """``GET|HEAD /{id}/resolve/{rev}/{path}``: a file, whole or in ranges."""
    repo = call.hub.read_files(call.key, call.user)
    commit = call.hub.revisions.find(repo, call.revision())
    entry = commit.files.get(call.path())
    if entry is None:
        raise entry_not_found(call.path(), commit.sha)
    blob = call.hub.revisions.blob(entry)
    headers = {
        "X-Repo-Commit": commit.sha,
        "ETag": f'"{blob.sha256 or blob.oid}"',
        "Cache-Control": "no-cache",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "X-Content-Type-Options": "nosniff",
        "Content-Disposition": "inline",
    }
    if blob.sha256:
        headers |= {"X-Linked-Size": str(entry.size), "X-Linked-ETag": f'"{blob.sha256}"'}
    path = call.hub.revisions.readable(entry)
    media = (
        "text/plain; charset=utf-8"
        if call.path().endswith((".md", ".txt", ".json", ".yaml", ".yml", ".csv"))
        else "application/octet-stream"
    )
    return FileResponse(path, headers=headers, media_type=media, stat_result=path.stat())


def safetensors_metadata(call: Call) -> Response:
    """``GET /api/models/{id}/safetensors-metadata/{index}``: the headers of all shards at once."""
    repo = call.hub.read_files(call.key, call.user)
    files = call.hub.revisions.find(repo, "main").files
    shards = sorted(name for name in files if name.endswith(".safetensors") and "/" not in name)
    headers = {name: safetensors_header(files[name], call.hub.first_bytes) for name in shards}
    if "/".join(call.rest) not in files or None in headers.values():
        raise Refusal(404, f"{'/'.join(call.rest)} is not a safetensors index here", code="EntryNotFound")
    return JSONResponse({"index": {"metadata": {}}, "headers": headers})


def auth_check(call: Call) -> Response:
    """``GET .../auth-check[/write]``: whether the person may read, or write."""
    if call.rest == ("write",):
        call.hub.write(call.key, call.user)
    else:
        call.hub.read_files(call.key, call.user)
    return JSONResponse({})


def _rows(call: Call, repo: Repo, commit: Commit, names: list[str], *, expand: bool) -> list[dict[str, Any]]:
    last = _last_commits(call, repo, commit, set(names)) if expand else {}
    return [_row(call, commit, name) | last.get(name, {}) for name in names]


def _row(call: Call, commit: Commit, name: str) -> dict[str, Any]:
    entry = commit.files.get(name)
    if entry is None:
        return {"type": "directory", "oid": call.hub.revisions.folders(commit)[name], "size": 0, "path": name}
    blob = call.hub.revisions.blob(entry)
    lfs = (
        {"lfs": {"oid": blob.sha256, "size": entry.size, "pointerSize": len(pointer(blob.sha256, entry.size))}}
        if blob.sha256
        else {}
    )
    return {"type": "file", "oid": blob.oid, "size": entry.size, "path": name, **lfs}


def _last_commits(call: Call, repo: Repo, commit: Commit, names: set[str]) -> Mapping[str, dict[str, Any]]:
    last: dict[str, dict[str, Any]] = {}
    history = list(call.hub.revisions.history(repo, commit))
    for newer, older in zip(history, [*history[1:], None], strict=True):
        for name in names - set(last):
            if older is None or _content(newer, name) != _content(older, name):
                last[name] = {"lastCommit": {"id": newer.sha, "title": newer.title, "date": newer.date}}
    return last


def _content(commit: Commit, name: str) -> object:
    if name in commit.files:
        return commit.files[name].blob
    return {path: entry.blob for path, entry in commit.files.items() if path.startswith(f"{name}/")}


def _ref(name: str, ref: str, sha: str | None) -> dict[str, Any]:
    return {"name": name, "ref": ref, "targetCommit": sha}


def _commit(commit: Commit) -> dict[str, Any]:
    return {
        "id": commit.sha,
        "title": commit.title,
        "message": commit.message,
        "date": commit.date,
        "authors": [{"user": commit.author}],
        "formatted": {"title": escape(commit.title), "message": escape(commit.message)},
    }
