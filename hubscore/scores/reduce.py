"""Exact PCA before scoring (PARC, section 4)."""

from __future__ import annotations

import numpy as np

from hubscore.errors import UsageError
from hubscore.scores.spectrum import centred_columns, principal_components
from hubscore.scores.workspace import Floats, Workspace


def reduced(workspace: Workspace, dimensions: int) -> Workspace:
    """Return the workspace with its features projected on their first principal components.

    The sign of a component is scikit-learn's: its largest loading on the network's own columns is positive. PARC correlates
    samples over components, so that its value depends on the signs.

    Args:
        workspace: with features of shape (n samples, d features); without features it is returned as it is.
        dimensions: how many components; clipped to the rank of the centred features.

    Raises:
        UsageError: fewer than one dimension.

    Example:
        >>> import numpy as np
        >>> line = Workspace(features=np.outer([1.0, 2.0, 6.0], [3.0, 4.0]))
        >>> np.round(reduced(line, 1).features.ravel(), 9).tolist()
        [-10.0, -5.0, 15.0]
    """
    if dimensions < 1:
        raise UsageError(f"Cannot reduce to {dimensions} dimensions", "at least 1 is needed", "--reduce 32")
    if workspace.features is None:
        return workspace
    components = principal_components(workspace, dimensions)
    return workspace.replaced(components * _signs(centred_columns(workspace), components))


def _signs(values: Floats, components: Floats) -> Floats:
    loadings = components.T @ values
    largest = loadings[np.arange(len(loadings)), np.abs(loadings).argmax(axis=1)]
    return np.where(largest < 0, -1.0, 1.0)
