"""The range of normal variables: by how much the largest of many equals seems ahead of the smallest."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import numpy as np

_STEPS = 100
_RELATIVE = 4 * float(np.finfo(float).eps)


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
    return root(lambda width: range_probability(width, count) - level, 0.0, 40.0, accuracy=1e-10)


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


def root(function: Callable[[float], float], low: float, high: float, *, accuracy: float) -> float:
    """Return where a function is zero, by Brent's method: inverse quadratic steps, and bisection where they do not pay.

    It takes the steps of ``scipy.optimize.brentq``, whose module takes a sixth of the time of a ranking whose scores
    are stored to import, and gives the same to the last bit.

    Args:
        function: with values of different signs at the ends.
        low: one end.
        high: the other.
        accuracy: of the answer.

    Source:
        Brent, Algorithms for minimization without derivatives, 1973, chapter 4.

    Example:
        >>> round(root(lambda x: x * x - 2, 0.0, 2.0, accuracy=1e-12), 9)
        1.414213562
    """
    before, now, other = low, high, 0.0
    at_before, at_now, at_other = function(low), function(high), 0.0
    step = previous = 0.0
    if at_before == 0:
        return before
    for _ in range(_STEPS):
        if at_before != 0 and at_now != 0 and (at_before < 0) != (at_now < 0):
            other, at_other = before, at_before
            step = previous = now - before
        if abs(at_other) < abs(at_now):
            before, now, other = now, other, now
            at_before, at_now, at_other = at_now, at_other, at_now
        smallest, middle = (accuracy + _RELATIVE * abs(now)) / 2, (other - now) / 2
        if at_now == 0 or abs(middle) < smallest:
            break
        if abs(previous) > smallest and abs(at_now) < abs(at_before):
            slope = (at_before - at_now) / (before - now)
            if before == other:
                tried = -at_now * (now - before) / (at_now - at_before)
            else:
                further = (at_other - at_now) / (other - now)
                tried = -at_now * (at_other * further - at_before * slope) / (further * slope * (at_other - at_before))
            if 2 * abs(tried) < min(abs(previous), 3 * abs(middle) - smallest):
                previous, step = step, tried
            else:
                previous = step = middle
        else:
            previous = step = middle
        before, at_before = now, at_now
        now += step if abs(step) > smallest else (smallest if middle > 0 else -smallest)
        at_now = function(now)
    return now
