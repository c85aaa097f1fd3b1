"""Pull requests by hubscore on a repo, whoever opened them: found by title and marker, and what became of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from hubscore.publish.cards.pr_history import PullRequestHistory
from hubscore.publish.cards.pr_text import SUPERSEDED, TITLE
from hubscore.text import clean

if TYPE_CHECKING:
    from huggingface_hub import DiscussionEvent, DiscussionWithDetails, HfApi

_TITLED = "hubscore"
_OPEN = ("open", "draft")
_MARKED = "<!-- hubscore:pull-request "
LOOKED_INTO = 30
"""Open pull requests with another title that are looked into, the newest: owners rename them."""


@dataclass(frozen=True)
class PullRequest:
    """One pull request that hubscore opened, for us or for somebody else.

    Attributes:
        number: on its repo.
        author: on whose behalf.
        status: open, draft, closed or merged.
        marker: names the data set it is about; none where the first comment was edited away.
        url: its page.
        conflicting: it cannot be merged any more.
        superseded: its author closed it for another one.
        closed_by: who closed it, empty where nobody did or the Hub does not say.
        created: when it was opened; none where the Hub does not say.
        comment: id of its first comment.
        committed: its commit says what hubscore's do, whatever became of title and comment.
    """

    number: int
    author: str
    status: str
    marker: str | None
    url: str
    conflicting: bool
    superseded: bool
    closed_by: str = ""
    created: datetime | None = None
    comment: str = ""
    committed: bool = False

    @property
    def open(self) -> bool:
        """Whether it waits for an answer."""
        return self.status in _OPEN

    @property
    def declined(self) -> bool:
        """Whether it was closed unmerged, and not for another one: a no, whoever said it."""
        return self.status == "closed" and not self.superseded

    @property
    def reference(self) -> str:
        """Its branch."""
        return f"refs/pr/{self.number}"


def find_pull_requests(api: HfApi, repo: str, user: str, memory: PullRequestHistory) -> list[PullRequest]:
    """Return every pull request that hubscore opened on a repo, the oldest first.

    One is hubscore's when its first comment carries our marker, or its commit our title; those whose title says
    hubscore are looked into, and the newest open ones of any title: owners rename pull requests. The user's own ones
    are also known by what this machine remembers to have opened.
    """
    known = memory.numbers(repo)
    talks = list(api.get_repo_discussions(repo, discussion_type="pull_request"))
    listed = {talk.num for talk in talks if _TITLED in talk.title.lower()}
    others = sorted((talk.num for talk in talks if talk.status in _OPEN and talk.num not in listed), reverse=True)
    listed.update(others[:LOOKED_INTO])
    # One that was opened a moment ago may be missing from the Hub's list.
    pulls = [pull for number in sorted(listed | known) if (pull := _details(api, repo, number)) is not None]
    return [pull for pull in pulls if pull.marker or pull.committed or (pull.number in known and pull.author == user)]


def _details(api: HfApi, repo: str, number: int) -> PullRequest | None:
    """Read one pull request; none where it was deleted."""
    from huggingface_hub.errors import HfHubHTTPError

    try:
        talk = api.get_discussion_details(repo, number)
    except HfHubHTTPError as error:
        if error.response.status_code == 404:
            return None
        raise
    return _read(talk) if talk.is_pull_request else None


def _read(talk: DiscussionWithDetails) -> PullRequest:
    said = [event for event in talk.events if event.type == "comment"]
    comments = [(event.author, _words(event)) for event in said]
    first = comments[0][1] if comments else ""
    begin = first.find(_MARKED)
    closings = [event.author for event in talk.events if getattr(event, "new_status", "") == "closed"]
    return PullRequest(
        number=talk.num,
        author=talk.author,
        status=talk.status,
        marker=None if begin < 0 else first[begin : first.find("-->", begin) + 3],
        url=talk.url,
        conflicting=bool(talk.conflicting_files),
        superseded=any(author == talk.author and SUPERSEDED in words for author, words in comments[1:]),
        closed_by=closings[-1] if closings else "",
        created=talk.created_at,
        comment=said[0].id if said else "",
        committed=any(str(getattr(event, "summary", "")).startswith(TITLE) for event in talk.events),
    )


def _words(event: DiscussionEvent) -> str:
    """Return what a comment says; of a hidden one nothing is known."""
    return "" if getattr(event, "hidden", True) else str(getattr(event, "content", ""))


def why_declined(pull: PullRequest, user: str) -> str:
    """Say whose pull request was closed, and by whom: the owner, or whoever had opened it."""
    mine = pull.author == user
    if pull.closed_by == pull.author:
        who = "you closed your" if mine else f"@{clean(pull.author)} closed their"
        return f"{who} own pull request there (#{pull.number})"
    whose = "your" if mine else f"@{clean(pull.author)}'s"
    by = f" by @{clean(pull.closed_by)}" if pull.closed_by else ""
    return f"{whose} pull request was closed there{by} (#{pull.number})"
