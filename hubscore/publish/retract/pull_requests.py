"""Own open pull requests, closed: a withdrawal, which nobody takes for a no of the repo's owner."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from hubscore.errors import DatasetError, StorageError
from hubscore.hub.addresses import repo_named
from hubscore.hub.client import hub_api
from hubscore.hub.retry import retry
from hubscore.publish.cards.card import decode
from hubscore.publish.cards.left_alone import outcome_of, readable
from hubscore.publish.cards.pr_history import PullRequestHistory, state_file
from hubscore.publish.cards.pr_text import SUPERSEDED
from hubscore.publish.cards.pull_requests import PullRequest, find_pull_requests
from hubscore.publish.cards.send import CARD
from hubscore.publish.cards.targets import sending_account, who
from hubscore.publish.retract.offered import models_in, offered, waiting
from hubscore.publish.retract.publishers import RECORD
from hubscore.publish.retract.take_out import records_in
from hubscore.results.read import read_repo
from hubscore.results.record import default_repo
from hubscore.types import Publication

if TYPE_CHECKING:
    from huggingface_hub import HfApi

WITHDRAWN = "Withdrawn by its author with `hubscore retract`; that is no answer of this repo's owner."


def retract_pull_requests(
    *,
    model: str | None = None,
    run: str | None = None,
    repo: str | None = None,
    models: Sequence[str] = (),
    yes: bool = False,
    told: Callable[[str], None] = lambda words: None,
    token: str | bool | None = None,
    api: HfApi | None = None,
) -> list[Publication]:
    """Close open pull requests of the user's own that hubscore opened; without ``yes`` only list them.

    Args:
        model: on this repo.
        run: those whose card links to this run. With neither, on every repo on which this machine opened any, and on
            the models of the user's published runs, whichever machine opened them.
        repo: the results data set that holds the records; by default ``hubscore-results`` of the user, and where all
            are meant, of the user's organisations.
        models: of the run, where a saved ranking says them; its record need not be there any more.
        yes: close them.
        told: is told where was looked, and where not.
        token: for the Hub; the saved one by default.
        api: the Hub client, instead of ``token``.

    Returns:
        One publication per pull request; ``outcome`` is ``would close``, ``closed``, and for a repo that
        cannot be looked at ``skipped`` or ``failed``.

    Raises:
        HubError: nobody is logged in, or the Hub failed; nothing was sent.
    """
    api = api or hub_api(token)
    account = sending_account(who(api))
    user = account.name
    memory = PullRequestHistory(api.endpoint, user, state_file())
    repos = [repo_named(model, "model", api.endpoint)] if model is not None else memory.repos()
    place = repo_named(repo, "dataset", api.endpoint) if repo else None
    if run is not None:
        others = {*models, *_ranked(run, place or default_repo(user), api)} - {*repos}
        repos = sorted({*repos, *waiting(api, user, sorted(others))})
    elif model is None:
        everywhere = [place] if place else [default_repo(name) for name in sorted(account.namespaces)]
        found = offered(api, user, everywhere, repos)
        for words in found.words:
            told(words)
        repos = sorted({*repos, *found.repos})
    done: list[Publication] = []
    for name in repos:
        done.extend(_Repo(api, name, user, memory, run).retracted(yes=yes))
    return done


def _ranked(run: str, repo: str, api: HfApi) -> Sequence[str]:
    """Return the models of a run, none where its record is gone."""
    try:
        rows = read_repo(repo, api).run(run).data["rows"]
    except (DatasetError, StorageError):
        return ()
    return models_in((row["model"], row.get("revision")) for row in rows)


@dataclass(frozen=True)
class _Repo:
    """One repo on which pull requests of ours may wait."""

    api: HfApi
    repo: str
    user: str
    memory: PullRequestHistory
    run: str | None

    def retracted(self, *, yes: bool) -> list[Publication]:
        """Find what is ours and open, and list or close each."""
        found: list[PullRequest] = []

        def look() -> Publication:
            found.extend(pull for pull in retry(lambda: readable(self._find)) if self._chosen(pull))
            return self._done("")

        looked = outcome_of(look, self._done, self.repo)
        if looked.outcome:  # the Hub did not say, or there is no such repo
            return [looked]
        return [outcome_of(partial(self._close, pull, yes=yes), self._done, self.repo) for pull in found]

    def _find(self) -> list[PullRequest]:
        return [
            pull
            for pull in find_pull_requests(self.api, self.repo, self.user, self.memory)
            if pull.open and pull.author == self.user
        ]

    def _chosen(self, pull: PullRequest) -> bool:
        """Whether it is of the run that is asked for: the card in it links there."""
        if self.run is None:
            return True
        path = retry(lambda: self.api.hf_hub_download(self.repo, CARD, revision=pull.reference))
        links = (RECORD.search(url) for url in records_in(decode(Path(path).read_bytes())))
        return any(found is not None and found[2] == self.run for found in links)

    def _close(self, pull: PullRequest, *, yes: bool) -> Publication:
        if not yes:
            return self._done("would close", pull)
        retry(lambda: self._closed(pull))
        return self._done("closed", pull)

    def _closed(self, pull: PullRequest) -> None:
        from huggingface_hub.errors import HfHubHTTPError

        try:
            told = f"{WITHDRAWN}\n\n{SUPERSEDED}"  # the mark of what its author closed: no version takes it for a no
            self.api.change_discussion_status(self.repo, pull.number, "closed", comment=told)
        except HfHubHTTPError:
            if self.api.get_discussion_details(self.repo, pull.number).status != "closed":
                raise

    def _done(self, outcome: str, pull: PullRequest | None = None) -> Publication:
        return Publication(self.repo, "card", "", pull.url if pull else None, outcome)
