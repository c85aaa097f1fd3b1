"""Making or updating the leaderboard Space; a static page where the Hub wants a paid plan."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from hubscore.errors import HubError, HubscoreError
from hubscore.hub.addresses import repo_named
from hubscore.hub.client import hub_api
from hubscore.hub.errors import explain_error
from hubscore.hub.retry import retry
from hubscore.publish.leaving import space_leaves
from hubscore.publish.results.publish import user_name
from hubscore.publish.space.folder import PROXY, RESULTS_REPO, app_files, brought_up_to_date
from hubscore.publish.space.static import static_files
from hubscore.recommend.proxies import NO_PROXY, proxy_id
from hubscore.results import default_repo, read_results
from hubscore.text import without_password
from hubscore.types import Publication

if TYPE_CHECKING:
    from huggingface_hub import HfApi

    from hubscore.results.read import Results

NAME = "hubscore-leaderboard"
"""Of the Space that is made when none is named."""

PAID = (
    "the Hub asks for a paid plan (402) before it runs a Gradio Space; this is a static one, with the same data, free,"
    " and without updating by itself: publish again after new results"
)


def publish_space(
    results_repo: str | None = None,
    *,
    repo: str | None = None,
    proxy: str | None = None,
    yes: bool = False,
    token: str | bool | None = None,
) -> Publication:
    """Make or update the Space that shows a results data set; without ``yes`` only say what would be sent.

    Only files that differ are committed, since every commit builds the Space again. An owner's changes to the card
    stay; only its Gradio version is kept up to date. A Space for a private data set is private. Where the Hub answers
    402 to a new Gradio Space, a static one is made: one page with the same data in it.

    Args:
        results_repo: the data set that it shows; ``USER/hubscore-results`` by default.
        repo: the Space; ``hubscore-leaderboard`` beside the results by default.
        proxy: network that looks at images dropped on its Recommend tab; ``"none"`` takes it off again, and by default
            it stays as it is: off in a new Space.
        yes: send. Without, nothing is made or sent.
        token: for the Hub; the saved one by default.

    Returns:
        With the changes in words in ``diff``; ``outcome`` is ``planned``, ``unchanged``, ``published`` or ``published
        as a static page``, then with the reason.

    Raises:
        DatasetError: there is no such results data set.
        HubError: nobody is logged in, the token may not write there, or the Hub failed.

    Example:
        >>> publish_space("alice/hubscore-results").repo_id  # doctest: +SKIP
        'alice/hubscore-leaderboard'
    """
    from huggingface_hub.utils import httpx

    api = hub_api(token)
    source = repo_named(results_repo, "dataset", api.endpoint) if results_repo else default_repo(user_name(api))
    results = read_results(source, api)
    target = repo_named(repo, "space", api.endpoint) if repo else f"{source.partition('/')[0]}/{NAME}"
    try:
        return _Space(api, target, results, proxy and proxy_id(proxy)).publish(yes=yes)
    except (OSError, ValueError, httpx.HTTPError) as error:
        raise _refused(error, target) from error


@dataclass(frozen=True)
class _ExistingSpace:
    """The Space as it is; no revision where there is none yet.

    Attributes:
        revision: its newest commit.
        sdk: gradio or static.
        files: git's hash of each file.
        card: its README, empty where it has none.
        variable: which results it is told to show.
        proxy: which network looks at images, empty for none.
    """

    revision: str | None = None
    sdk: str | None = None
    files: Mapping[str, str] = field(default_factory=dict)
    card: str = ""
    variable: str | None = None
    proxy: str = ""


@dataclass(frozen=True)
class _Space:
    """One Space and the results that it shows."""

    api: HfApi
    repo: str
    results: Results
    proxy: str | None = None

    def publish(self, *, yes: bool) -> Publication:
        found = self.look()
        static = found.sdk == "static"
        proxy = self.eye(found, static)
        files = self.changed(found, self.wanted(static, proxy))
        described = self.describe(found, files, static)
        if not described:
            return Publication(self.repo, "space", "", outcome="unchanged")
        leaves = space_leaves(self.results, static=static, new=found.revision is None, proxy=proxy)
        if not yes:
            return Publication(self.repo, "space", described, leaves=leaves)
        if found.revision is None:
            return self.new(described, leaves)
        self.send(files, found.revision)
        if not static and found.variable != self.results.source:
            self.api.add_space_variable(self.repo, RESULTS_REPO, self.results.source)
        if proxy and proxy != found.proxy:
            self.api.add_space_variable(self.repo, PROXY, proxy)
        elif found.proxy and not proxy:
            self.api.delete_space_variable(self.repo, PROXY)
        outcome = "published as a static page" if static else "published"
        return Publication(self.repo, "space", described, outcome=outcome, leaves=leaves)

    def new(self, described: str, leaves: str) -> Publication:
        """Make the Space and fill it; static where the Hub wants a paid plan."""
        static = not self.make("gradio")
        if static:
            self.make("static")
        proxy = self.eye(_ExistingSpace(), static)
        self.send(self.wanted(static, proxy), self.look().revision)  # over the card that the Hub has put there
        if not static:
            return Publication(self.repo, "space", described, outcome="published", leaves=leaves)
        described = self.describe(_ExistingSpace(), self.wanted(static=True), static=True)
        return Publication(
            self.repo, "space", described, outcome="published as a static page", reason=PAID, leaves=leaves
        )

    def look(self) -> _ExistingSpace:
        """Read the Space as it is."""
        from huggingface_hub.errors import GatedRepoError, RepositoryNotFoundError
        from huggingface_hub.hf_api import RepoFile

        try:
            info = retry(lambda: self.api.space_info(self.repo))
        except GatedRepoError:
            raise
        except RepositoryNotFoundError:
            return _ExistingSpace()
        tree = retry(
            lambda: list(self.api.list_repo_tree(self.repo, repo_type="space", revision=info.sha, recursive=True))
        )
        files = {entry.path: entry.blob_id for entry in tree if isinstance(entry, RepoFile)}
        card = self.card(info.sha) if "README.md" in files else ""
        told = self.variables() if info.sdk == "gradio" else {}
        return _ExistingSpace(info.sha, info.sdk, files, card, told.get(RESULTS_REPO), told.get(PROXY, ""))

    def eye(self, found: _ExistingSpace, static: bool) -> str:
        """Return which network looks at images: as asked for, or as it is; never on a static page."""
        wanted = found.proxy if self.proxy is None else self.proxy
        return "" if static or wanted == NO_PROXY else wanted

    def card(self, revision: str | None) -> str:
        """Return the Space's README."""
        local = retry(lambda: self.api.hf_hub_download(self.repo, "README.md", repo_type="space", revision=revision))
        return Path(local).read_text(encoding="utf-8", errors="replace")

    def variables(self) -> dict[str, str]:
        """Return what the Space is told, nothing where it is not ours to know."""
        from huggingface_hub.errors import HfHubHTTPError

        try:
            known = self.api.get_space_variables(self.repo)
        except HfHubHTTPError as error:
            if error.response.status_code in (401, 403, 404):
                return {}
            raise
        return {name: known[name].value for name in (RESULTS_REPO, PROXY) if name in known}

    def wanted(self, static: bool, proxy: str = "") -> dict[str, bytes]:
        """Return the Space's files as they should be."""
        if static:
            return static_files(self.results, without_password(self.api.endpoint))
        return app_files(self.results.source, proxy=bool(proxy))

    def changed(self, found: _ExistingSpace, wanted: Mapping[str, bytes]) -> dict[str, bytes]:
        """Return the files that differ; an owner's card stays, up to its Gradio version."""
        mine = dict(wanted)
        if found.card:
            mine["README.md"] = brought_up_to_date(found.card, mine["README.md"].decode()).encode()
        return {name: content for name, content in mine.items() if found.files.get(name) != _git_hash(content)}

    def describe(self, found: _ExistingSpace, files: Mapping[str, bytes], static: bool) -> str:
        """Return the changes in words, one line each."""
        lines = (
            [f"+ a new {'private' if self.private else 'public'} Space {self.repo}"] if found.revision is None else []
        )
        lines += [
            f"{'~' if name in found.files else '+'} {name} ({len(content) / 1000:.1f} kB)"
            for name, content in sorted(files.items())
        ]
        if not static and found.variable != self.results.source:
            lines.append(f"{'+' if found.variable is None else '~'} variable {RESULTS_REPO} = {self.results.source}")
        if (proxy := self.eye(found, static)) != found.proxy:
            sign = "~" if found.proxy and proxy else "+" if proxy else "-"
            lines.append(f"{sign} variable {PROXY}{f' = {proxy}' if proxy else ''}")
        if lines and self.private and not static:
            lines.append("# the results are not public: give the Space a secret HF_TOKEN that may read them")
        return "\n".join(lines)

    @property
    def private(self) -> bool:
        """Whether the results are not for everybody, so that the Space must not be either."""
        return not self.results.public

    def make(self, sdk: str) -> bool:
        """Make the Space; False where the Hub wants a paid plan for it."""
        from huggingface_hub.errors import HfHubHTTPError

        told = {RESULTS_REPO: self.results.source, PROXY: self.eye(_ExistingSpace(), static=False)}
        variables = [{"key": key, "value": value} for key, value in told.items() if value] if sdk == "gradio" else None
        try:
            self.api.create_repo(
                self.repo, repo_type="space", space_sdk=sdk, private=self.private, space_variables=variables
            )
        except HfHubHTTPError as error:
            if error.response.status_code == 402 and sdk == "gradio":
                return False
            raise
        return True

    def send(self, files: Mapping[str, bytes], revision: str | None) -> None:
        """Commit the files, if any."""
        from huggingface_hub import CommitOperationAdd

        if files:
            operations = [CommitOperationAdd(name, content) for name, content in files.items()]
            message = "Update the leaderboard"
            self.api.create_commit(
                self.repo, operations, commit_message=message, repo_type="space", parent_commit=revision
            )


def _git_hash(content: bytes) -> str:
    return hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()


def _refused(error: Exception, repo: str) -> HubscoreError:
    """Say why a Space could not be written."""
    known = explain_error(error, repo, kind="space")
    status = getattr(getattr(error, "response", None), "status_code", None)
    fix = (
        "hf auth login with a token that may write there, or --space with a Space of your own"
        if status in (401, 403)
        else known.fix
    )
    return HubError(f"The Space '{repo}' could not be published", known.why or known.what, fix, code=known.code)
