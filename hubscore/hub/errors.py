"""What the Hub answers, in words a person can act on, and what is worth asking a second time."""

from __future__ import annotations

import errno
import time
from collections.abc import Callable, Iterator
from typing import Literal, TypeVar

from hubscore.errors import CandidateError, DatasetError, HubError, HubscoreError, StorageError

Kind = Literal["model", "dataset", "space"]
T = TypeVar("T")

_NOUN = {"model": "Model", "dataset": "Data set", "space": "Space"}
_FOLDER = {"model": "", "dataset": "datasets/", "space": "spaces/"}
_OWN = {"model": CandidateError, "dataset": DatasetError, "space": HubError}
_TRANSIENT_STATUS = (408, 429, 500, 502, 503, 504)


def explain_error(error: BaseException, subject: str, *, kind: Kind = "model") -> HubscoreError:
    """Turn what the Hub client raised about ``subject`` into an error that says what, why and what to type next.

    What is wrong with the repo itself (unknown, gated, no such revision or file) becomes a ``CandidateError`` for a
    model and a ``DatasetError`` for a data set; what is wrong with the Hub, the token or the line becomes a
    ``HubError``.

    Args:
        error: what was raised; its causes are looked at too, since the libraries above the client wrap its errors.
        subject: the repo id, or the repo id and a file in it.
        kind: what kind of repo ``subject`` is.

    Returns:
        The error to raise ``from error``; a ``HubscoreError`` comes back as it is.

    Example:
        >>> try:
        ...     api.model_info("org/name")
        ... except (HTTPError, OSError) as error:
        ...     raise explain(error, "org/name") from error
    """
    told = recognise(error, subject, kind=kind)
    if told is not None:
        return told
    return HubError(
        f"{_NOUN[kind]} {subject!r} could not be read from {_endpoint()}",
        f"{type(error).__name__}: {_first_line(error)}",
    )


def recognise(error: BaseException, subject: str, *, kind: Kind = "model") -> HubscoreError | None:
    """Do what :func:`explain_error` does, but return none for an error that has nothing to do with the Hub or the
    line.
    """
    for cause in _chain(error):
        told = cause if isinstance(cause, HubscoreError) else _known(cause, f"{_NOUN[kind]} {subject!r}", subject, kind)
        if told is not None:
            return told
    return None


def retry(call: Callable[[], T], *, tries: int = 4, wait: float = 0.5, longest: float = 20.0) -> T:
    """Call, and call again after a pause when the Hub answered 429 or 5xx or the line was cut.

    Args:
        call: what to do; it must be safe to repeat.
        tries: how often at most.
        wait: seconds before the second try; doubles each time, unless the Hub says how long to wait.
        longest: a wait longer than this is not waited for; the error is raised at once.

    Returns:
        What ``call`` returns.
    """
    for again in range(tries - 1):
        try:
            return call()
        except Exception as error:  # the class of the client's transport errors depends on its version
            asked = _asked_wait(error)
            pause = wait * 2**again if asked is None else asked
            if pause > longest or not is_transient(error):
                raise
            time.sleep(pause)
    return call()


def is_transient(error: BaseException) -> bool:
    """Whether the same request may well succeed in a moment: 408, 429, 5xx, a time-out or a cut line."""
    return any(_status(cause) in _TRANSIENT_STATUS or _line_fault(cause) in ("cut", "slow") for cause in _chain(error))


def _known(error: BaseException, what: str, subject: str, kind: Kind) -> HubscoreError | None:
    """Explain one error of the chain, or return none when it says nothing by itself."""
    return _about_repo(error, what, subject, kind) or _about_status(error, what, kind) or _about_line(error, what)


def _about_repo(error: BaseException, what: str, subject: str, kind: Kind) -> HubscoreError | None:
    from huggingface_hub import errors as hub

    own = _OWN[kind]
    page = f"{_endpoint()}/{_FOLDER[kind]}{subject}"
    if isinstance(error, hub.GatedRepoError):  # a subclass of RepositoryNotFoundError, so it is asked first
        return own(
            f"{what} is gated",
            "its owner lets in only people who were granted access",
            f"ask at {page}, then hf auth login",
        )
    if isinstance(error, hub.RepositoryNotFoundError):
        return own(
            f"{what} was not found at {_endpoint()}",
            _missing_because(error),
            "check the spelling, or log in with: hf auth login",
        )
    if isinstance(error, hub.RevisionNotFoundError):
        return own(
            f"{what} has no such revision",
            "no branch, tag or commit has this name",
            f"leave it out, or pick one at {page}",
        )
    if isinstance(error, hub.RemoteEntryNotFoundError):
        return own(
            f"{what} lacks a file",
            f"{_path_of(error)} does not exist in this revision",
            f"see what is there: {page}/tree/main",
        )
    if isinstance(error, hub.DisabledRepoError):
        return own(f"{what} is disabled", "the Hub has taken it down", "choose another one")
    if isinstance(error, (hub.HFValidationError, hub.HfUriError)):
        return own(f"{subject!r} is no Hub id", _first_line(error), "write it as owner/name")
    return None


