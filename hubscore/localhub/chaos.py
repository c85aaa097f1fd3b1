"""A Hub on a bad day: some of its answers, drawn at random, fail in every way that real ones do."""

from __future__ import annotations

import asyncio
import hashlib
import random
import threading
from collections import Counter
from collections.abc import Callable, Mapping, MutableMapping
from typing import Any

from starlette.datastructures import MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hubscore.localhub.faults import Cut, drain

STATUSES: Mapping[str, tuple[int, dict[str, str]]] = {
    "429 with Retry-After": (429, {"Retry-After": "1"}),
    "429 with RateLimit": (429, {"RateLimit": '"api";r=0;t=1', "RateLimit-Policy": '"fixed window";"api";q=1000;w=1'}),
    "429": (429, {}),
    "500": (500, {}),
    "503": (503, {}),
}
BODIES = ("cut body", "slow body", "too long a length", "too short a length")
STALE = "stale ETag"
KINDS = (*STATUSES, *BODIES, STALE)
PIECES = 8


class Chaos:
    """Which answers fail, and how.

    Args:
        rate: the share of requests that meet a failure, 0 to 1; may be changed while the Hub runs.
        seed: of the draws. The same requests in the same order meet the same failures.
        kinds: of failure, from :data:`KINDS`.
        slow: seconds that a slow body takes longer.

    Attributes:
        counts: how often each kind struck.
    """

    def __init__(self, rate: float = 0.0, *, seed: int = 0, kinds: tuple[str, ...] = KINDS, slow: float = 0.5) -> None:
        self.rate, self.kinds, self.slow = rate, kinds, slow
        self.counts: Counter[str] = Counter()
        self._random, self._lock = random.Random(seed), threading.Lock()

    def draw(self, method: str, path: str) -> str | None:
        """The failure that a request meets, None for most.

        A request that writes only meets refusals, from before anything is done; one that reads no file has no ETag
        to be stale.
        """
        with self._lock:
            if self._random.random() >= self.rate:
                return None
            possible = [kind for kind in self.kinds if _possible(kind, method, path)]
            kind = self._random.choice(possible) if possible else None
            if kind is not None:
                self.counts[kind] += 1
            return kind

    def share(self) -> float:
        """A number between 0 and 1: where a body breaks."""
        with self._lock:
            return self._random.random()


def _possible(kind: str, method: str, path: str) -> bool:
    if kind in STATUSES:
        return True
    if kind == STALE:
        return method in ("GET", "HEAD") and "/resolve/" in path
    return method == "GET" or (method == "HEAD" and kind == "too short a length")


class ChaosApp:
    """An ASGI application that fails at random.

    Args:
        app: the application that answers otherwise.
        chaos: which answers fail.
    """

    def __init__(self, app: ASGIApp, chaos: Chaos) -> None:
        self.app, self.chaos = app, chaos

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        kind = self.chaos.draw(scope["method"], scope["path"]) if scope["type"] == "http" else None
        if kind is None:
            await self.app(scope, receive, send)
        elif kind in STATUSES:
            status, headers = STATUSES[kind]
            await drain(receive)
            message = f"rehearsed failure {kind}"
            await JSONResponse({"error": message}, status, {"X-Error-Message": message, **headers})(
                scope, receive, send
            )
        else:
            changed = _WAYS[kind](send, self.chaos)
            try:
                await self.app(scope, receive, changed)
            except Cut:
                return  # the server closes a connection whose answer was left unfinished


def _cut(send: Send, chaos: Chaos) -> Send:
    """Break the connection somewhere in the body."""
    left = 0

    async def some(message: Message) -> None:
        nonlocal left
        if message["type"] != "http.response.body":
            left = int(chaos.share() * _length(message))
            await send(message)
            return
        body = message.get("body", b"")[:left]
        left -= len(body)
        await send({**message, "body": body, "more_body": True})
        if left <= 0:
            raise Cut

    return some


def _slow(send: Send, chaos: Chaos) -> Send:
    """Send the first of the body in small pieces with pauses."""
    pauses = PIECES

    async def trickling(message: Message) -> None:
        nonlocal pauses
        body, more = message.get("body", b""), message.get("more_body", False)
        if message["type"] == "http.response.body" and pauses:
            step = max(1, len(body) // PIECES)
            while len(body) > step and pauses:
                await send({**message, "body": body[:step], "more_body": True})
                await asyncio.sleep(chaos.slow / PIECES)
                body, pauses = body[step:], pauses - 1
            message = {**message, "body": body, "more_body": more}
        await send(message)

    return trickling


def _announcing(change: Callable[[int], int]) -> Callable[[Send, Chaos], Send]:
    """Say another length than that of the body; where it is shorter, the body ends there."""

    def way(send: Send, chaos: Chaos) -> Send:
        left: int | None = None

        async def wrong(message: Message) -> None:
            nonlocal left
            if message["type"] == "http.response.start":
                left = change(_length(message))
                _headers(message)["content-length"] = str(left)
            elif left is not None:
                body = message.get("body", b"")[:left]
                left -= len(body)
                message = {**message, "body": body}
            await send(message)

        return wrong

    return way


def _stale(send: Send, chaos: Chaos) -> Send:
    """Name the file by the hash of another version."""

    async def outdated(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = _headers(message)
            for name in ("etag", "x-linked-etag"):
                if name in headers:
                    digest = hashlib.sha256(b"an earlier version of " + headers[name].encode())
                    headers[name] = f'"{digest.hexdigest()[: len(headers[name]) - 2]}"'
        await send(message)

    return outdated


def _headers(message: MutableMapping[str, Any]) -> MutableHeaders:
    return MutableHeaders(scope=message)


def _length(message: MutableMapping[str, Any]) -> int:
    return int(_headers(message).get("content-length", "0"))


_WAYS: Mapping[str, Callable[[Send, Chaos], Send]] = {
    "cut body": _cut,
    "slow body": _slow,
    "too long a length": _announcing(lambda length: length + 100),
    "too short a length": _announcing(lambda length: length // 2),
    STALE: _stale,
}
