"""One card on its way to one repo: read, spliced, committed; read again when somebody else came first."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from hubscore.hub.retry import is_transient, retry
from hubscore.publish.cards.card import CardUpdate, diff, displaced, edit_card, has_entry, name_of, opted_out
from hubscore.publish.cards.etiquette import month_is_over, our_turn
from hubscore.publish.cards.left_alone import LeftAlone, outcome_of, readable, status_code
from hubscore.publish.cards.pr_history import Allowance
from hubscore.publish.cards.pr_text import LONGEST_TITLE, SUPERSEDED, body, marker, title
from hubscore.publish.cards.pull_requests import PullRequest, find_pull_requests
from hubscore.types import Publication

if TYPE_CHECKING:
    from huggingface_hub import CommitInfo, HfApi

CARD = "README.md"
LOST_RACE = (409, 412)
TRIES = 6
"""How often somebody else's commit may come first."""


@dataclass(frozen=True)
class Card:
    """A card at one commit."""

    sha: str
    content: bytes


class Sender:
    """Brings one model's card up to date.

    Args:
        api: the Hub client.
        repo: whose card.
        update: what the card should hold.
        own: the user may write to the repo; a pull request is opened otherwise.
        user: on whose behalf; empty when nobody is logged in.
        optout: owners and repos that want no entry, in lower case.
        allowance: of pull requests.
        replace: turn an open pull request of ours for other data into one for this data.
    """

    def __init__(
        self,
        api: HfApi,
        repo: str,
        update: CardUpdate,
        *,
        own: bool,
        user: str,
        optout: frozenset[str],
        allowance: Allowance,
        replace: bool = False,
    ) -> None:
        self.api, self.repo, self.update, self.own, self.user, self.optout = api, repo, update, own, user, optout
        self.replace = replace
        self.allowance, self.memory = allowance, allowance.memory
        self._diff = ""
        self._tried = ""  # what a commit whose answer may have been lost would have come to
        self._reserved = self._unsure = False
        self._pulls: list[PullRequest] = []
        self._main = b""  # the card that is there, whatever our pull request makes of it
        self._displaced: tuple[tuple[str, str], ...] = ()  # entries of ours in it that give way, and their records

    def preview(self) -> Publication:
        """Say what would be done; nothing is sent."""
        return outcome_of(lambda: retry(self._preview), self._done, self.repo)

    def send(self) -> Publication:
        """Commit where the user may write; elsewhere open a pull request, or bring ours up to date."""
        try:
            return outcome_of(lambda: self._again(self._write if self.own else self._propose), self._done, self.repo)
        finally:
            if self._reserved and not self._unsure:
                self.allowance.resolve_reservation(self.repo, None)

    def _preview(self) -> Publication:
        pull = None if self.own else self._own_pull()
        stale = pull is not None and pull.conflicting
        card = self._card(None if stale else pull)
        if self._changed(card) == card.content:
            return self._done("unchanged", pull)
        if self.own or (pull is not None and not stale):
            return self._done("would write" if self.own else "would update", pull)
        if why := month_is_over(self._pulls) or self.allowance.foresee():
            raise LeftAlone("skipped", why, pull)
        return self._done("would open", pull)

    def _write(self) -> Publication | None:
        card = self._card(None)
        content = self._changed(card)
        if content == card.content:
            return self._done(self._tried or "unchanged")
        return self._done("written") if self._commit("written", card, content) else None

    def _propose(self) -> Publication | None:
        pull = self._own_pull(tidy=True)
        stale = pull if pull is not None and pull.conflicting else None
        card = self._card(None if stale else pull)
        content = self._changed(card)
        if content == card.content:
            self._settle(pull.number if pull else None)
            if pull is not None and pull.marker not in (self._marker, None):  # the commit arrived, the words did not
                self._retell(pull)
                return self._done("updated", pull)
            return self._done(self._tried or "unchanged", pull)
        if pull is not None and stale is None:
            self._settle(pull.number)
            if self._commit("updated", card, content, pull) is None:
                return None
            self._retell(pull)
            return self._done("updated", pull)
        if not self._reserved and (why := month_is_over(self._pulls)):
            raise LeftAlone("skipped", why, pull)
        self._reserve()
        if stale is not None:
            self._supersede(
                stale, "The card has changed in the same lines since. A new pull request with the same entry follows."
            )
        made = self._commit("opened", card, content)
        if made is not None:
            self._settle(made.pr_num)
        return None  # looked at again: two of us may have run at once

    def _own_pull(self, *, tidy: bool = False) -> PullRequest | None:
        """Return our open pull request, the oldest where there are several; ``tidy`` closes one that lost a race.

        Raises:
            LeftAlone: what else is on the repo leaves us nothing to do.
        """
        if self.memory.declined(self.repo):
            raise LeftAlone("declined", "a hubscore pull request was closed there before")
        try:
            self._pulls = find_pull_requests(self.api, self.repo, self.user, self.memory)
        except Exception as error:
            if status_code(error) == 403:
                raise LeftAlone("skipped", "its owner has turned pull requests off") from error
            raise
        if tidy:
            self._tidy([pull for pull in self._pulls if pull.open])
        try:
            return our_turn(
                self._pulls,
                user=self.user,
                marker=self._marker,
                has_entry=lambda: has_entry(self._card(None).content),
                replace=self.replace,
            )
        except LeftAlone as left:
            if left.outcome == "declined" and left.pull is not None:
                self.memory.decline(self.repo, left.pull.number)
            raise

    def _tidy(self, waiting: list[PullRequest]) -> None:
        """Close what two of us opened at the same moment, but for the oldest; only ours is ours to close."""
        known = (self._marker, None)
        for pull in waiting[1:]:
            again = self._tried == "opened" or waiting[0].marker in known
            if pull.author == self.user and pull.marker in known and again:
                self._supersede(pull, f"Opened at the same moment as #{waiting[0].number}, which stays.")

    def _retell(self, pull: PullRequest) -> None:
        """Let the first comment of a pull request speak of the new numbers, and its title of other data."""
        if pull.marker is None:  # hidden, or edited
            return
        self.api.edit_discussion_comment(self.repo, pull.number, pull.comment, self._body())
        if pull.marker != self._marker:
            self.api.rename_discussion(self.repo, pull.number, title(self.update.entry.dataset))

    def _supersede(self, pull: PullRequest, why: str) -> None:
        """Close a pull request of ours in favour of another one; the owner may have closed it in the same moment."""
        from huggingface_hub.errors import HfHubHTTPError

        try:
            self.api.change_discussion_status(self.repo, pull.number, "closed", comment=f"{why}\n\n{SUPERSEDED}")
        except HfHubHTTPError:
            if self.api.get_discussion_details(self.repo, pull.number).status != "closed":
                raise

    def _reserve(self) -> None:
        if not self._reserved and (why := self.allowance.take(self.repo)):
            raise LeftAlone("skipped", why)
        self._reserved = True

    def _settle(self, number: int | None) -> None:
        if self._reserved:
            self.allowance.resolve_reservation(self.repo, number)
        self._reserved = False

    def _card(self, pull: PullRequest | None) -> Card:
        """Read the card of main, or of our pull request.

        Raises:
            LeftAlone: there is none, or the repo is not to be touched.
        """
        from huggingface_hub.errors import RemoteEntryNotFoundError

        if pull is not None:
            self._card(None)  # the owner may have opted out on main since
        info = self.api.model_info(self.repo, revision=pull.reference if pull else None)
        if info.disabled or (info.gated and not self.own):
            raise LeftAlone("skipped", "the Hub has disabled it" if info.disabled else "it is gated")
        owner = self.repo.partition("/")[0]
        if {owner.lower(), f"{owner.lower()}/*", self.repo.lower()} & self.optout:
            raise LeftAlone("opted out", "it is on the list of those who want no entry (optout.txt)")
        sha = info.sha or "main"
        try:
            content = Path(self.api.hf_hub_download(self.repo, CARD, revision=sha)).read_bytes()
        except RemoteEntryNotFoundError as error:
            raise LeftAlone("skipped", "it has no card (README.md), and hubscore starts none") from error
        if opted_out(content):
            raise LeftAlone("opted out", "its card says hubscore: opt-out")
        self._main = content if pull is None else self._main
        return Card(sha, content)

    def _changed(self, card: Card) -> bytes:
        content = edit_card(card.content, self.update)
        gone = displaced(self._main, self.update)
        self._displaced = tuple((name_of(entry), str(entry["source"].get("url") or "")) for entry in gone)
        self._diff = diff(card.content, content, self.repo) or self._diff
        return content

    def _commit(self, trying: str, card: Card, content: bytes, pull: PullRequest | None = None) -> CommitInfo | None:
        """Commit once, on the commit that was read; none when somebody else's commit came first."""
        from huggingface_hub import CommitOperationAdd
        from huggingface_hub.errors import HfHubHTTPError

        dataset, opening = self.update.entry.dataset, trying == "opened"
        subject = (
            title(dataset) if opening else f"Update hubscore transferability estimate for {dataset}"[:LONGEST_TITLE]
        )
        self._tried, self._unsure = trying, True
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # what the Hub thinks of somebody else's metadata
                made = self.api.create_commit(
                    self.repo,
                    [CommitOperationAdd(CARD, content)],
                    commit_message=subject,
                    parent_commit=card.sha,
                    create_pr=opening,
                    commit_description=self._body() if opening else None,
                    revision=pull.reference if pull else None,
                )
        except Exception as error:
            self._unsure = is_transient(error)
            if not self._unsure:
                self._tried = ""
            if isinstance(error, HfHubHTTPError) and error.response.status_code in LOST_RACE:
                return None
            raise
        self._unsure = False
        return made

    def _again(self, attempt: Callable[[], Publication | None]) -> Publication:
        for _ in range(TRIES):
            done = retry(lambda: readable(attempt))
            if done is not None:
                return done
        raise LeftAlone(
            "failed",
            f"somebody else changed the card at the same moment, {TRIES} times in a row; run the same command again",
        )

    def _body(self) -> str:
        section = bool(self.update.section)
        return body(self.update.entry, self.user, self.update.page, section=section, replaced=self._displaced)

    @property
    def _marker(self) -> str:
        return marker(self.update.entry.ranking)

    def _done(self, outcome: str, pull: PullRequest | None = None) -> Publication:
        gone = ", ".join(name for name, _ in self._displaced)
        why = f"takes the place of the entry for {gone}" if gone and outcome != "unchanged" else ""
        return Publication(self.repo, "card", self._diff, pull.url if pull else None, outcome, why)
