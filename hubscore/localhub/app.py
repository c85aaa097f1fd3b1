"""The web application: which address is answered by which route, with what limits."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import replace
from uuid import uuid4

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from hubscore.localhub import routes_files, search
from hubscore.localhub.calls import Call, Route, join_ref, segments, split_repo
from hubscore.localhub.hub import Hub
from hubscore.localhub.refusals import Refusal
from hubscore.localhub.scan import KINDS, RepoKey, valid_repo_id
from hubscore.localhub.users import User

LARGEST_BODY = 10_000_000
LARGEST_COMMIT = 500_000_000
logger = logging.getLogger("hubscore.localhub")

REPO_ROUTES: Mapping[tuple[str, str], Route] = {
    ("GET", ""): routes_files.repo_info,
    ("GET", "revision"): routes_files.repo_info,
    ("GET", "tree"): routes_files.tree,
    ("POST", "paths-info"): routes_files.paths_info,
    ("GET", "refs"): routes_files.refs,
    ("GET", "commits"): routes_files.commits,
    ("GET", "auth-check"): routes_files.auth_check,
    ("GET", "safetensors-metadata"): routes_files.safetensors_metadata,
}


class HubApp:
    """The Hub over HTTP, as an ASGI application.

    Args:
        hub: what it serves.
    """

    def __init__(self, hub: Hub) -> None:
        self.hub = hub

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        request = Request(scope, receive)
        try:
            response = await self._answer(request)
        except Refusal as refusal:
            response = refusal.response()
        except ClientDisconnect:
            return
        except Exception:
            logger.exception("%s %s failed", request.method, request.url.path)
            response = Refusal(500, "The local Hub failed; its log has the reason").response()
        response.headers["X-Request-Id"] = f"localhub-{uuid4().hex[:16]}"
        await response(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        parts = segments(request.scope["raw_path"])
        user = self._user(request)
        route, call = find_route(Call(self.hub, request, user), request.method, parts)
        body = await _body(request, LARGEST_COMMIT if call.rest and "commit" in parts else LARGEST_BODY)
        return await run_in_threadpool(route, replace(call, body=body))

    def _user(self, request: Request) -> User | None:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            return None
        user = self.hub.users.by_token.get(token.strip())
        if user is None:
            raise Refusal(401, "Invalid credentials in Authorization header")
        return user


def find_route(call: Call, method: str, parts: tuple[str, ...]) -> tuple[Route, Call]:
    """The route that answers an address.

    Raises:
        Refusal: 404 for addresses this Hub does not have.
    """
    lookup = "GET" if method == "HEAD" else method
    if parts[0] == "api" and len(parts) > 1 and parts[1].removesuffix("s") in KINDS and parts[1].endswith("s"):
        kind = parts[1].removesuffix("s")
        if len(parts) == 2 and lookup == "GET":
            return search.list_repos, replace(call, key=RepoKey(kind, ""))
        key, action, rest = split_repo(kind, parts[2:])
        if route := REPO_ROUTES.get((lookup, action)):
            return route, replace(call, key=key, rest=rest)
    elif "resolve" in parts[1:4] and lookup == "GET":
        return routes_files.resolve, _site(call, parts)
    raise Refusal(404, f"The local Hub does not answer {method} /{'/'.join(parts)}")


def _site(call: Call, parts: tuple[str, ...]) -> Call:
    kind, parts = (parts[0].removesuffix("s"), parts[1:]) if parts[0] in ("datasets", "spaces") else ("model", parts)
    split = parts.index("resolve", 1)
    repo_id = "/".join(parts[:split])
    if not valid_repo_id(repo_id) or len(parts) < split + 3:
        raise Refusal(404, f"/{'/'.join(parts)} names no file")
    return replace(call, key=RepoKey(kind, repo_id), rest=join_ref(parts[split + 1 :]))


async def _body(request: Request, limit: int) -> bytes:
    refusal = Refusal(413, f"The body is larger than {limit} bytes")
    declared = request.headers.get("content-length", "")
    if declared.isdigit() and int(declared) > limit:
        raise refusal
    chunks, size = [], 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > limit:
            raise refusal
        chunks.append(chunk)
    return b"".join(chunks)


class Log(list[tuple[str, str, int, int]]):
    """What was asked and answered: (method, path, status, bytes of body sent), the newest last."""

    kept = 200_000

    def append(self, entry: tuple[str, str, int, int]) -> None:
        """Add one request, and forget the oldest half when there are too many."""
        super().append(entry)
        if len(self) > self.kept:
            del self[: self.kept // 2]


class LoggedApp:
    """Keeps the log of an ASGI application.

    Args:
        app: the application that answers.
        log: where requests are noted, before the client can see the end of the answer.
    """

    def __init__(self, app: ASGIApp, log: Log) -> None:
        self.app, self.log = app, log

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        status, sent, noted = 0, 0, False

        def note() -> None:
            nonlocal noted
            if not noted:
                self.log.append((scope["method"], scope["path"], status, sent))
            noted = True

        async def watched(message: dict) -> None:
            nonlocal status, sent
            if message["type"] == "http.response.start":
                status = message["status"]
            elif message["type"] == "http.response.body":
                sent += len(message.get("body", b"")) * (scope["method"] != "HEAD")
                if not message.get("more_body"):
                    note()
            await send(message)

        try:
            await self.app(scope, receive, watched)
        finally:
            note()
