"""One change to the Hub."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from hubscore.types.inputs import JsonRecord


@dataclass(frozen=True)
class Publication(JsonRecord):
    """One change to one repo on the Hub, planned or made.

    Attributes:
        repo_id: the repo.
        kind: what of it changes.
        diff: the change as a person reads it.
        pull_request: its address, where there is one.
        outcome: a word or two for the outcome; docs/publish.md lists them.
        reason: why nothing was sent, where that is so.
        leaves: what of this machine is, or would be, in it: every field in words, with an example; empty where the
            change itself shows all of it, and where nothing changes.
    """

    repo_id: str
    kind: Literal["card", "results", "space", "eval-results", "history"]
    diff: str
    pull_request: str | None = None
    outcome: str = "planned"
    reason: str = ""
    leaves: str = ""
