"""What stops a card on its way: a repo that is left alone, and answers of the Hub that cannot be read."""

from __future__ import annotations

from collections.abc import Callable
from json import JSONDecodeError
from typing import TypeVar

from hubscore.publish.cards.pull_requests import PullRequest

T = TypeVar("T")


class LeftAlone(Exception):  # noqa: N818 - an outcome, not a fault
    """A repo is left as it is.

    Args:
        outcome: of its publication.
        reason: why.
        pull: the pull request that decided it.
    """

    def __init__(self, outcome: str, reason: str, pull: PullRequest | None = None) -> None:
        super().__init__(reason)
        self.outcome, self.reason, self.pull = outcome, reason, pull


def readable(attempt: Callable[[], T]) -> T:
    """Let an answer that is not JSON count as what it is: a gateway in trouble."""
    try:
        return attempt()
    except JSONDecodeError as error:
        raise TimeoutError("the Hub's answer could not be read") from error


def status_code(error: BaseException) -> int | None:
    """Return the status of the Hub's answer, none where there was none."""
    return getattr(getattr(error, "response", None), "status_code", None)
