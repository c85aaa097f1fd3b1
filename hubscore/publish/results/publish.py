"""Publishing a ranking to a results data set on the Hub, beside others who do the same."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from os import PathLike
from typing import TYPE_CHECKING, Any

from hubscore.errors import DatasetError, HubError, PublishError, UsageError
from hubscore.hub.addresses import repo_named
from hubscore.hub.client import hub_api
from hubscore.hub.errors import explain_error
from hubscore.hub.retry import retry
from hubscore.publish.cards.targets import Account, may_write, who
from hubscore.publish.leaving import record_leaves
from hubscore.publish.privacy import is_public, redacted, without_folders
from hubscore.publish.results.changes import Changes, Past, changes
from hubscore.publish.results.commits import ADDED, commit_once, publishers_of, until_there
from hubscore.publish.results.dataset_about import about_dataset, read_dataset_card, with_about
from hubscore.publish.results.dataset_about import words as words_about
from hubscore.publish.results.history_folder import PATHS
from hubscore.publish.results.private_models import private_models, without_names
from hubscore.publish.results.task_vectors import with_task_vector, words
from hubscore.publish.results.thumbnails import beside, of_run, paths_of, with_thumbnails
from hubscore.results.contents import Contents
from hubscore.results.read import read_repo
from hubscore.results.record import default_repo
from hubscore.results.runs import Run, as_run, read_run
from hubscore.run.proxy_pass import SAMPLES
from hubscore.text import clean
from hubscore.types import Json, Publication, Ranking

if TYPE_CHECKING:
    from huggingface_hub import HfApi

    from hubscore.recommend.history import TaskVector


def publish_results(
    ranking: Ranking | str | PathLike[str],
    *,
    repo: str | None = None,
    private: bool = False,
    yes: bool = False,
    allow_private_dataset_name: bool = False,
    look: Callable[[], TaskVector] | None = None,
    share_task_vector: bool = False,
    thumbnails: Callable[[], Sequence[bytes]] | None = None,
    token: str | bool | None = None,
    api: HfApi | None = None,
    tries: int = 10,
    wait: float = 0.5,
) -> Publication:
    """Publish a ranking to a results data set; without ``yes`` only say what would be sent.

    The record goes to ``runs/``, its lines into the leaderboard. Whoever publishes at the same time loses nothing: each
    commit names the one it builds on, and when another came first, everything is read and merged again. No run takes
    lines of another one away: of several runs over the same rows readers see the union, as
    :mod:`hubscore.results.union` says. Publishing the same ranking twice changes nothing. Where local checkpoints lie
    is never told, and models that not everybody can see on the Hub stay nameless. Of a data set that may be named the
    record says what it is about, so that people find it; of a public one its card too.

    Args:
        ranking: the ranking, or the file it was saved in.
        repo: the data set; by default ``USER/hubscore-results``. It is made when there is none.
        private: make a new data set private; one that is there stays as it is.
        yes: send. Without, nothing is made or sent.
        allow_private_dataset_name: send names, classes, rows and command line of a data set that is not public on the
            Hub too, and the names of models that are not.
        look: returns what a proxy network sees in the data set, which is kept in the record where the data set is
            public; called only where it may be kept.
        share_task_vector: keep that of data that is not public too: it is data about the data.
        thumbnails: returns up to six small JPEGs of the data set, which are kept beside the record; called only where
            the data set is public.
        token: for the Hub; the saved one by default.
        api: the Hub client, instead of ``token``.
        tries: how often somebody else's commit may come first.
        wait: seconds to wait after that at most; doubles each time, up to ten seconds.

    Returns:
        With the changes in words in ``diff``, and every field that leaves this machine in ``leaves``; ``outcome`` is
        ``planned``, ``unchanged`` or ``published``.

    Raises:
        UsageError: the ranking is empty.
        PublishError: the run is there, published by somebody else, and this would change it.
        StorageError: the ranking cannot be read, or a newer hubscore wrote to the data set.
        HubError: nobody is logged in, the token may not write there, or the Hub failed; nothing was lost.

    Example:
        >>> publish_results("ranking.json").diff.splitlines()[0]  # doctest: +SKIP
        '+ README.md (2.1 kB)'
    """
    api = api or hub_api(token)
    run = as_run(ranking)
    if not run.data.get("rows"):
        raise UsageError(
            "The ranking cannot be published", "no model is in it", "hubscore rank DATASET --out ranking.json"
        )
    target = repo_named(repo, "dataset", api.endpoint) if repo else default_repo(user_name(api))
    account = who(api)
    public = is_public(run.data, api)
    may_be_named = allow_private_dataset_name or public
    hidden = () if allow_private_dataset_name else private_models(run.data, api)
    data = without_names(run.data, hidden)
    sent, unseen = without_folders(data) if may_be_named else redacted(data), ""
    if look is not None:
        if share_task_vector or public:
            sent = with_task_vector(sent, look(), SAMPLES)
        else:
            unseen = _UNSEEN
    pictures = dict(zip(paths_of(run.id), thumbnails(), strict=False)) if thumbnails is not None and public else {}
    sent = _described(sent, api, public=public, pictures=tuple(pictures)) if may_be_named else sent
    user = account.name if account else None
    sending = _Sending(api, target, Run(run.id, run.date, sent), private, user, pictures)
    state, planned = sending.plan()
    before = state.contents.files.get(sending.run.path)
    lines = (
        sending.new_repo(state),
        "" if may_be_named else _KEPT,
        _nameless(hidden),
        unseen,
        words(sent, None if before is None else read_run(before, sending.run.path).data),
        words_about(sent),
        _said_of(pictures, asked=thumbnails is not None),
        planned.text,
    )
    told = "\n".join(line for line in lines if line)
    if planned.empty:
        return Publication(target, "results", told, outcome="unchanged")
    leaves = record_leaves(sent, run.data, run=run.id, user=account.name if account else None)
    if yes:
        until_there(sending.attempt, target, tries=tries, wait=wait)
        return Publication(target, "results", told, outcome="published", leaves=leaves)
    why = _no_right(api, target, account, there=state.revision is not None)
    return Publication(target, "results", told, outcome="planned", reason=why, leaves=leaves)


_UNSEEN = (
    "# the data set is not public on the Hub: what the proxy sees in it, data about the data, is left out;"
    " --share-task-vector sends it"
)
_KEPT = "# the data set is not public on the Hub: its name, classes, rows and the command line are left out"


def _described(data: Mapping[str, Any], api: HfApi, *, public: bool, pictures: Sequence[str]) -> Json:
    """Return a ranking's JSON with what its data set is about; its card is read where everybody can read it."""
    probe = data.get("probe") or {}
    card = read_dataset_card(str(probe["dataset"]), str(probe["revision"]), api) if public else ""
    told = with_about(data, about_dataset(data, card))
    return with_thumbnails(told, pictures) if pictures else told


