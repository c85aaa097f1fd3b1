"""Every error that hubscore raises: what happened, why, and what to type next."""

from __future__ import annotations

import re

_SUBJECT = re.compile(r"^(?:Cannot (?:load|run|explain)(?: the [\w ]+ of)? '[^']*'$|(?:Model )?'[^']*' )")


class HubscoreError(Exception):
    """An error a person can act on.

    Args:
        what: what happened, subject first, without a full stop.
        why: the cause, or an empty string when ``what`` says it.
        fix: what to type or change next.
    """

    exit_code = 1

    def __init__(self, what: str, why: str = "", fix: str = "") -> None:
        super().__init__(what, why, fix)
        self.what, self.why, self.fix = what, why, fix

    def __str__(self) -> str:
        sentence = f"{self.what}: {self.why}" if self.why else self.what
        return f"{sentence}\nTry: {self.fix}" if self.fix else sentence


def reason_of(error: HubscoreError) -> str:
    """Return an error on one line, without the name of the model that a list of skipped models shows before it.

    Example:
        >>> reason_of(CandidateError("Cannot load 'org/net'", "its weights are damaged", "download them again"))
        'its weights are damaged; download them again'
    """
    subject = _SUBJECT.sub("", error.what)
    sentence = f"{subject}: {error.why}" if subject and error.why else subject or error.why
    return f"{sentence}; {error.fix}" if error.fix else sentence


class UsageError(HubscoreError):
    """The command or call itself is wrong: nothing was started."""

    exit_code = 2


class DatasetError(HubscoreError):
    """The data set cannot be found, read, or used as a probe."""


class CandidateError(HubscoreError):
    """A checkpoint cannot be resolved, loaded or run; a ranking skips it and goes on."""


class HubError(HubscoreError):
    """The Hub refused, failed or could not be reached."""


class StorageError(HubscoreError):
    """The disk is full, or a cache or result file cannot be written or read."""


class PublishError(HubscoreError):
    """What was asked would reach people who should not be reached with it; nothing was sent."""


class BudgetError(HubscoreError):
    """The run would need more bytes than allowed and nobody is there to ask."""


class Cancelled(HubscoreError):  # noqa: N818 - not a fault
    """The person said no, or pressed Ctrl-C."""


class Undefined(HubscoreError):  # noqa: N818 - the public name, and a fact about the input rather than a fault
    """A score has no value on this input; ``why`` is the reason and ``fix`` what would help."""

    def __init__(self, what: str, why: str, fix: str = "") -> None:
        super().__init__(what, why, fix)

    @property
    def reason(self) -> str:
        """The reason on one line, as rankings show it."""
        return f"{self.why}; {self.fix}" if self.fix else self.why
