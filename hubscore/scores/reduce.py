"""Exact PCA before scoring (PARC, section 4)."""

from __future__ import annotations

from hubscore.errors import UsageError
from hubscore.scores.spectrum import principal_components
from hubscore.scores.workspace import Workspace


def reduced(workspace: Workspace, dimensions: int) -> Workspace:
    """Return the workspace with its features projected on their first principal components.

    Args:
        workspace: with features of shape (n samples, d features); without features it is returned as it is.
        dimensions: how many components; clipped to the rank of the centred features.

    Raises:
        UsageError: fewer than one dimension.

    Example:
        >>> import numpy as np
        >>> line = Workspace(features=np.outer([1.0, 2.0, 6.0], [3.0, 4.0]))
        >>> np.round(abs(reduced(line, 1).features.ravel()), 9).tolist()
        [10.0, 5.0, 15.0]
    """
    if dimensions < 1:
        raise UsageError(f"Cannot reduce to {dimensions} dimensions", "at least 1 is needed", "--reduce 32")
    if workspace.features is None:
        return workspace
    return workspace.replaced(principal_components(workspace, dimensions))
