"""Every error that hubscore raises: what happened, why, what to type next, and a code that programs decide on."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import ClassVar


class ErrorCode(StrEnum):
    """The codes that hubscore's errors carry, all of them; a plug-in may use others.

    Code and tests decide on a code, a type or a detail, never on the words of a sentence. A member is a ``str``:

        >>> ErrorCode.GATED == "gated"
        True
    """

    # One per class: what an error has when its place of origin knows nothing more exact.
    ERROR = "error"
    USAGE = "usage"
    DATASET = "dataset"
    CANDIDATE = "candidate"
    HUB = "hub"
    STORAGE = "storage"
    PUBLISH = "publish"
    BUDGET = "budget"
    CANCELLED = "cancelled"
    UNDEFINED = "undefined"

    # About a repo on the Hub.
    INVALID_ID = "invalid-id"
    REPO_NOT_FOUND = "repo-not-found"
    GATED = "gated"
    REPO_DISABLED = "repo-disabled"
    REVISION_NOT_FOUND = "revision-not-found"
    FILE_NOT_FOUND = "file-not-found"

    # About a request; ``status`` is among the details where the Hub answered.
    UNAUTHORIZED = "unauthorized"
    FORBIDDEN = "forbidden"
    RATE_LIMITED = "rate-limited"
    SERVER_ERROR = "server-error"
    HTTP_ERROR = "http-error"
    INVALID_ENDPOINT = "invalid-endpoint"
    OFFLINE = "offline"
    UNREACHABLE = "unreachable"
    TIMEOUT = "timeout"
    CONNECTION_LOST = "connection-lost"

    # About a modality.
    NO_ATTRIBUTION = "no-attribution"

    # About which column of a data set is the label.
    LABEL_UNSURE = "label-unsure"
    LABEL_AMBIGUOUS = "label-ambiguous"
    NO_LABEL = "no-label"

    # About what the folders of a data set are.
    TWO_READINGS = "two-readings"

    # About a calibration.
    CALIBRATION_VERSION = "calibration-version"

    # About this machine.
    DISK_FULL = "disk-full"
    READ_ONLY = "read-only"
    PROCESS_DIED = "process-died"
    OUT_OF_MEMORY = "out-of-memory"
    TIMED_OUT = "timed-out"


class Advice(StrEnum):
    """What would help where a score is undefined, in words that hold however hubscore is used.

    A ranking drops advice that it follows already, and the command line says what to type (:mod:`hubscore.cli.advice`):
    both go by the member, which a reason carries.
    """

    words: str

    def __new__(cls, code: str, words: str) -> Advice:  # noqa: D102
        member = str.__new__(cls, code)
        member._value_, member.words = code, words
        return member

    REDUCE = "reduce", "reduce to 32 dimensions"
    SAMPLES = "samples", "use more samples"
    LAYER = "layer", "use another layer"
    DEDUPLICATE = "deduplicate", "drop duplicated samples"
    LABELS = "labels", "label the probe"
    LABEL_TEXTS = "label-texts", "pass class texts as label_texts="
    REFERENCE = "reference", "rank with a reference network"
    ALL_SCORES = "all-scores", "rank with all scores"


NO_MORE_ROWS = "the data have no more rows"
"""Said in place of the advice to use more samples where all of them are in use."""


class HubscoreError(Exception):
    """An error a person can act on, and a program can decide on.

    Args:
        what: what happened, subject first, without a full stop.
        why: the cause, or an empty string when ``what`` says it.
        fix: what to type or change next.
        code: one of :class:`ErrorCode`, or another word in kebab-case; without it, the one of the class.
        **details: facts for programs. Three have a meaning everywhere: ``subject`` is the name of what the error is
            about, ``predicate`` is what ``what`` says of it, for places that show the name already, and ``options``
            are the options that do not go together: of these, one that only a file's default set is left out.

    Attributes:
        code: what happened, for programs.
        details: the facts, as they were given.

    Example:
        >>> error = HubError("The Hub failed", "error 503", code=ErrorCode.SERVER_ERROR, status=503)
        >>> error.code, error.details["status"]
        (<ErrorCode.SERVER_ERROR: 'server-error'>, 503)
    """

    exit_code: ClassVar[int] = 1
    default_code: ClassVar[str] = ErrorCode.ERROR

    def __init__(self, what: str, why: str = "", fix: str = "", *, code: str | None = None, **details: object) -> None:
        super().__init__(what, why, fix)
        self.what, self.why, self.fix = what, why, fix
        self.code: str = self.default_code if code is None else code
        self.details: dict[str, object] = details

    def __str__(self) -> str:
        sentence = f"{self.what}: {self.why}" if self.why else self.what
        return f"{sentence}\nTry: {self.fix}" if self.fix else sentence

    @property
    def subject(self) -> str | None:
        """The name of what the error is about: a model, a data set, a file."""
        return _text(self.details.get("subject"))

    @property
    def predicate(self) -> str | None:
        """What ``what`` says of the subject; empty when that is only that the subject cannot be used."""
        return _text(self.details.get("predicate"))


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def reason_of(error: HubscoreError) -> str:
    """Return an error on one line, without the name of the model that a list of skipped models shows before it.

    Example:
        >>> error = CandidateError("Model 'org/net' is gated", "ask its owner", subject="org/net", predicate="is gated")
        >>> reason_of(error)
        'is gated: ask its owner'
    """
    what = error.what if error.predicate is None else error.predicate
    sentence = f"{what}: {error.why}" if what and error.why else what or error.why
    return f"{sentence}; {error.fix}" if error.fix else sentence


class UsageError(HubscoreError):
    """The command or call itself is wrong: nothing was started."""

    exit_code = 2
    default_code = ErrorCode.USAGE


class DatasetError(HubscoreError):
    """The data set cannot be found, read, or used as a probe."""

    default_code = ErrorCode.DATASET


class CandidateError(HubscoreError):
    """A checkpoint cannot be resolved, loaded or run; a ranking skips it and goes on."""

    default_code = ErrorCode.CANDIDATE


class HubError(HubscoreError):
    """The Hub refused, failed or could not be reached."""

    default_code = ErrorCode.HUB


class StorageError(HubscoreError):
    """The disk is full, or a cache or result file cannot be written or read."""

    default_code = ErrorCode.STORAGE


class PublishError(HubscoreError):
    """What was asked would reach people who should not be reached with it; nothing was sent."""

    default_code = ErrorCode.PUBLISH


class BudgetError(HubscoreError):
    """The run would need more bytes than allowed and nobody is there to ask."""

    default_code = ErrorCode.BUDGET


class Cancelled(HubscoreError):  # noqa: N818 - not a fault
    """The person said no, or pressed Ctrl-C."""

    default_code = ErrorCode.CANCELLED


class Undefined(HubscoreError):  # noqa: N818 - the public name, and a fact about the input rather than a fault
    """A score has no value on this input; ``why`` is the reason and ``fix`` what would help.

    Args:
        what: what is undefined.
        why: the reason.
        fix: what would help.
        advice: what would help as well, said before ``fix``.
        code: as in :class:`HubscoreError`.
        **details: as there.

    Example:
        >>> few = Undefined("It is undefined", "there are few samples", advice=(Advice.REDUCE, Advice.SAMPLES))
        >>> few.reason
        'there are few samples; reduce to 32 dimensions, or use more samples'
        >>> few.without(Advice.REDUCE).reason
        'there are few samples; use more samples'
    """

    default_code = ErrorCode.UNDEFINED

    def __init__(
        self,
        what: str,
        why: str,
        fix: str = "",
        *,
        advice: Sequence[Advice] = (),
        code: str | None = None,
        **details: object,
    ) -> None:
        super().__init__(what, why, alternatives(*(one.words for one in advice), fix), code=code, **details)
        self.advice, self._fix = tuple(advice), fix

    @property
    def reason(self) -> str:
        """The reason on one line, as rankings show it."""
        return f"{self.why}; {self.fix}" if self.fix else self.why

    @property
    def own_fix(self) -> str:
        """What would help beside the pieces of advice."""
        return self._fix

    def without(self, followed: Advice) -> Undefined:
        """Return the same without a piece of advice that is followed already."""
        left = [one for one in self.advice if one != followed]
        return Undefined(self.what, self.why, self._fix, advice=left, code=self.code, **self.details)

    def on_all_rows(self) -> Undefined:
        """Return the same where the data have no more rows: what else would help, or that nothing would."""
        left = self.without(Advice.SAMPLES)
        if Advice.SAMPLES not in self.advice or left.fix:
            return left
        return Undefined(self.what, self.why, NO_MORE_ROWS, advice=(), code=self.code, **self.details)


def alternatives(*sentences: str) -> str:
    """Return one sentence from several, of which each would do; empty ones are left out.

    Example:
        >>> alternatives("drop it", "", "use more"), alternatives("drop it", "use more", "wait")
        ('drop it, or use more', 'drop it, use more, or wait')
    """
    *others, last = [sentence for sentence in sentences if sentence] or [""]
    return f"{', '.join(others)}, or {last}" if others else last
