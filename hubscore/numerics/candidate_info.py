"""What baselines need to know of a checkpoint, or the reason why they cannot."""

from __future__ import annotations

from hubscore.errors import Undefined, UsageError
from hubscore.numerics.workspace import Workspace
from hubscore.types import Candidate


def candidate(workspace: Workspace) -> Candidate:
    """Return the checkpoint that a workspace belongs to."""
    if workspace.candidate is None:
        raise UsageError("Nothing is known about the checkpoint", "no candidate was given", "pass candidate=")
    return workspace.candidate


def known(value: int | None, title: str, missing: str, fix: str = "") -> int:
    """Return a number that the checkpoint's card or file should tell.

    Raises:
        Undefined: it does not.
    """
    if value is None:
        raise Undefined(f"{title} is undefined", missing, fix)
    return value
