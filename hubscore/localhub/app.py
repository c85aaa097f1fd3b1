"""The web application: which address is answered by which route, with what limits."""

from __future__ import annotations

import errno
import logging
from dataclasses import replace
from email.utils import formatdate
from uuid import uuid4

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hubscore.localhub.calls import Call, segments
from hubscore.localhub.hosts import KnownHosts
from hubscore.localhub.hub import Hub
from hubscore.localhub.refusals import Refusal
from hubscore.localhub.routes_lfs import UPLOAD_PREFIX, upload
from hubscore.localhub.routing import find_route, largest_body
from hubscore.localhub.users import User

logger = logging.getLogger("hubscore.localhub")


class HubApp:
    """The Hub over HTTP, as an ASGI application.

    Args:
        hub: what it serves.
        hosts: the names it answers to.
    """

    def __init__(self, hub: Hub, hosts: KnownHosts) -> None:
        self.hub, self.hosts = hub, hosts

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
        except OSError as error:
            response = _storage_refusal(error).response()
        except Exception:
            logger.exception("%s %s failed", request.method, request.url.path)
            response = Refusal(500, "The local Hub failed; its log has the reason").response()
        response.headers["Date"] = formatdate(usegmt=True)
        response.headers["X-Request-Id"] = f"localhub-{uuid4().hex[:16]}"
        await response(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        self.hosts.check(request.headers.get("host"))
        parts = segments(request.scope["raw_path"])
        if parts[0] == UPLOAD_PREFIX and len(parts) >= 4 and request.method == "PUT":
            return await upload(self.hub, request, parts)
        route, call = find_route(Call(self.hub, request, self._user(request)), request.method, parts)
        body = await _body(request, largest_body(route))
        return await run_in_threadpool(route, replace(call, body=body))

    def _user(self, request: Request) -> User | None:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            return None
        user = self.hub.users.by_token.get(token.strip())
        if user is None:
            raise Refusal(401, "Invalid credentials in Authorization header")
        return user


def _storage_refusal(error: OSError) -> Refusal:
    logger.warning("storage: %s", error)
    if error.errno in (errno.ENOSPC, getattr(errno, "EDQUOT", None)):
        return Refusal(507, "The disk that holds the state is full")
    return Refusal(500, f"A file could not be read or written: {error.strerror}")


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

        async def watched(message: Message) -> None:
            nonlocal status, sent
            if message["type"] == "http.response.start":
                status = message["status"]
                if scope["method"] == "HEAD":  # its answer ends with the headers
                    note()
            elif message["type"] == "http.response.body":
                sent += len(message.get("body", b"")) * (scope["method"] != "HEAD")
                if not message.get("more_body"):
                    note()
            await send(message)

        try:
            await self.app(scope, receive, watched)
        finally:
            note()