def _said_of(pictures: Mapping[str, bytes], *, asked: bool) -> str:
    """Say in the preview that pictures of the data are sent, or why none are."""
    if asked and not pictures:
        return "# the data set is not public on the Hub: no thumbnails are sent"
    size = sum(map(len, pictures.values())) / 1000
    return (
        f"# {len(pictures)} small JPEGs of its images, {size:.0f} kB, for pages that show the results"
        if pictures
        else ""
    )


def _no_right(api: HfApi, repo: str, account: Account | None, *, there: bool) -> str:
    """Say of a preview that the data set could not be written to; empty where it could be."""
    named = account is not None and repo.partition("/")[0] in account.namespaces and not account.reads_only
    if may_write(api, repo, kind="dataset") if there else named:
        return ""
    whose = f"@{clean(account.name)}" if account else "whoever is not logged in"
    return f"{whose} may not write there, so --yes would be refused; --results-repo names another data set"


def _nameless(hidden: Sequence[str]) -> str:
    """Say which models are sent without their names."""
    if not hidden:
        return ""
    names = ", ".join(f"{clean(model)} as private-{number}" for number, model in enumerate(hidden, start=1))
    return f"# not everybody can see these models, so their names are left out: {names}"


def _theirs(run: str, repo: str, authors: Sequence[str], user: str) -> PublishError:
    names = ", ".join(f"@{clean(author)}" for author in authors)
    why = f"the Hub says that {names} put its record into '{clean(repo)}', and yours would say something else"
    return PublishError(f"The run '{run}' is not yours", why, f"--results-repo {clean(user)}/hubscore-results")


