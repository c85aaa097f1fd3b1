"""PWCCA: canonical correlations, weighted by how much of the first network each explains."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from hubscore.similarity.canonical_correlation import Directions, canonical, directions

TITLE = "PWCCA"


def pwcca(a: ArrayLike, b: ArrayLike, *, variance: float = 1.0, components: int | None = None) -> float:
    r"""Return the mean canonical correlation, weighted by what each canonical variate holds of the first network.

    .. math:: \frac{\sum_i w_i \rho_i}{\sum_i w_i}, \quad w_i = \sum_j |\langle h_i, x_j \rangle|

    h_i are the whitened canonical variates of ``a`` and x_j its centred columns, so the order of the two networks
    matters.

    Args:
        a: features, shape (n samples, d features).
        b: features of the same samples, shape (n samples, e features).
        variance: share of each network's variance whose directions are kept; all of them by default.
        components: keep this many directions instead.

    Returns:
        Between 0 and 1, 1 for a network that ``b`` predicts linearly.

    Raises:
        Undefined: k_a + k_b > n - 1, fewer than 2 samples, or features that are the same for all samples.
        UsageError: the networks saw different numbers of samples.

    Warns:
        FewSamples: n < 5 (k_a + k_b).

    Source:
        Morcos, Raghu, Bengio, Insights on representational similarity in neural networks with canonical correlation,
        NeurIPS 2018, section 2.2.

    Example:
        >>> import numpy as np
        >>> a = np.eye(4)[[0, 0, 0, 0, 0, 1, 1, 1, 1, 1]][:, :1]
        >>> b = np.eye(4)[[0, 0, 0, 0, 1, 1, 1, 1, 1, 0]][:, :1]
        >>> round(pwcca(a, b), 4)
        0.6
    """
    return combine(
        prepare(a, variance=variance, components=components), prepare(b, variance=variance, components=components)
    )


def prepare(features: ArrayLike, *, variance: float = 1.0, components: int | None = None) -> Directions:
    """Return a network's directions."""
    return directions(features, TITLE, variance, components)


def combine(a: Directions, b: Directions) -> float:
    """Return the weighted mean correlation."""
    found = canonical(a, b, TITLE)
    weights = np.abs(found.first.T @ a.loadings).sum(axis=1)
    return float(weights @ found.correlations / weights.sum())
