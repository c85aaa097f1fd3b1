"""Where a run's record is published, and whether anybody may read it there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from hubscore.errors import DatasetError
from hubscore.results.read import read_repo
from hubscore.results.runs import as_run, read_run, run_path
from hubscore.results.same_run import same_run
from hubscore.text import without_password
from hubscore.types import Ranking

if TYPE_CHECKING:
    from huggingface_hub import HfApi

NAME = "hubscore-results"
"""Of the results data set that is published to when none is named."""


@dataclass(frozen=True)
class Record:
    """A run's published record.

    Attributes:
        repo: the results data set.
        run: the run's id.
        url: the record's page.
        public: anybody may read it.
        same: it says the same as the ranking that was looked up; it does not where either was edited.
    """

    repo: str
    run: str
    url: str
    public: bool
    same: bool = True


def record_url(repo: str, run_id: str, endpoint: str | None = None) -> str:
    """Return the page of a run's record.

    Args:
        repo: the results data set.
        run_id: as :func:`hubscore.results.run_id` gives it.
        endpoint: the Hub's address; by default the one in use.

    Example:
        >>> record_url("alice/hubscore-results", "2026-11-20T12-00-00Z-1a2b3c4d", "https://huggingface.co")
        'https://huggingface.co/datasets/alice/hubscore-results/blob/main/runs/2026-11-20T12-00-00Z-1a2b3c4d.json'
    """
    return f"{_address(endpoint)}/datasets/{repo}/blob/main/{quote(run_path(run_id))}"


def find_record(ranking: Ranking | Mapping[str, Any], *, repo: str, api: HfApi) -> Record | None:
    """Return where a ranking is published, or none where it is not.

    Args:
        ranking: the ranking, as it was saved; what was left out of its record for privacy does not matter.
        repo: the results data set.
        api: the Hub client.

    Raises:
        HubError: the Hub refused, failed or cannot be reached.
        StorageError: the ranking does not say when it was made, or the record is damaged.
    """
    run = as_run(ranking)
    try:
        results = read_repo(repo, api, wanted=[run.path])
    except DatasetError:  # no such repo, or one that this token may not see
        return None
    if run.path not in results.contents.files:
        return None
    there = read_run(results.contents.files[run.path], run.path)
    return Record(repo, run.id, record_url(repo, run.id, api.endpoint), results.public, same_run(run, there))


def default_repo(user: str) -> str:
    """Return the results data set of a user."""
    return f"{user}/{NAME}"


def _address(endpoint: str | None) -> str:
    if endpoint is None:
        from huggingface_hub import constants

        endpoint = constants.ENDPOINT
    return without_password(endpoint).rstrip("/")
