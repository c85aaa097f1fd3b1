"""Popularity: how often the checkpoint is downloaded or liked."""

from __future__ import annotations

from typing import Literal

from hubscore.errors import UsageError
from hubscore.numerics.validation import known
from hubscore.numerics.workspace import Workspace, required_candidate


def popularity(workspace: Workspace, *, by: Literal["downloads", "likes"] = "downloads") -> float:
    """Return the Hub's count.

    Args:
        workspace: with the candidate.
        by: ``"downloads"`` in the last 30 days, or ``"likes"``.

    Returns:
        At least 0, higher is better.

    Raises:
        Undefined: the Hub does not tell it, as for a local folder.
        UsageError: another ``by``.

    Source:
        None: what people download.

    Example:
        >>> from hubscore.types import Candidate
        >>> candidate = Candidate("timm/resnet18", "main", "timm", downloads=7, likes=2)
        >>> popularity(Workspace(candidate=candidate), by="likes")
        2.0
    """
    if by not in ("downloads", "likes"):
        raise UsageError(f"Cannot rank popularity by '{by}'", "there are downloads and likes", 'by="downloads"')
    count = required_candidate(workspace).downloads if by == "downloads" else required_candidate(workspace).likes
    return float(known(count, "Popularity", f"the number of {by} is not known"))
