"""Exact PCA before scoring (PARC, section 4)."""

from __future__ import annotations

import numpy as np

from hubscore.numerics.spectrum import centred_columns, principal_components
from hubscore.numerics.validation import integer
from hubscore.numerics.workspace import Floats, Workspace


def reduced(workspace: Workspace, dimensions: int) -> Workspace:
    """Return the workspace with its features, and those of a general set, projected on the features' first principal
    components; a reference's features on their own.

    The sign of a component is scikit-learn's: its largest loading on the network's own columns is positive. PARC
    correlates samples over components, so that its value depends on the signs.

    Args:
        workspace: with features of shape (n samples, d features); without features it is returned as it is.
        dimensions: how many components; clipped to the rank of the centred features.

    Raises:
        UsageError: dimensions is not an integer of at least 1.

    Example:
        >>> import numpy as np
        >>> line = Workspace(features=np.outer([1.0, 2.0, 6.0], [3.0, 4.0]))
        >>> np.round(reduced(line, 1).features.ravel(), 9).tolist()
        [-10.0, -5.0, 15.0]
    """
    integer("reduce", dimensions, 32)
    if workspace.features is None:
        return workspace
    components = principal_components(workspace, dimensions)
    loadings = components.T @ centred_columns(workspace)
    largest = loadings[np.arange(len(loadings)), np.abs(loadings).argmax(axis=1)]
    signs = np.where(largest < 0, -1.0, 1.0)
    other = workspace.replaced(components * signs, general=_general(workspace, components, loadings * signs[:, None]))
    if workspace.reference is not None:
        other.reference = reduced(Workspace(features=workspace.reference), dimensions).features
    return other


def _general(workspace: Workspace, components: Floats, loadings: Floats) -> Floats | None:
    """Coordinates of the general set on the axes of the components, from the same mean, shape (m samples, k)."""
    if workspace.general is None:
        return None
    squares = np.einsum("ij,ij->j", components, components)
    axes = loadings / np.where(squares > 0, squares, 1.0)[:, None]  # those of constant features are 0
    coordinates: Floats = (workspace.general - workspace.original.mean(axis=0)) @ axes.T
    return coordinates
