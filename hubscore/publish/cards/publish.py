"""A ranking into model cards: previewed, written where the user may write, offered as pull requests elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hubscore.errors import PublishError, UsageError
from hubscore.hub.addresses import repo_named
from hubscore.hub.client import hub_api
from hubscore.publish.cards.card import CardUpdate
from hubscore.publish.cards.entry import CardEntry
from hubscore.publish.cards.pr_history import Allowance, PullRequestHistory, state_file
from hubscore.publish.cards.preconditions import refusals, unfounded
from hubscore.publish.cards.send import Sender
from hubscore.publish.cards.targets import Account, Target, find_targets, sending_account, who
from hubscore.publish.privacy import is_public
from hubscore.text import clean, without_password
from hubscore.types import Publication, Ranking

if TYPE_CHECKING:
    from huggingface_hub import HfApi

    from hubscore.results import Record

TOP = 5


@dataclass(frozen=True)
class CardPublication:
    """The results of publishing to cards.

    Attributes:
        publications: one per repo, in the order of the ranking.
        refused: why no pull request would be opened with this ranking, where that is so.
        outlook: of a preview, how many pull requests would be opened under the caps.
        left_out: repos of the user's own that the ranking has behind its first models.
    """

    publications: tuple[Publication, ...]
    refused: tuple[PublishError, ...] = ()
    outlook: str = ""
    left_out: tuple[str, ...] = ()


def publish_cards(
    ranking: Ranking,
    *,
    yes: bool = False,
    open_prs: bool = False,
    top: int = TOP,
    every: bool = False,
    replace_prs: bool = False,
    section: bool | None = None,
    results_repo: str | None = None,
    allow_private_dataset_name: bool = False,
    token: str | bool | None = None,
    api: HfApi | None = None,
    listed: Callable[[Sequence[Target]], None] | None = None,
) -> CardPublication:
    """Put a ranking's estimates into the cards of its models; without ``yes`` only say what would change.

    Args:
        ranking: what to publish.
        yes: write to the repos that the user may write to.
        open_prs: with ``yes``, open pull requests on the repos of others as well.
        top: only for this many of the best models.
        every: all repos that the user may write to, of whatever place.
        replace_prs: turn open pull requests of the user's own for other data into ones for this data.
        section: put a paragraph into the card's text too, or take it out; none keeps what is there up to date.
        results_repo: the data set that holds the run's record; by default ``USER/hubscore-results``.
        allow_private_dataset_name: name a data set that is not public on the Hub; only ever in repos of the user's own.
        token: for the Hub; the saved one by default.
        api: the Hub client, instead of ``token``.
        listed: called with every repo before the first of them is read or written.

    Returns:
        One publication per repo; its ``outcome`` says what was or would be done, its ``reason`` why not.

    Raises:
        UsageError: ``top`` is below 1, or the ranking is empty.
        PublishError: the data set is private, the record is not published, or pull requests are asked for and may not
            be opened.
        HubError: nobody is logged in, or the Hub failed; nothing was sent.

    Example:
        >>> for publication in publish_cards(Ranking.load("ranking.json")).publications:  # doctest: +SKIP
        ...     print(publication.diff)
    """
    if top < 1:
        raise UsageError(f"Cannot publish to the first {top} models", "there must be one at least", "--top 5")
    if not ranking.rows:
        raise UsageError(
            "The ranking cannot be published", "no model is in it", "hubscore rank DATASET --out ranking.json"
        )
    api = api or hub_api(token)
    account = who(api)
    if yes:
        account = sending_account(account)
    public = is_public(ranking, api)
    if not public and not allow_private_dataset_name:
        raise _private(ranking)
    repo = repo_named(results_repo, "dataset", api.endpoint) if results_repo else _default_repo(account)
    record, url, optout = _look_up(ranking, repo, api)
    targets, left_out = find_targets(ranking, api, account, top, every=every)
    refused = tuple(refusals(ranking, top, public=public, record=record, results_repo=repo))
    if yes:
        _check(targets, refused, record, repo, open_prs=open_prs)
    if listed is not None:
        listed(targets)
    memory = PullRequestHistory(api.endpoint, account.name if account else "", state_file())
    allowance = Allowance(memory)
    run = _Run(api, ranking, url, public, section, account, optout, allowance, replace_prs)
    publications = tuple(run.one(target, yes=yes, open_prs=open_prs) for target in targets)
    return CardPublication(publications, refused, "" if refused else allowance.outlook(), tuple(left_out))


@dataclass(frozen=True)
class _Run:
    """What holds for every repo of one run."""

    api: HfApi
    ranking: Ranking
    url: str
    public: bool
    section: bool | None
    account: Account | None
    optout: frozenset[str]
    allowance: Allowance
    replace_prs: bool

    def one(self, target: Target, *, yes: bool, open_prs: bool) -> Publication:
        """Preview or publish one card."""
        if target.way == "none":
            return Publication(target.repo, "card", "", None, "skipped", target.reason)
        own = target.way == "commit"
        name = _name(self.ranking)
        page = f"{without_password(self.api.endpoint)}/datasets/{name}" if self.public else ""
        update = CardUpdate(CardEntry(self.ranking, target.row, self.url, name), page, self.section, alone=not own)
        sender = Sender(
            self.api,
            target.repo,
            update,
            own=own,
            user=self.account.name if self.account else "",
            optout=self.optout,
            allowance=self.allowance,
            replace=self.replace_prs,
        )
        if not yes:
            return sender.preview()
        if not own and not open_prs:
            why = "you may not write there; --open-prs offers the change as a pull request"
            return Publication(target.repo, "card", "", None, "skipped", why)
        return sender.send()


def _private(ranking: Ranking) -> PublishError:
    name = clean(ranking.probe.dataset)
    why = "cards would tell its name, and everybody can read them"
    return PublishError(
        f"The data set '{name}' is not public on the Hub", why, "--allow-private-dataset-name, if its name may be known"
    )


def _default_repo(account: Account | None) -> str:
    from hubscore.results import default_repo

    return default_repo(account.name if account else "USER")


def _look_up(ranking: Ranking, repo: str, api: HfApi) -> tuple[Record | None, str, frozenset[str]]:
    """Return the run's record, its address (where it will be, if it is not there yet), and who wants no entry."""
    from hubscore.results import find_record, record_url, run_id
    from hubscore.results.read import read_optouts

    record = find_record(ranking, repo=repo, api=api)
    url = record.url if record else record_url(repo, run_id(ranking), api.endpoint)
    return record, url, read_optouts(repo, api)


def _check(
    targets: Sequence[Target], refused: Sequence[PublishError], record: Record | None, repo: str, *, open_prs: bool
) -> None:
    """Refuse to send before anything is sent.

    Raises:
        PublishError: the record is not published or says something else, or pull requests may not be opened with this
            ranking.
    """
    if open_prs and refused and any(target.way == "pull request" for target in targets):
        raise refused[0]
    if any(target.way == "commit" for target in targets) and (missing := unfounded(record, repo)):
        raise missing


def _name(ranking: Ranking) -> str:
    """Return the data set's name; of a local folder only the last part of its path."""
    name = clean(ranking.probe.dataset or "")
    return name if ranking.probe.revision else name.replace("\\", "/").rstrip("/").rpartition("/")[2] or name
