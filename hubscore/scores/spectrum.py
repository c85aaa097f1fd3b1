"""One centring and one decomposition of the features, shared by the scores that need them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from hubscore.errors import UsageError
from hubscore.scores.workspace import Floats, Workspace, shared


class Spectrum(NamedTuple):
    """A thin SVD ``left * values @ right`` cut at the numerical rank."""

    left: Floats
    """Shape (n samples, r)."""
    values: Floats
    """Shape (r,), falling."""


def present(workspace: Workspace) -> Floats:
    """Return the features, which :func:`hubscore.scores.api.check` has made sure of."""
    if workspace.features is None:
        raise UsageError("There are no features", "", "pass features=")
    return workspace.features


@shared
def centred(workspace: Workspace) -> Floats:
    """Features minus their mean, shape (n samples, d features)."""
    features = present(workspace)
    return features - features.mean(axis=0)


@shared
def spectrum(workspace: Workspace) -> Spectrum:
    """Thin SVD of the centred features, without singular values that are rounding noise."""
    values = centred(workspace)
    left, singular, _ = np.linalg.svd(values, full_matrices=False)
    keep = singular > max(values.shape) * np.finfo(np.float64).eps * (singular[0] if singular.size else 0.0)
    return Spectrum(left[:, keep], singular[keep])


def principal_components(workspace: Workspace, dimensions: int) -> Floats:
    """Scores on the first principal components, shape (n samples, min(dimensions, rank))."""
    left, values = spectrum(workspace)
    count = max(1, min(dimensions, values.size))
    if not values.size:
        return np.zeros((workspace.n, 1))
    return left[:, :count] * values[:count]