def _about_status(error: BaseException, what: str, kind: Kind) -> HubscoreError | None:
    status, said, unread = _status(error), _server_said(error), f"{what} could not be read"
    if status is None:
        return None
    if status == 401:
        return HubError(unread, f"the Hub refused the token (401){said}", "hf auth login")
    if status == 403:
        return HubError(
            unread, f"the token may not do this (403){said}", "hf auth login, with a token that has the right"
        )
    if status == 404:
        return _OWN[kind](f"{what} was not found at {_endpoint()}", f"the Hub answered 404{said}", "check the spelling")
    if status == 429:
        return HubError(unread, f"the Hub's rate limit is reached (429){said}", _later(error))
    if status >= 500:
        return HubError(
            unread, f"the Hub failed (error {status}){said}", f"try again in a few minutes; is {_endpoint()} up?"
        )
    return HubError(unread, f"the Hub answered {status}{said}")


def _about_line(error: BaseException, what: str) -> HubscoreError | None:
    from huggingface_hub.errors import OfflineModeIsEnabled
    from huggingface_hub.utils import httpx

    unread = f"{what} could not be read"
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return StorageError(
            "The disk is full", f"{what} could not be downloaded", "free some space, or set HF_HOME to a larger disk"
        )
    if isinstance(error, OfflineModeIsEnabled):
        return HubError(
            unread, "offline mode is on, so the Hub cannot be asked", "unset HF_HUB_OFFLINE, or name a local folder"
        )
    if isinstance(error, (httpx.UnsupportedProtocol, httpx.InvalidURL)):
        return HubError(unread, f"HF_ENDPOINT is {_endpoint()!r}, which is no address", "unset HF_ENDPOINT")
    fault = _line_fault(error)
    if fault == "cut":
        return HubError(f"{what} was cut off while downloading", _first_line(error), "run the same command again")
    if fault == "slow":
        return HubError(unread, f"{_endpoint()} did not answer in time", "try again, or set HF_HUB_DOWNLOAD_TIMEOUT=60")
    if fault == "down":
        return HubError(unread, f"{_endpoint()} cannot be reached", "check the network, the proxy and HF_ENDPOINT")
    return None


def _line_fault(error: BaseException) -> Literal["cut", "slow", "down"] | None:
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
    if isinstance(error, OSError) and "Consistency check failed" in str(error):
        return "cut"
    return None


def _chain(error: BaseException) -> Iterator[BaseException]:
    """Yield the error and what caused it, outermost first."""
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        yield current
        current = current.__cause__ or current.__context__


def _endpoint() -> str:
    from huggingface_hub import constants

    return constants.ENDPOINT


def _status(error: BaseException) -> int | None:
    """Return the HTTP status of a Hub error."""
    status = getattr(getattr(error, "response", None), "status_code", None)
    return status if isinstance(status, int) else None


def _missing_because(error: BaseException) -> str:
    if _status(error) == 401:
        return "it does not exist, or it is private and you are not logged in"
    return "it does not exist, or it is private and your token may not see it"


def _server_said(error: BaseException) -> str:
    message = getattr(error, "server_message", None)
    return f": {message.splitlines()[0][:200]}" if message else ""


def _path_of(error: BaseException) -> str:
    """Name the file that a failed request was about."""
    url = getattr(getattr(getattr(error, "response", None), "request", None), "url", None)
    return str(url).partition("/resolve/")[2].partition("/")[2].partition("?")[0] or "the file"


def _asked_wait(error: BaseException) -> float | None:
    """Seconds the Hub asks to wait, from ``RateLimit`` or ``Retry-After``."""
    from huggingface_hub.utils import parse_ratelimit_headers

    headers = getattr(getattr(error, "response", None), "headers", None) or {}
    limit = parse_ratelimit_headers(headers) if _status(error) == 429 else None
    if limit is not None and limit.remaining == 0:
        return float(limit.reset_in_seconds)
    asked = headers.get("Retry-After", "")
    return float(asked) if asked.isdigit() else None


def _later(error: BaseException) -> str:
    seconds = _asked_wait(error)
    when = "in a few minutes" if seconds is None else f"in {seconds:.0f} seconds"
    return f"run the same command again {when}; logged-in users have higher limits: hf auth login"


def _first_line(error: BaseException) -> str:
    lines = str(error).strip().splitlines()
    return lines[0] if lines else type(error).__name__
