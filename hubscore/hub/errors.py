"""What the Hub answers, in words a person can act on and with a code that programs decide on."""

from __future__ import annotations

import errno
from dataclasses import dataclass
from typing import Literal

from hubscore.errors import CandidateError, DatasetError, ErrorCode, HubError, HubscoreError, StorageError
from hubscore.hub.client_errors import causes, line_fault, requested_wait, status_of
from hubscore.text import without_password

Kind = Literal["model", "dataset", "space"]

_NOUN = {"model": "Model", "dataset": "Data set", "space": "Space"}
_FOLDER = {"model": "", "dataset": "datasets/", "space": "spaces/"}
_OWN: dict[str, type[HubscoreError]] = {"model": CandidateError, "dataset": DatasetError, "space": HubError}


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
        >>> from huggingface_hub.errors import OfflineModeIsEnabled
        >>> error = explain_error(OfflineModeIsEnabled("offline"), "org/name")
        >>> print(error)
        Model 'org/name' could not be read: offline mode is on, so the Hub cannot be asked
        Try: unset HF_HUB_OFFLINE, or name a local folder
        >>> error.code == ErrorCode.OFFLINE
        True
    """
    known = recognise(error, subject, kind=kind)
    if known is not None:
        return known
    why = f"{type(error).__name__}: {_first_line(error)}"
    return _About(subject, kind).error(HubError, f"could not be read from {_endpoint()}", why, code=ErrorCode.HUB)


def recognise(error: BaseException, subject: str, *, kind: Kind = "model") -> HubscoreError | None:
    """Do what :func:`explain_error` does, but return none for an error that has nothing to do with the Hub or the
    line.
    """
    about = _About(subject, kind)
    for cause in causes(error):
        known = cause if isinstance(cause, HubscoreError) else about.explain(cause)
        if known is not None:
            return known
    return None


@dataclass(frozen=True)
class _About:
    """The repo that an error is about."""

    subject: str
    kind: Kind

    @property
    def noun(self) -> str:
        return f"{_NOUN[self.kind]} {self.subject!r}"

    @property
    def page(self) -> str:
        return f"{_endpoint()}/{_FOLDER[self.kind]}{self.subject}"

    def error(
        self,
        make: type[HubscoreError],
        predicate: str,
        why: str = "",
        fix: str = "",
        *,
        code: ErrorCode,
        noun: str | None = None,
        status: int | None = None,
    ) -> HubscoreError:
        """Make the error; only a model is named by the lists that show a predicate alone."""
        facts = {"subject": self.subject, "kind": self.kind, "status": status}
        facts |= {"predicate": predicate if self.kind == "model" else None}
        details = {key: value for key, value in facts.items() if value is not None}
        return make(f"{noun or self.noun} {predicate}", why, fix, code=code, **details)

    def explain(self, error: BaseException) -> HubscoreError | None:
        """Explain one error of the chain, or return none when it says nothing by itself."""
        return self._of_repo(error) or self._of_status(error) or self._of_line(error)

    def _of_repo(self, error: BaseException) -> HubscoreError | None:
        from huggingface_hub import errors as hub

        own, status = _OWN[self.kind], status_of(error)
        if isinstance(error, hub.GatedRepoError):  # a subclass of RepositoryNotFoundError, so it is asked first
            why = "its owner lets in only people who were granted access"
            fix = f"ask at {self.page}, then hf auth login"
            return self.error(own, "is gated", why, fix, code=ErrorCode.GATED, status=status)
        if isinstance(error, hub.RepositoryNotFoundError):
            fix = "check the spelling, or log in with: hf auth login"
            what, code = f"was not found at {_endpoint()}", ErrorCode.REPO_NOT_FOUND
            return self.error(own, what, _missing_because(status), fix, code=code, status=status)
        if isinstance(error, hub.RevisionNotFoundError):
            why, fix = "no branch, tag or commit has this name", f"leave it out, or pick one at {self.page}"
            code = ErrorCode.REVISION_NOT_FOUND
            return self.error(own, "has no such revision", why, fix, code=code, status=status)
        if isinstance(error, hub.RemoteEntryNotFoundError):
            why, fix = f"{_path_of(error)} does not exist in this revision", f"see what is there: {self.page}/tree/main"
            return self.error(own, "lacks a file", why, fix, code=ErrorCode.FILE_NOT_FOUND, status=status)
        if isinstance(error, hub.DisabledRepoError):
            why, fix = "the Hub has taken it down", "choose another one"
            return self.error(own, "is disabled", why, fix, code=ErrorCode.REPO_DISABLED, status=status)
        if isinstance(error, (hub.HFValidationError, hub.HfUriError)):
            why, fix, noun = _first_line(error), "write it as owner/name", repr(self.subject)
            return self.error(own, "is not a Hub id", why, fix, code=ErrorCode.INVALID_ID, noun=noun)
        return None

    def _of_status(self, error: BaseException) -> HubscoreError | None:
        status, said = status_of(error), _server_said(error)
        make: type[HubscoreError] = HubError
        what, fix = "could not be read", ""
        if status is None:
            return None
        if status == 401:
            code, why, fix = ErrorCode.UNAUTHORIZED, f"the Hub refused the token (401){said}", "hf auth login"
        elif status == 403:
            code, why = ErrorCode.FORBIDDEN, f"the token may not do this (403){said}"
            fix = "hf auth login, with a token that has the right"
        elif status == 404:
            what, make = f"was not found at {_endpoint()}", _OWN[self.kind]
            code, why, fix = ErrorCode.REPO_NOT_FOUND, f"the Hub answered 404{said}", "check the spelling"
        elif status == 429:
            code, why, fix = ErrorCode.RATE_LIMITED, f"the Hub's rate limit is reached (429){said}", _later(error)
        elif status >= 500:
            code, why = ErrorCode.SERVER_ERROR, f"the Hub failed (error {status}){said}"
            fix = f"try again in a few minutes; is {_endpoint()} up?"
        else:
            code, why = ErrorCode.HTTP_ERROR, f"the Hub answered {status}{said}"
        return self.error(make, what, why, fix, code=code, status=status)

    def _of_line(self, error: BaseException) -> HubscoreError | None:
        from huggingface_hub.errors import OfflineModeIsEnabled
        from huggingface_hub.utils import httpx

        if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            why, fix = f"{self.noun} could not be downloaded", "free some space, or set HF_HOME to a larger disk"
            return StorageError("The disk is full", why, fix, code=ErrorCode.DISK_FULL)
        fault, what = line_fault(error), "could not be read"
        if isinstance(error, OfflineModeIsEnabled):
            code, why = ErrorCode.OFFLINE, "offline mode is on, so the Hub cannot be asked"
            fix = "unset HF_HUB_OFFLINE, or name a local folder"
        elif isinstance(error, (httpx.UnsupportedProtocol, httpx.InvalidURL)):
            code, why = ErrorCode.INVALID_ENDPOINT, f"HF_ENDPOINT is {_endpoint()!r}, which is not an address"
            fix = "unset HF_ENDPOINT"
        elif fault == "cut":
            what, why, fix = "was cut off while downloading", _first_line(error), "run the same command again"
            code = ErrorCode.CONNECTION_LOST
        elif fault == "slow":
            code, why = ErrorCode.TIMEOUT, f"{_endpoint()} did not answer in time"
            fix = "try again, or set HF_HUB_DOWNLOAD_TIMEOUT=60"
        elif fault == "down":
            code, why = ErrorCode.UNREACHABLE, f"{_endpoint()} cannot be reached"
            fix = "check the network, the proxy and HF_ENDPOINT"
        else:
            return None
        return self.error(HubError, what, why, fix, code=code)


def _endpoint() -> str:
    from huggingface_hub import constants

    return without_password(constants.ENDPOINT)


def _missing_because(status: int | None) -> str:
    if status == 401:
        return "it does not exist, or it is private and you are not logged in"
    return "it does not exist, or it is private and your token may not see it"


def _server_said(error: BaseException) -> str:
    message = getattr(error, "server_message", None)
    return f": {message.splitlines()[0][:200]}" if message else ""


def _path_of(error: BaseException) -> str:
    """Name the file that a failed request was about."""
    url = getattr(getattr(getattr(error, "response", None), "request", None), "url", None)
    return str(url).partition("/resolve/")[2].partition("/")[2].partition("?")[0] or "the file"


def _later(error: BaseException) -> str:
    seconds = requested_wait(error)
    when = "in a few minutes" if seconds is None else f"in {seconds:.0f} seconds"
    return f"run the same command again {when}; logged-in users have higher limits: hf auth login"


def _first_line(error: BaseException) -> str:
    lines = str(error).strip().splitlines()
    return lines[0] if lines else type(error).__name__
