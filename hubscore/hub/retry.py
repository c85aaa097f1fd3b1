"""Asking the Hub a second time where that may well help."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

from hubscore.hub.client_errors import causes, line_fault, requested_wait, status_of

T = TypeVar("T")

_TRANSIENT_STATUS = (408, 429, 500, 502, 503, 504)


def retry(
    call: Callable[[], T], *, tries: int = 6, wait: float = 0.25, longest: float = 20.0, patience: float = 20.0
) -> T:
    """Call, and call again after a pause when the Hub answered 429 or 5xx or the line was cut.

    Args:
        call: what to do; it must be safe to repeat.
        tries: how often at most.
        wait: seconds before the second try; doubles each time, unless the Hub says how long to wait.
        longest: a wait longer than this is not waited for; the error is raised at once.
        patience: seconds after which there is no further try: the client may have tried for long by itself.

    Returns:
        What ``call`` returns.

    Example:
        >>> answers = iter([TimeoutError("slow"), "here"])
        >>> def ask():
        ...     answer = next(answers)
        ...     if isinstance(answer, Exception):
        ...         raise answer
        ...     return answer
        >>> retry(ask, wait=0.0)
        'here'
    """
    began = time.monotonic()
    for again in range(tries - 1):
        try:
            return call()
        except Exception as error:  # the class of the client's transport errors depends on its version
            asked = requested_wait(error)
            pause = wait * 2**again if asked is None else asked
            if pause > longest or not is_transient(error) or time.monotonic() - began > patience:
                raise
            time.sleep(pause)
    return call()


def is_transient(error: BaseException) -> bool:
    """Whether the same request may well succeed in a moment: 408, 429, 5xx, a time-out, a cut line or answer."""
    return any(status_of(cause) in _TRANSIENT_STATUS or line_fault(cause) in ("cut", "slow") for cause in causes(error))
