"""Runs out of a results data set: their records, rows and task vectors; own runs only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hubscore.errors import PublishError, StorageError
from hubscore.hub.addresses import repo_named
from hubscore.hub.client import hub_api
from hubscore.publish.results.commits import commit_once, until_there
from hubscore.publish.results.publish import user_name
from hubscore.publish.retract.publishers import Publishers
from hubscore.publish.retract.removal import Removal, removal
from hubscore.results.read import Results, read_repo
from hubscore.results.record import default_repo
from hubscore.text import amount, clean
from hubscore.types import Publication

if TYPE_CHECKING:
    from huggingface_hub import HfApi


def retract_results(
    run: str | None,
    *,
    repo: str | None = None,
    yes: bool = False,
    token: str | bool | None = None,
    api: HfApi | None = None,
    tries: int = 10,
    wait: float = 0.5,
) -> Publication:
    """Take a run, or all own runs, out of a results data set; without ``yes`` only say what would change.

    Record, rows and task vector of the run go; rows that an earlier run has come back, and rows of which the run is
    gone are pruned. Whoever publishes at the same time loses nothing. Earlier commits keep what was there.

    Args:
        run: its id; none for all runs of the user's own.
        repo: the data set; by default ``USER/hubscore-results``.
        yes: change it.
        token: for the Hub; the saved one by default.
        api: the Hub client, instead of ``token``.
        tries: how often somebody else's commit may come first.
        wait: seconds to wait after that at most.

    Returns:
        With the changes in words in ``diff``; ``outcome`` is ``planned``, ``unchanged`` or ``retracted``.

    Raises:
        PublishError: somebody else published the run.
        StorageError: there is no such run.
        DatasetError: there is no such data set.
        HubError: nobody is logged in, the token may not write there, or the Hub failed.
    """
    api = api or hub_api(token)
    user = user_name(api)
    place = repo_named(repo, "dataset", api.endpoint) if repo else default_repo(user)
    retraction = _Retraction(api, place, user, run)
    results = read_repo(retraction.repo, api)
    if run is not None and run not in results.run_ids and run not in results.table["run"].to_pylist():
        raise _none(run, results)
    planned, others = retraction.plan(results)
    stay = f"# {amount(others, 'run', 'runs')} of others {'stays' if others == 1 else 'stay'}" if others else ""
    told = "\n".join(line for line in (planned.text, stay) if line)
    if planned.empty or not yes:
        return Publication(retraction.repo, "results", told, outcome="unchanged" if planned.empty else "planned")
    until_there(retraction.attempt, retraction.repo, tries=tries, wait=wait)
    return Publication(retraction.repo, "results", told, outcome="retracted")


@dataclass(frozen=True)
class _Retraction:
    """What is asked for, of one data set."""

    api: HfApi
    repo: str
    user: str
    run: str | None

    def plan(self, results: Results) -> tuple[Removal, int]:
        """Return what has to change, and how many runs of others stay.

        Raises:
            PublishError: somebody else published the run.
        """
        publishers = Publishers(self.api, self.repo, results.revision or "main")
        if self.run is None:
            mine = publishers.by(self.user, results.run_ids)
            return removal(results, mine), len(results.run_ids) - len(mine)
        if self.run in results.run_ids and self.user not in (authors := publishers.of(self.run)):
            raise _not_yours(self.run, authors)
        return removal(results, [self.run]), 0

    def attempt(self) -> bool:
        """Read, change and commit once; safe to repeat. False when another commit came first."""
        from huggingface_hub import CommitOperationAdd, CommitOperationDelete

        results = read_repo(self.repo, self.api)
        planned, _ = self.plan(results)
        if planned.empty:
            return True
        operations: list[CommitOperationAdd | CommitOperationDelete] = [
            *(CommitOperationDelete(path) for path in planned.deleted),
            *(CommitOperationAdd(path, content) for path, content in (planned.files or {}).items()),
        ]
        return commit_once(self.api, self.repo, operations, _message(planned.deleted), results.revision)


def _message(deleted: Sequence[str]) -> str:
    runs = [path for path in deleted if path.endswith(".json")]
    if len(runs) == 1:
        return f"Retract hubscore run {runs[0].removeprefix('runs/').removesuffix('.json')}"
    return f"Retract {len(runs)} hubscore runs" if runs else "Prune rows of hubscore runs that are gone"


def _none(run: str, results: Results) -> StorageError:
    """Say that a run is not there; another one that is called alike is not named: it would be taken out."""
    there = amount(len(results.run_ids), "run is", "runs are")
    why = f"it was retracted already, or is in another data set; {there} there"
    fix = "hubscore retract --all --from results, which lists yours, or another --results-repo"
    return StorageError(f"There is no run '{clean(run)}' in '{clean(results.source)}'", why, fix)


def _not_yours(run: str, authors: Sequence[str]) -> PublishError:
    names = ", ".join(f"@{clean(author)}" for author in authors) or "somebody whom the Hub does not name"
    return PublishError(
        f"The run '{clean(run)}' is not yours",
        f"the Hub says that {names} put its record there",
        "ask them to retract it, or hubscore retract --all --from results, which takes out your own",
    )
