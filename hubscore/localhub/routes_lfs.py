"""Large files: the git LFS batch call, the upload itself, and its verification."""

from __future__ import annotations

import hashlib
import hmac
import time
from typing import Any
from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from hubscore.localhub.calls import Call
from hubscore.localhub.changes import SHA256
from hubscore.localhub.hub import Hub, forbidden
from hubscore.localhub.refusals import Refusal
from hubscore.localhub.revisions import Repo
from hubscore.localhub.scan import RepoKey

UPLOAD_PREFIX = "_localhub-lfs"
LARGEST_FILE = 50_000_000_000
VALID_SECONDS = 3600
MEDIA_TYPE = "application/vnd.git-lfs+json"


def batch(call: Call) -> Response:
    """``POST /{id}.git/info/lfs/objects/batch``: where to send each object that is not there yet."""
    repo = _uploadable(call)
    if call.json.get("operation") != "upload":
        raise Refusal(400, "Only uploads go through the LFS batch call; files are downloaded by resolve")
    objects = [_object(call, repo, asked) for asked in call.json.get("objects") or ()]
    return JSONResponse({"transfer": "basic", "objects": objects}, media_type=MEDIA_TYPE)


def verify(call: Call) -> Response:
    """``POST /{id}.git/info/lfs/objects/verify``: whether an object arrived whole."""
    _uploadable(call)
    oid, size = _oid_and_size(call.json)
    entry = call.hub.store.large(call.key, oid)
    if entry is None or entry.size != size:
        raise Refusal(404, f"The object {oid} did not arrive")
    return JSONResponse({}, media_type=MEDIA_TYPE)


async def upload(hub: Hub, request: Request, parts: tuple[str, ...]) -> Response:
    """``PUT`` of an object's bytes, streamed to the state folder and kept only when size and hash are as announced.

    Raises:
        Refusal: 403 for an address that the batch call did not give, 400 for other bytes than announced.
    """
    key, oid = RepoKey(parts[1], "/".join(parts[2:-1])), parts[-1]
    size, until, signature = (request.query_params.get(name, "") for name in ("size", "until", "signature"))
    if (
        not hmac.compare_digest(signature, _sign(hub, key, oid, size, until))
        or not size.isdigit()
        or int(until) < time.time()
    ):
        raise Refusal(403, "This upload address is not valid, or no longer")
    digest, received = hashlib.sha256(), 0
    with hub.store.incoming() as file:
        async for chunk in request.stream():
            received += len(chunk)
            if received > int(size):
                raise Refusal(400, f"More bytes than the {size} announced")
            digest.update(chunk)
            await run_in_threadpool(file.write, chunk)
        if received != int(size) or digest.hexdigest() != oid:
            raise Refusal(400, "The bytes are not those that were announced")
        await run_in_threadpool(hub.store.adopt, key, file, oid, received)
    return Response(headers={"ETag": f'"{oid}"'})


def _uploadable(call: Call) -> Repo:
    # Whoever may open a pull request may upload what it holds.
    repo = call.hub.read(call.key, call.user)
    if call.user is None or call.user.role != "write":
        raise forbidden(call.user, f"You cannot upload to {call.key.repo_id}")
    if not call.hub.writable(repo, call.user):
        call.hub.check_discussions(repo)
    return repo


def _object(call: Call, repo: Repo, asked: Any) -> dict[str, Any]:
    oid, size = _oid_and_size(asked)
    answer: dict[str, Any] = {"oid": oid, "size": size}
    if size > LARGEST_FILE:
        return answer | {"error": {"code": 422, "message": f"files may have at most {LARGEST_FILE} bytes"}}
    head = call.hub.revisions.find(repo, "main")
    if call.hub.store.large(call.key, oid) or any(
        entry.blob and entry.blob.sha256 == oid for entry in head.files.values()
    ):
        return answer
    until = str(int(time.time()) + VALID_SECONDS)
    query = urlencode({"size": size, "until": until, "signature": _sign(call.hub, call.key, oid, str(size), until)})
    href = f"{call.endpoint}/{UPLOAD_PREFIX}/{call.key.kind}/{call.key.repo_id}/{oid}?{query}"
    verify_href = f"{call.endpoint}/{call.key.url_path}.git/info/lfs/objects/verify"
    return answer | {"authenticated": True, "actions": {"upload": {"href": href}, "verify": {"href": verify_href}}}


def _oid_and_size(asked: Any) -> tuple[str, int]:
    oid, size = (asked.get("oid"), asked.get("size")) if isinstance(asked, dict) else (None, None)
    if not isinstance(oid, str) or not SHA256.fullmatch(oid) or not isinstance(size, int) or size < 0:
        raise Refusal(400, "An LFS object needs oid, the SHA-256 of its bytes, and size")
    return oid, size


def _sign(hub: Hub, key: RepoKey, oid: str, size: str, until: str) -> str:
    text = "\n".join((key.kind, key.repo_id, oid, size, until))
    return hmac.new(hub.secret, text.encode(), hashlib.sha256).hexdigest()
