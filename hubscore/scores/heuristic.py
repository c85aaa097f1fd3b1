"""The heuristic of PARC's authors: depth, and the logarithm of how many images there are to learn from."""

from __future__ import annotations

import math

from hubscore.numerics.validation import integer, known
from hubscore.numerics.workspace import Workspace, required_candidate


def heuristic(workspace: Workspace, *, target_size: int | None = None) -> float:
    r"""Add depth and data.

    .. math:: l + \ln(|D_s| + |D_t|)

    The authors' code subtracts ln|D_t| instead, which orders networks of one depth alike.

    Args:
        workspace: with the candidate: its layers and the number of training images of its source set.
        target_size: training images of the target set; the workspace's samples where it is not given.

    Returns:
        At least 0, higher is better.

    Raises:
        Undefined: layers, source size or target size are not known.
        UsageError: target_size is not an integer of at least 1.

    Source:
        Bolya, Mittapalli, Hoffman, NeurIPS 2021, Eq. 4.

    Example:
        >>> from hubscore.types import Candidate
        >>> facts = Candidate("timm/resnet18", "main", "timm", layers=18, source_size=1_281_167)
        >>> round(heuristic(Workspace(candidate=facts), target_size=2000), 4)
        32.0648
    """
    if target_size is not None:
        integer("target_size", target_size, 1000)
    facts = required_candidate(workspace)
    layers = known(facts.layers, "The heuristic", "the number of layers is not known")
    source = known(facts.source_size, "The heuristic", "the card does not say how many images the source set has")
    target = known(
        target_size or workspace.n or None,
        "The heuristic",
        "the size of the target set is not known",
        "pass target_size=",
    )
    return layers + math.log(source + target)
