"""Exact PCA before scoring (PARC, section 4)."""

from __future__ import annotations

from hubscore.errors import UsageError
from hubscore.scores.spectrum import principal_components
from hubscore.scores.workspace import Workspace


def reduced(workspace: Workspace, dimensions: int) -> Workspace:
    """Return the workspace with its features projected on their first principal components.

    Args:
        workspace: with features of shape (n samples, d features); without features it is returned as it is.
        dimensions: how many components; clipped to min(n, d).

    Raises:
        UsageError: fewer than one dimension.
    """
    if dimensions < 1:
        raise UsageError(f"Cannot reduce to {dimensions} dimensions", "at least 1 is needed", "--reduce 32")
    if workspace.features is None:
        return workspace
    small = workspace.subset(slice(None))  # type: ignore[arg-type]
    small.features = principal_components(workspace, dimensions)
    return small
