"""Our entries and sections out of cards of the user's own."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from hubscore.errors import HubError, PublishError
from hubscore.hub.addresses import repo_named
from hubscore.hub.client import hub_api
from hubscore.hub.errors import explain_error
from hubscore.hub.retry import retry
from hubscore.publish.cards.card import decode, diff
from hubscore.publish.cards.left_alone import LeftAlone, outcome_of, readable, status_code
from hubscore.publish.cards.pull_requests import PullRequest
from hubscore.publish.cards.send import CARD, LOST_RACE, TRIES, Card
from hubscore.publish.cards.targets import Account, may_write, sending_account, who
from hubscore.publish.retract.publishers import RECORD, Records
from hubscore.publish.retract.take_out import records_in, take_out
from hubscore.text import clean
from hubscore.types import Publication

if TYPE_CHECKING:
    from huggingface_hub import HfApi

_AT_ONCE = 8
"""Cards that are read at the same time; they are changed one by one."""


def retract_cards(
    *,
    model: str | None = None,
    run: str | None = None,
    yes: bool = False,
    token: str | bool | None = None,
    api: HfApi | None = None,
) -> list[Publication]:
    """Take our entries and sections out of own cards; without ``yes`` only show the diffs.

    Args:
        model: of this card everything, whoever published it: the card is the user's.
        run: of all own cards what links to this run, which must be the user's own. With neither, everything in all own
            cards that links to a run of the user's, or to one that is gone.
        yes: change the cards.
        token: for the Hub; the saved one by default.
        api: the Hub client, instead of ``token``.

    Returns:
        One publication per card in which something of ours stands; ``outcome`` is ``would take out``, ``taken out``,
        ``unchanged``, ``skipped`` or ``failed``.

    Raises:
        PublishError: the model's card is not the user's.
        HubError: nobody is logged in, or the Hub failed; nothing was sent.
    """
    api = api or hub_api(token)
    account = sending_account(who(api))
    if model is not None:
        model = repo_named(model, "model", api.endpoint)
        if not _own(api, account, model):
            why = "its repo is not in your namespace or an organisation's of yours, or your token may not write there"
            fix = f"ask its owner, or hubscore retract {model} --from prs"
            raise PublishError(f"The card of '{clean(model)}' is not yours", why, fix)
        return [_Card(api, model, lambda url: True).retracted(yes=yes)]
    goes, foreign = _choice(api, account.name, run)
    cards = [_Card(api, repo, goes, foreign) for repo in _repos(api, account)]
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        seen = list(pool.map(lambda card: card.retracted(yes=False), cards))
    found = [(card, one) for card, one in zip(cards, seen, strict=True) if one.outcome != "unchanged"]
    return [card.retracted(yes=True) if yes and one.outcome == "would take out" else one for card, one in found]


def _choice(api: HfApi, user: str, run: str | None) -> tuple[Callable[[str], bool], Callable[[str], tuple[str, ...]]]:
    """Return what tells what goes by the address of its record, and who else published what would go otherwise."""
    records = Records(api)

    def wanted(url: str) -> bool:
        found = RECORD.search(url)
        return found is not None and run in (None, found[2])

    def foreign(url: str) -> tuple[str, ...]:
        authors = records.authors(url) if wanted(url) else ()
        return () if user in authors else authors

    return lambda url: wanted(url) and not foreign(url), foreign


def _repos(api: HfApi, account: Account) -> Iterator[str]:
    """Yield every model repo of the user's and of the organisations'."""
    from huggingface_hub.utils import httpx

    for namespace in sorted(account.namespaces):
        try:
            yield from retry(partial(_listed, api, namespace))
        except (OSError, ValueError, httpx.HTTPError) as error:
            known = explain_error(error, namespace)
            what = f"The Hub does not list the models of '{clean(namespace)}'"
            raise HubError(what, known.why or known.what, known.fix, code=known.code) from error


def _listed(api: HfApi, namespace: str) -> list[str]:
    return [one.id for one in api.list_models(author=namespace)]


def _own(api: HfApi, account: Account, repo: str) -> bool:
    return repo.partition("/")[0] in account.namespaces and may_write(api, repo)


@dataclass
class _Card:
    """One card from which something goes."""

    api: HfApi
    repo: str
    goes: Callable[[str], bool]
    foreign: Callable[[str], tuple[str, ...]] = field(default=lambda url: ())
    difference: str = ""
    tried: bool = False
    writable: bool | None = None

    def retracted(self, *, yes: bool) -> Publication:
        """Show, or take out."""
        return outcome_of(self._send if yes else lambda: retry(self._preview), self._done, self.repo)

    def _preview(self) -> Publication:
        card, content = self._read()
        return self._done("unchanged" if content == card.content else "would take out")

    def _send(self) -> Publication:
        for _ in range(TRIES):
            if done := retry(lambda: readable(self._attempt)):
                return done
        why = f"somebody else changed the card at the same moment, {TRIES} times in a row; run the same command again"
        raise LeftAlone("failed", why)

    def _attempt(self) -> Publication | None:
        from huggingface_hub import CommitOperationAdd
        from huggingface_hub.errors import HfHubHTTPError

        card, content = self._read()
        if content == card.content:
            return self._done("taken out" if self.tried else "unchanged")
        operations = [CommitOperationAdd(CARD, content)]
        message = "Take out hubscore transferability estimates"
        self.tried = True
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # what the Hub thinks of other metadata in it
                self.api.create_commit(self.repo, operations, commit_message=message, parent_commit=card.sha)
        except HfHubHTTPError as error:
            self.tried = status_code(error) not in LOST_RACE
            if not self.tried:
                return None
            raise
        return self._done("taken out")

    def _read(self) -> tuple[Card, bytes]:
        """Return the card as it is, and as it should be.

        Raises:
            LeftAlone: all that is ours there is somebody else's to retract, or it cannot be written.
            CardRefused: it cannot be changed as text.
        """
        from huggingface_hub.errors import RemoteEntryNotFoundError

        sha = self.api.model_info(self.repo).sha or "main"
        try:
            content = Path(self.api.hf_hub_download(self.repo, CARD, revision=sha)).read_bytes()
        except RemoteEntryNotFoundError:
            return Card(sha, b""), b""
        if b"hubscore" not in content:
            return Card(sha, content), content
        text = decode(content)
        changed = take_out(text, self.repo, self.goes).encode()
        self.difference = diff(content, changed, self.repo) or self.difference
        if changed != content and not self._may_write():
            raise LeftAlone("skipped", "your token may not write there")
        if changed == content and (others := sorted({one for url in records_in(text) for one in self.foreign(url)})):
            raise LeftAlone("skipped", _theirs(self.repo, others))
        return Card(sha, content), changed

    def _may_write(self) -> bool:
        if self.writable is None:
            self.writable = may_write(self.api, self.repo)
        return self.writable

    def _done(self, outcome: str, pull: PullRequest | None = None) -> Publication:
        return Publication(self.repo, "card", self.difference, None, outcome)


def _theirs(repo: str, authors: list[str]) -> str:
    names = ", ".join(f"@{clean(author)}" for author in authors)
    return f"the run is one of {names}; hubscore retract {repo} --from cards takes everything out of this card"
