"""What the Hub client raised, as facts: the status, the wait that was asked for, the fault of the line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Literal

LineFault = Literal["cut", "slow", "down"]


def causes(error: BaseException) -> Iterator[BaseException]:
    """Yield the error and what caused it, outermost first: the libraries above the client wrap its errors.

    Example:
        >>> outer = OSError("wrapped")
        >>> outer.__cause__ = TimeoutError("slow")
        >>> [type(cause).__name__ for cause in causes(outer)]
        ['OSError', 'TimeoutError']
    """
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        yield current
        current = current.__cause__ or current.__context__


def status_of(error: BaseException) -> int | None:
    """Return the HTTP status that an error carries, or none."""
    status = getattr(getattr(error, "response", None), "status_code", None)
    return status if isinstance(status, int) else None


def line_fault(error: BaseException) -> LineFault | None:
    """Sort a transport error: cut in the middle, too slow, or no connection at all."""
    from huggingface_hub.utils import httpx  # whichever of httpx and httpx2 this client uses

    if isinstance(error, (httpx.TimeoutException, TimeoutError)):
        return "slow"
    if isinstance(error, (httpx.ConnectError, httpx.ProxyError, ConnectionRefusedError)):
        return "down"
    if isinstance(
        error, (httpx.ReadError, httpx.WriteError, httpx.RemoteProtocolError, httpx.DecodingError, ConnectionResetError)
    ):
        return "cut"
    if isinstance(error, json.JSONDecodeError):  # an answer whose length was too short
        return "cut"
    # A download of the wrong length: the client raises a bare OSError, without a type, an errno or a code of its own.
    if isinstance(error, OSError) and "Consistency check failed" in str(error):
        return "cut"
    return None


def requested_wait(error: BaseException) -> float | None:
    """Return the seconds that the Hub asks to wait, from ``RateLimit`` or ``Retry-After``."""
    from huggingface_hub.utils import parse_ratelimit_headers

    headers = getattr(getattr(error, "response", None), "headers", None) or {}
    limit = parse_ratelimit_headers(headers) if status_of(error) == 429 else None
    if limit is not None and limit.remaining == 0:
        return float(limit.reset_in_seconds)
    asked = headers.get("Retry-After", "")
    return float(asked) if asked.isdigit() else None
