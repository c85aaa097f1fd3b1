"""Requests of visitors: checked, then one line more in ``requests.jsonl`` of a data set."""

from __future__ import annotations

import json
import os
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from data import FAULTS
from huggingface_hub import CommitOperationAdd, HfApi, hf_hub_download
from huggingface_hub.errors import EntryNotFoundError, GatedRepoError, HfHubHTTPError, RepositoryNotFoundError

FILE = "requests.jsonl"
MOST_PENDING = 3
"""Open requests of one visitor."""

_DATASET = re.compile(r"[A-Za-z0-9][\w.-]*/[\w.-]{1,96}", re.ASCII)
_CANDIDATES = re.compile(r"[\w ./,:@-]{0,200}", re.ASCII)
_TRIES = 4


class RefusedError(ValueError):
    """The request cannot be taken; the text says why and what to do."""


@dataclass(frozen=True)
class Desk:
    """Takes requests for one data set of requests.

    Args:
        repo: its id.
        token: of the Space; it must be allowed to write there.
        endpoint: the Hub.
    """

    repo: str
    token: str | None = None
    endpoint: str | None = None

    def rows(self) -> list[dict[str, Any]]:
        """Return the queue, oldest first; empty where it cannot be read."""
        try:
            return self._read(self._api().dataset_info(self.repo, timeout=8).sha or "main")
        except FAULTS:
            return []

    def ask(self, dataset: str, candidates: str, user: str) -> str:
        """Add a request and return what to tell the visitor.

        Raises:
            RefusedError: it is not valid, the visitor has too many open ones, or the queue cannot be written.
        """
        dataset, candidates = dataset.strip(), candidates.strip()
        self._check(dataset, candidates)
        for _ in range(_TRIES):
            try:
                head = self._api().dataset_info(self.repo).sha or "main"
                rows = self._read(head)
                _check_queue(rows, dataset, candidates, user)
                row = {
                    "dataset": dataset,
                    "candidates": candidates,
                    "user": user,
                    "date": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
                }
                self._write([*rows, {**row, "status": "pending"}], head, dataset)
                return (
                    f"Thank you: {dataset} is in the queue, number"
                    f" {sum(row.get('status') == 'pending' for row in rows) + 1}."
                )
            except RefusedError:
                raise
            except HfHubHTTPError as error:
                if error.response is None or error.response.status_code not in (
                    409,
                    412,
                ):  # else somebody was faster: read again
                    raise RefusedError(
                        "The queue cannot be written now. Try again later, or run the command above."
                    ) from error
            except FAULTS as error:
                raise RefusedError(
                    "The Hub cannot be reached now. Try again later, or run the command above."
                ) from error
        raise RefusedError("Many people are asking at this moment. Try again.")

    def _api(self) -> HfApi:
        return HfApi(endpoint=self.endpoint, token=self.token)

    def _check(self, dataset: str, candidates: str) -> None:
        if not _CANDIDATES.fullmatch(candidates):
            raise RefusedError("Candidates are ids or words of a search, at most 200 letters.")
        check_public(dataset, self.endpoint)

    def _read(self, revision: str) -> list[dict[str, Any]]:
        try:
            local = hf_hub_download(
                self.repo, FILE, repo_type="dataset", revision=revision, endpoint=self.endpoint, token=self.token
            )
        except EntryNotFoundError:
            return []
        rows = (_row(line) for line in Path(local).read_text(encoding="utf-8").splitlines())
        return [row for row in rows if row is not None]

    def _write(self, rows: list[dict[str, Any]], head: str, dataset: str) -> None:
        content = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()
        operation = CommitOperationAdd(FILE, content)
        self._api().create_commit(
            self.repo,
            [operation],
            commit_message=f"Request for {dataset}",
            repo_type="dataset",
            parent_commit=head if len(head) == 40 else None,
        )


def check_public(dataset: str, endpoint: str | None = None) -> None:
    """Look a data set up as a stranger.

    Raises:
        RefusedError: not everybody can read it.
    """
    if not _DATASET.fullmatch(dataset):
        raise RefusedError("That is not a data set of the Hub. Write owner/name.")
    elsewhere = "Rank it on your machine: hubscore rank"
    try:
        info = HfApi(endpoint=endpoint, token=False).dataset_info(dataset, timeout=8)
    except GatedRepoError as error:
        raise RefusedError(f"{dataset} is gated. {elsewhere}.") from error
    except RepositoryNotFoundError as error:
        raise RefusedError(f"{dataset} does not exist or is private. {elsewhere}.") from error
    except FAULTS as error:
        raise RefusedError("The Hub cannot be reached now. Try again later, or rank it on your machine.") from error
    if info.gated or info.private or info.disabled:
        raise RefusedError(f"{dataset} is not open to everybody. {elsewhere}.")


def open_desk(environment: Mapping[str, str] = os.environ) -> Desk | None:
    """Return the desk that ``REQUESTS_REPO`` names, where visitors can log in."""
    repo = environment.get("REQUESTS_REPO")
    return Desk(repo, environment.get("HF_TOKEN")) if repo and environment.get("OAUTH_CLIENT_ID") else None


def answer(desk: Desk, dataset: str, candidates: str, user: str | None) -> str:
    """Return what to tell a visitor who pressed the button."""
    if not user:
        return "Log in first: requests carry the name of who asked."
    try:
        return desk.ask(dataset, candidates, user)
    except RefusedError as error:
        return str(error)


def _check_queue(rows: list[dict[str, Any]], dataset: str, candidates: str, user: str) -> None:
    pending = [row for row in rows if row.get("status") == "pending"]
    if any(row.get("dataset") == dataset and row.get("candidates") == candidates for row in pending):
        raise RefusedError(f"{dataset} is in the queue already.")
    if sum(row.get("user") == user for row in pending) >= MOST_PENDING:
        raise RefusedError(f"You have {MOST_PENDING} open requests. Wait for one, or run the command above.")


def _row(line: str) -> dict[str, Any] | None:
    try:
        row = json.loads(line)
    except ValueError:
        return None
    return row if isinstance(row, dict) else None
