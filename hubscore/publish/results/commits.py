"""Commits to a results data set beside others who write there: read, changed and tried again until all is there."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Collection, Sequence
from typing import TYPE_CHECKING

from hubscore.errors import HubError, HubscoreError
from hubscore.hub.errors import explain_error
from hubscore.hub.retry import retry

if TYPE_CHECKING:
    from huggingface_hub import CommitOperationAdd, CommitOperationDelete, HfApi

ADDED = "Add hubscore run "
"""Begins the title of a commit that publishes a run; its id follows."""
_LOST_RACE = (409, 412)  # somebody else's commit came first


def commit_once(
    api: HfApi,
    repo: str,
    operations: Sequence[CommitOperationAdd | CommitOperationDelete],
    message: str,
    parent: str | None,
) -> bool:
    """Commit on the commit that was read; false when somebody else's came first."""
    from huggingface_hub.errors import HfHubHTTPError

    try:
        api.create_commit(repo, operations, commit_message=message, repo_type="dataset", parent_commit=parent)
    except HfHubHTTPError as error:
        if error.response.status_code in _LOST_RACE:
            return False
        raise
    return True


def publishers_of(api: HfApi, repo: str, revision: str | None, runs: Collection[str]) -> dict[str, str]:
    """Return who published some runs: the author of the first commit with the run's title; none where there is none.

    That is enough to show whose lines are whose. What may be retracted, the commits to the record itself decide.

    Raises:
        DatasetError: there is no such repo.
        HubError: the Hub refused, failed or cannot be reached.
    """
    from huggingface_hub.utils import httpx

    try:
        commits = retry(lambda: api.list_repo_commits(repo, revision=revision, repo_type="dataset"))
    except (OSError, ValueError, httpx.HTTPError) as error:
        raise explain_error(error, repo, kind="dataset") from error
    found: dict[str, str] = {}
    for commit in commits:  # the newest first
        if commit.title.startswith(ADDED) and commit.authors:
            found[commit.title.removeprefix(ADDED)] = commit.authors[0]
    return {run: found[run] for run in runs if run in found}


def until_there(attempt: Callable[[], bool], repo: str, *, tries: int, wait: float) -> None:
    """Read, change and commit until it is there.

    Args:
        attempt: reads, changes and commits once; safe to repeat, also after a commit whose answer was lost. False when
            another commit came first.
        repo: the data set.
        tries: how often somebody else's commit may come first.
        wait: seconds to wait after that at most; doubles each time, up to ten seconds.

    Raises:
        HubError: the token may not write there, the Hub failed, or others were always first.
    """
    from huggingface_hub.utils import httpx

    for again in range(tries):
        try:
            if retry(attempt):
                return
        except (OSError, ValueError, httpx.HTTPError) as error:
            raise _refused(error, repo) from error
        # Everybody who lost the race waits for a time of their own, or they would all meet again.
        time.sleep(random.uniform(0, min(wait * 2**again, 10.0)))
    why = f"others published to it at the same moment, {tries} times in a row"
    raise HubError(f"Results could not be sent to '{repo}'", why, "run the same command again")


def _refused(error: Exception, repo: str) -> HubscoreError:
    """Say why a data set could not be written."""
    known = explain_error(error, repo, kind="dataset")
    status = getattr(getattr(error, "response", None), "status_code", None)
    fix = (
        "hf auth login with a token that may write there, or another --results-repo"
        if status in (401, 403)
        else known.fix
    )
    return HubError(f"Results could not be sent to '{repo}'", known.why or known.what, fix, code=known.code)
