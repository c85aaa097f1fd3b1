"""Capacity: how deep the network is."""

from __future__ import annotations

from hubscore.numerics.validation import known
from hubscore.numerics.workspace import Workspace, required_candidate


def capacity(workspace: Workspace) -> float:
    """Return the number of convolution and linear layers on the longest path to the features, with the head.

    Args:
        workspace: with the candidate.

    Returns:
        At least 0, higher is better.

    Raises:
        Undefined: it is not known.

    Source:
        Bolya, Mittapalli, Hoffman, NeurIPS 2021; l in Eq. 6.

    Example:
        >>> from hubscore.types import Candidate
        >>> capacity(Workspace(candidate=Candidate("timm/resnet18", "main", "timm", layers=18)))
        18.0
    """
    return float(known(required_candidate(workspace).layers, "Capacity", "the number of layers is not known"))
