"""Size: how many parameters the network has."""

from __future__ import annotations

from hubscore.numerics.validation import known
from hubscore.numerics.workspace import Workspace, required_candidate


def size(workspace: Workspace) -> float:
    """Return the number of parameters.

    Args:
        workspace: with the candidate.

    Returns:
        At least 0, higher is better.

    Raises:
        Undefined: it is not known.

    Source:
        None: the usual rule of thumb.

    Example:
        >>> from hubscore.types import Candidate
        >>> size(Workspace(candidate=Candidate("timm/resnet18", "main", "timm", parameters=11_689_512)))
        11689512.0
    """
    return float(known(required_candidate(workspace).parameters, "Size", "the number of parameters is not known"))
