"""Canonical correlations of two networks' main directions, which SVCCA and PWCCA average differently."""

from __future__ import annotations

import warnings
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from hubscore.errors import Undefined, UsageError
from hubscore.numerics.spectrum import centred, spectrum
from hubscore.numerics.workspace import Floats, Workspace
from hubscore.similarity.validation import features_of, same_samples

SAFE = 5
"""Samples a direction, below which canonical correlations come out clearly too high."""


class FewSamples(UserWarning):
    """A value was computed from fewer samples than make it trustworthy.

    Args:
        title: of the comparison.
        samples: how many there were.
        total: how many directions both networks have.
    """

    def __init__(self, title: str, samples: int, total: int) -> None:
        self.enough = SAFE * total
        super().__init__(
            f"{title} from {samples} samples and {total} directions comes out too high; {self.enough} samples would be"
            " enough"
        )


class Directions(NamedTuple):
    """A network's main directions over the samples."""

    basis: Floats
    """Shape (n samples, k), orthonormal columns."""
    loadings: Floats
    """The basis times the centred features, shape (k, d features)."""


class Canonical(NamedTuple):
    """Correlations, falling, and how the canonical variates are made of each network's basis."""

    first: Floats
    """Shape (k_a, r): column i times the basis of a is the i-th variate of a."""
    correlations: Floats
    """Shape (r,), r = min(k_a, k_b)."""


def directions(features: ArrayLike, title: str, variance: float, components: int | None) -> Directions:
    """Return the leading singular directions of centred features.

    Args:
        features: shape (n samples, d features).
        title: of the comparison, for messages.
        variance: the share of the variance to keep, above 0 and at most 1.
        components: keep this many instead.

    Raises:
        Undefined: the features are the same for all samples.
        UsageError: a share or number that makes no sense.
    """
    if not 0 < variance <= 1 or (components is not None and components < 1):
        wrong = f"variance={variance:g}" if components is None else f"components={components}"
        raise UsageError(f"Cannot keep {wrong}", "", "variance=0.99, or components=20")
    workspace = Workspace(features=features_of(features, title))
    found = spectrum(workspace)
    if not found.values.size:
        raise Undefined(f"{title} is undefined", "the features are the same for all samples", "use more varied samples")
    keep = min(components, len(found.values)) if components is not None else _enough(found.values, variance)
    basis = np.ascontiguousarray(found.left[:, :keep])
    return Directions(basis, basis.T @ centred(workspace))


def canonical(a: Directions, b: Directions, title: str) -> Canonical:
    """Return the canonical correlations of two networks' directions.

    Raises:
        Undefined: k_a + k_b > n - 1, where correlations of exactly 1 appear between independent data.
        UsageError: the networks saw different numbers of samples.

    Warns:
        FewSamples: n < 5 (k_a + k_b).
    """
    same_samples(len(a.basis), len(b.basis))
    n, total = len(a.basis), a.basis.shape[1] + b.basis.shape[1]
    if total > n - 1:
        why = f"{a.basis.shape[1]} + {b.basis.shape[1]} directions of {n} samples always correlate perfectly somewhere"
        fewer = f", or keep fewer directions (components={(n - 1) // 2})" if n > 2 else ""
        raise Undefined(f"{title} is undefined", why, f"use more than {total} samples{fewer}")
    if n < SAFE * total:
        warnings.warn(FewSamples(title, n, total), stacklevel=4)
    first, correlations, _ = np.linalg.svd(a.basis.T @ b.basis, full_matrices=False)
    return Canonical(first, np.clip(correlations, 0.0, 1.0))


def _enough(values: Floats, variance: float) -> int:
    """How many leading singular values hold the share of the variance."""
    shares = np.cumsum(values**2) / np.sum(values**2)
    return min(int(np.searchsorted(shares, variance - 1e-12)) + 1, len(values))
