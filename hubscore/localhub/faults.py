"""Rehearsing failure: answers with an error status, and connections that break in the middle of a body."""

from __future__ import annotations

import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send


@dataclass(frozen=True)
class Fault:
    """One planned failure.

    Args:
        method: the HTTP method it waits for, ``*`` for any.
        path: a regular expression searched in the decoded path.
        status: the status to answer with, None to break the connection instead.
        after: bytes of the body that still go through before the connection breaks.
        times: how often it strikes, None for ever.
        headers: sent with the error.
    """

    method: str
    path: re.Pattern[str]
    status: int | None = None
    after: int = 0
    times: int | None = 1
    headers: Mapping[str, str] = field(default_factory=dict)

    def strikes(self, method: str, path: str) -> bool:
        """Whether a request meets this fault."""
        return self.times != 0 and self.method in ("*", method) and self.path.search(path) is not None


class Faults:
    """The planned failures of a running Hub; the first that matches a request strikes."""

    def __init__(self) -> None:
        self._planned: list[Fault] = []
        self._lock = threading.Lock()

    def add(
        self,
        *,
        method: str = "GET",
        path: str = "",
        status: int = 500,
        times: int | None = 1,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """Answer matching requests with an error status.

        Args:
            method: the HTTP method, ``*`` for any.
            path: a regular expression searched in the path.
            status: for example 429, 500 or 503.
            times: how often, None for ever.
            headers: for example ``{"Retry-After": "1"}`` or ``{"X-Error-Code": "GatedRepo"}``.
        """
        self._plan(Fault(method, re.compile(path), status, 0, times, dict(headers or {})))

    def cut(self, *, path: str = "", after: int = 0, times: int | None = 1, method: str = "GET") -> None:
        """Break the connection of matching requests once ``after`` bytes of the body went through."""
        self._plan(Fault(method, re.compile(path), None, after, times))

    def clear(self) -> None:
        """Forget every planned failure."""
        with self._lock:
            self._planned.clear()

    def take(self, method: str, path: str) -> Fault | None:
        """The fault that this request meets, counted down."""
        with self._lock:
            for place, fault in enumerate(self._planned):
                if fault.strikes(method, path):
                    if fault.times is not None:
                        self._planned[place] = replace(fault, times=fault.times - 1)
                    return fault
        return None

    def _plan(self, fault: Fault) -> None:
        with self._lock:
            self._planned.append(fault)


class Cut(Exception):  # noqa: N818 - a planned end, not an error
    """The connection is to break now."""


class FaultyApp:
    """An ASGI application that fails where it was told to.

    Args:
        app: the application that answers otherwise.
        faults: the planned failures.
    """

    def __init__(self, app: ASGIApp, faults: Faults) -> None:
        self.app, self.faults = app, faults

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        fault = self.faults.take(scope["method"], scope["path"]) if scope["type"] == "http" else None
        if fault is None:
            await self.app(scope, receive, send)
        elif fault.status is not None:
            await drain(receive)
            message = f"rehearsed failure {fault.status}"
            await JSONResponse({"error": message}, fault.status, {"X-Error-Message": message, **fault.headers})(
                scope, receive, send
            )
        else:
            await self._broken(scope, receive, send, fault.after)

    async def _broken(self, scope: Scope, receive: Receive, send: Send, left: int) -> None:
        async def some(message: Message) -> None:
            nonlocal left
            body = message.get("body", b"")
            if message["type"] != "http.response.body" or (len(body) <= left and message.get("more_body")):
                left -= len(body)
                await send(message)
                return
            await send({**message, "body": body[:left], "more_body": True})
            raise Cut

        try:
            await self.app(scope, receive, some)
        except Cut:
            return  # the server closes a connection whose answer was left unfinished


async def drain(receive: Receive) -> None:
    """Read a body that nobody needs: it would be taken for the next request of the connection."""
    while (await receive()).get("more_body"):
        pass
