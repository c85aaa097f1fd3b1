"""The range of normal variables: by how much the largest of many equals seems ahead of the smallest."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

_WIDEST = 40.0
_HALVINGS = 55
"""As many as leave nothing between the ends; ``scipy.optimize`` would take longer to import."""


@lru_cache(maxsize=64)
def range_quantile(count: int, level: float = 0.95) -> float:
    r"""Return the quantile of the range of independent standard normal variables.

    .. math:: P(W \le w) = k \int \varphi(z) \, [\Phi(z + w) - \Phi(z)]^{k - 1} \, dz

    Two of k equal means are further apart than this many standard errors with the probability ``1 - level`` only,
    however the pair is chosen: what Tukey's honest significant difference rests on.

    Args:
        count: k, how many variables.
        level: probability, between 0 and 1.

    Returns:
        The quantile; 0 for a single variable.

    Source:
        Tukey, The problem of multiple comparisons, 1953; unequal errors: Hayter, Annals of Statistics 1984.

    Example:
        >>> round(range_quantile(2), 3), round(range_quantile(10), 3), round(range_quantile(400), 2)
        (2.772, 4.474, 6.88)
    """
    if count < 2:
        return 0.0
    low, high = 0.0, _WIDEST
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if range_probability(middle, count) < level else (low, middle)
    return high


def range_probability(width: float, count: int) -> float:
    """Return the probability that so many standard normal variables lie within ``width`` of each other.

    Example:
        >>> round(range_probability(2.772, 2), 3)
        0.95
    """
    from scipy.special import ndtr

    z = np.linspace(-9.0, 9.0, 2001)
    inside = ndtr(z + width) - ndtr(z)
    density = np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi)
    return float(count * np.sum(density * inside ** (count - 1)) * (z[1] - z[0]))
