"""Random order: what chance would say."""

from __future__ import annotations

import hashlib

from hubscore.numerics.workspace import Workspace, required_candidate


def random_order(workspace: Workspace, *, seed: int = 0) -> float:
    """Return a number between 0 and 1 drawn from the checkpoint's id and the seed, the same on every machine.

    Args:
        workspace: with the candidate.
        seed: another seed, another order.

    Returns:
        Between 0 and 1; which way is better means nothing.

    Source:
        None: chance.

    Example:
        >>> from hubscore.types import Candidate
        >>> round(random_order(Workspace(candidate=Candidate("timm/resnet18", "main", "timm"))), 4)
        0.8142
    """
    digest = hashlib.sha256(f"{seed}:{required_candidate(workspace).repo_id}".encode()).digest()
    return int.from_bytes(digest[:6], "big") / 2**48