@dataclass(frozen=True)
class _State:
    """The data set before a commit; no revision where there is no data set yet."""

    revision: str | None
    contents: Contents


@dataclass(frozen=True)
class _Sending:
    """One run on its way to one data set."""

    api: HfApi
    repo: str
    run: Run
    private: bool
    user: str | None
    pictures: Mapping[str, bytes] = field(default_factory=dict)

    def plan(self) -> tuple[_State, Changes]:
        """Read what is there, and return what has to change."""
        from huggingface_hub.errors import GatedRepoError, RepositoryNotFoundError

        try:
            results = read_repo(self.repo, self.api, [self.run.path, *PATHS, *self.pictures])
            state = _State(results.revision, results.contents)
            past = Past(results.fetch, partial(publishers_of, self.api, self.repo, results.revision), self.user)
        except DatasetError as error:
            if isinstance(error.__cause__, GatedRepoError) or not isinstance(error.__cause__, RepositoryNotFoundError):
                raise
            state, past = _State(None, Contents()), Past(user=self.user)
        planned = changes(state.contents, [self.run], repo=self.repo, past=past)
        planned = beside(planned, state.contents, self.run.id, self.pictures)
        self._check_whose(state, planned)
        return state, planned

    def _check_whose(self, state: _State, planned: Changes) -> None:
        """Refuse to write over a run of somebody else's; whose it is the commits say, as with a retraction."""
        from hubscore.publish.retract.publishers import Publishers  # which imports this file

        touched = {path for path in (*planned.files, *planned.deleted) if self.run.id in (path[5:-5], of_run(path))}
        if self.user is None or state.revision is None or not touched or not state.contents.has(self.run.path):
            return
        authors = Publishers(self.api, self.repo, state.revision).of(self.run.id)
        if authors and self.user not in authors:
            raise _theirs(self.run.id, self.repo, authors, self.user)

    def new_repo(self, state: _State) -> str:
        """Say that a data set will be made."""
        if state.revision is not None:
            return ""
        return f"+ a new {'private' if self.private else 'public'} data set {self.repo}"

    def attempt(self) -> bool:
        """Commit once; safe to repeat, also after a commit whose answer was lost. False when another commit came
        first.
        """
        from huggingface_hub import CommitOperationAdd, CommitOperationDelete

        state, change = self.plan()
        if state.revision is None:
            self.api.create_repo(self.repo, repo_type="dataset", private=self.private, exist_ok=True)
            state, change = self.plan()
        if change.empty:
            return True
        files: list[CommitOperationAdd | CommitOperationDelete] = [
            *(CommitOperationDelete(path) for path in change.deleted),
            *(CommitOperationAdd(path, content) for path, content in change.files.items()),
        ]
        return commit_once(self.api, self.repo, files, f"{ADDED}{self.run.id}", state.revision)


def user_name(api: HfApi) -> str:
    """Return who the token belongs to.

    Raises:
        HubError: nobody is logged in, or the Hub failed.
    """
    from huggingface_hub.errors import LocalTokenNotFoundError
    from huggingface_hub.utils import httpx

    nobody = HubError("Nobody is logged in", "the results go to a data set of yours on the Hub", "hf auth login")
    if api.token is False:
        raise nobody
    try:
        return str(retry(lambda: api.whoami(cache=True))["name"])
    except LocalTokenNotFoundError as error:
        raise nobody from error
    except (OSError, ValueError, httpx.HTTPError) as error:
        raise explain_error(error, "hubscore-results", kind="dataset") from error
