"""What stops a card on its way: a repo that is left alone, and answers of the Hub that cannot be read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from json import JSONDecodeError
from typing import TypeVar

from hubscore.errors import CandidateError, HubscoreError, reason_of
from hubscore.hub.errors import explain_error
from hubscore.publish.cards.frontmatter import CardRefused
from hubscore.publish.cards.pull_requests import PullRequest
from hubscore.text import clean
from hubscore.types import Publication

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


def outcome_of(
    act: Callable[[], Publication], done: Callable[[str, PullRequest | None], Publication], repo: str
) -> Publication:
    """Turn what stops a repo into an outcome: one repo never stops the others.

    Args:
        act: previews or changes one repo.
        done: makes the publication for an outcome.
        repo: which one.
    """
    from huggingface_hub.utils import httpx

    try:
        return act()
    except LeftAlone as left:
        return replace(done(left.outcome, left.pull), reason=left.reason)
    except CardRefused as refused:
        return replace(done("skipped", None), reason=clean(refused))
    except HubscoreError as error:
        return replace(done("failed", None), reason=reason_of(error))
    except (OSError, ValueError, httpx.HTTPError) as error:
        outcome, why = _why(error, repo)
        return replace(done(outcome, None), reason=why)


def _why(error: Exception, repo: str) -> tuple[str, str]:
    # The client raises a bare ValueError for a card that the Hub's own check refuses: no type, no code.
    if type(error) is ValueError and "Invalid metadata in README.md" in str(error):
        return "skipped", f"the Hub does not accept its metadata: {clean(str(error).partition('README.md.')[2])}"
    if status_code(error) == 403:
        return "skipped", "your token may not write there, or its owner has turned pull requests off"
    known = explain_error(error, repo)
    told = "; ".join(part for part in (known.why or known.what, known.fix) if part)
    return ("skipped" if isinstance(known, CandidateError) else "failed"), told
