"""Our own pull requests on a repo: found by author, title and marker, and what their owners did with them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hubscore.publish.cards.memory import Memory
from hubscore.publish.cards.words import SUPERSEDED

if TYPE_CHECKING:
    from huggingface_hub import DiscussionEvent, DiscussionWithDetails, HfApi

_TITLED = "hubscore"
_MARKED = "<!-- hubscore:pull-request "


@dataclass(frozen=True)
class Pull:
    """One pull request of ours.

    Attributes:
        number: on its repo.
        status: open, draft, closed or merged.
        marker: names the data set it is about; none where the first comment was edited away.
        url: its page.
        conflicting: it cannot be merged any more.
        superseded: we closed it ourselves, for another one.
    """

    number: int
    status: str
    marker: str | None
    url: str
    conflicting: bool
    superseded: bool

    @property
    def open(self) -> bool:
        """Whether it waits for an answer."""
        return self.status in ("open", "draft")

    @property
    def declined(self) -> bool:
        """Whether the owner closed it."""
        return self.status == "closed" and not self.superseded

    @property
    def reference(self) -> str:
        """Its branch."""
        return f"refs/pr/{self.number}"


def find_pulls(api: HfApi, repo: str, user: str, memory: Memory) -> list[Pull]:
    """Return every pull request that we opened on a repo, the oldest first.

    A pull request is ours when the author is the user, and its first comment carries our marker, or this machine remembers
    to have opened it: owners rename pull requests, and hide comments.
    """
    known = memory.numbers(repo)
    talks = api.get_repo_discussions(repo, author=user, discussion_type="pull_request")
    listed = {talk.num for talk in talks if talk.author == user and _TITLED in talk.title.lower()}
    # One that was opened a moment ago may be missing from the Hub's list.
    pulls = [pull for number in sorted(listed | known) if (pull := _details(api, repo, number, user)) is not None]
    return [pull for pull in pulls if pull.marker or pull.number in known]


def _details(api: HfApi, repo: str, number: int, user: str) -> Pull | None:
    """Read one pull request; none where it was deleted, or is not the user's."""
    from huggingface_hub.errors import HfHubHTTPError

    try:
        talk = api.get_discussion_details(repo, number)
    except HfHubHTTPError as error:
        if error.response.status_code == 404:
            return None
        raise
    return _read(talk, user) if talk.author == user and talk.is_pull_request else None


def _read(talk: DiscussionWithDetails, user: str) -> Pull:
    comments = [(event.author, _words(event)) for event in talk.events if event.type == "comment"]
    first = comments[0][1] if comments else ""
    begin = first.find(_MARKED)
    return Pull(
        number=talk.num,
        status=talk.status,
        marker=None if begin < 0 else first[begin : first.find("-->", begin) + 3],
        url=talk.url,
        conflicting=bool(talk.conflicting_files),
        superseded=any(author == user and SUPERSEDED in words for author, words in comments[1:]),
    )


def _words(event: DiscussionEvent) -> str:
    """Return what a comment says; of a hidden one nothing is known."""
    return "" if getattr(event, "hidden", True) else str(getattr(event, "content", ""))
