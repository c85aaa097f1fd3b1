"""SVCCA: how well do two networks' main directions predict each other?"""

from __future__ import annotations

from numpy.typing import ArrayLike

from hubscore.similarity.canonical_correlation import Directions, canonical, directions

TITLE = "SVCCA"


def svcca(a: ArrayLike, b: ArrayLike, *, variance: float = 0.99, components: int | None = None) -> float:
    r"""Return the mean canonical correlation of two networks' leading singular directions.

    .. math:: \frac{1}{\min(k_a, k_b)} \sum_i \rho_i, \quad \rho = \text{singular values of } U_a^T U_b

    Args:
        a: features, shape (n samples, d features).
        b: features of the same samples, shape (n samples, e features).
        variance: share of each network's variance whose directions are kept.
        components: keep this many directions instead; the authors' tutorial keeps 20.

    Returns:
        Between 0 and 1, 1 for networks whose directions are the same up to an invertible linear map.

    Raises:
        Undefined: k_a + k_b > n - 1, fewer than 2 samples, or features that are the same for all samples.
        UsageError: the networks saw different numbers of samples.

    Warns:
        FewSamples: n < 5 (k_a + k_b).

    Source:
        Raghu et al., SVCCA, NeurIPS 2017, section 2.1.

    Example:
        >>> import numpy as np
        >>> a = np.eye(4)[[0, 0, 0, 0, 0, 1, 1, 1, 1, 1]][:, :1]
        >>> b = np.eye(4)[[0, 0, 0, 0, 1, 1, 1, 1, 1, 0]][:, :1]
        >>> round(svcca(a, b), 4)
        0.6
    """
    return combine(
        prepare(a, variance=variance, components=components), prepare(b, variance=variance, components=components)
    )


def prepare(features: ArrayLike, *, variance: float = 0.99, components: int | None = None) -> Directions:
    """Return a network's leading directions."""
    return directions(features, TITLE, variance, components)


def combine(a: Directions, b: Directions) -> float:
    """Return the mean correlation."""
    return float(canonical(a, b, TITLE).correlations.mean())
