"""How well an order of models matched their true accuracies.

Every measure takes ``values`` (larger promises more) and ``truth`` (accuracies), both of shape (n models,), in the same
order. Where ``values`` has ties, the measures that pick models give the mean over all ways to break them, so no model
gains by its place in a list.
"""

from __future__ import annotations

import inspect
from math import comb
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hubscore.errors import Undefined, UsageError

Floats = NDArray[np.float64]


def pearson(values: ArrayLike, truth: ArrayLike) -> float:
    """Return the linear correlation of values and accuracies.

    Args:
        values: shape (n models,).
        truth: accuracies, shape (n models,).

    Returns:
        -1 to 1, higher is better.

    Raises:
        Undefined: fewer than three models, or all values or accuracies equal.

    Source:
        PARC (Bolya et al., NeurIPS 2021) and Fennec (Bai et al., ECCV 2024) report this.

    Example:
        >>> round(pearson([1, 2, 3, 4], [0.1, 0.2, 0.3, 0.8]), 4)
        0.9135
    """
    both = _varied("Pearson's correlation", values, truth)
    one, other = (column - column.mean() for column in both)
    # Plain arithmetic: scipy's function also makes a distribution for a p-value, which takes fifty times as long.
    found = np.dot(one / np.linalg.norm(one), other / np.linalg.norm(other))
    return float(np.clip(found, -1, 1))


def weighted_tau(values: ArrayLike, truth: ArrayLike) -> float:
    """Return Kendall's tau with hyperbolic weights, in which the top of the order counts most.

    Args:
        values: shape (n models,).
        truth: accuracies, shape (n models,).

    Returns:
        -1 to 1, higher is better.

    Raises:
        Undefined: fewer than three models, or all values or accuracies equal.

    Source:
        ``scipy.stats.weightedtau(score, accuracy)`` as SFDA, ETran, NCTI and PED call it: the mean of ranking by the
        one and by the other.

    Example:
        >>> round(weighted_tau([1, 2, 3, 4], [0.1, 0.2, 0.3, 0.4]), 4)
        1.0
    """
    from scipy.stats import weightedtau

    values, truth = _varied("The weighted tau", values, truth)
    # What scipy wraps its functions in, for axes and missing values, costs five times what the tau of a table does.
    return float(inspect.unwrap(weightedtau)(values, truth).statistic)


def kendall(values: ArrayLike, truth: ArrayLike) -> float:
    """Return Kendall's tau-b: the share of pairs in the right order minus the share in the wrong one, ties accounted
    for.

    Args:
        values: shape (n models,).
        truth: accuracies, shape (n models,).

    Returns:
        -1 to 1, higher is better.

    Raises:
        Undefined: fewer than three models, or all values or accuracies equal.

    Example:
        >>> round(kendall([1, 2, 3, 4], [0.1, 0.2, 0.4, 0.3]), 4)
        0.6667
    """
    return float(_kendall(values, truth).statistic)


def by_chance(values: ArrayLike, truth: ArrayLike) -> float:
    """Return in what share of random orders Kendall's tau would be at least this large.

    Args:
        values: shape (n models,).
        truth: accuracies, shape (n models,).

    Returns:
        0 to 1; small values say that luck is a poor explanation. Exact without ties up to 33 models, asymptotic
        otherwise.

    Raises:
        Undefined: fewer than three models, or all values or accuracies equal.

    Example:
        >>> round(by_chance([1, 2, 3, 4], [0.1, 0.2, 0.3, 0.4]), 4)
        0.0417
    """
    return float(_kendall(values, truth).pvalue)


def precision_at(k: int, values: ArrayLike, truth: ArrayLike, *, relevant: int = 5) -> float:
    """Return the share of the k best-valued models that belong to the ``relevant`` truly best (P@K).

    Args:
        k: how many are picked.
        values: shape (n models,).
        truth: accuracies, shape (n models,).
        relevant: how many count as truly best; models that tie with the last of them do as well.

    Returns:
        0 to 1, higher is better.

    Raises:
        UsageError: ``k`` or ``relevant`` is not between 1 and n.

    Source:
        Song et al., NeurIPS 2019, with the five best sources as relevant.

    Example:
        >>> precision_at(2, [4, 3, 2, 1], [0.9, 0.2, 0.8, 0.1], relevant=2)
        0.5
    """
    return _hits(k, values, truth, relevant)[0] / k


def recall_at(k: int, values: ArrayLike, truth: ArrayLike, *, relevant: int = 5) -> float:
    """Return the share of the ``relevant`` truly best models that are among the k best-valued (R@K).

    Args:
        k: how many are picked.
        values: shape (n models,).
        truth: accuracies, shape (n models,).
        relevant: how many count as truly best; models that tie with the last of them do as well.

    Returns:
        0 to 1, higher is better.

    Raises:
        UsageError: ``k`` or ``relevant`` is not between 1 and n.

    Source:
        Song et al., NeurIPS 2019.

    Example:
        >>> recall_at(1, [4, 3, 2, 1], [0.9, 0.2, 0.8, 0.1], relevant=2)
        0.5
    """
    hits, best = _hits(k, values, truth, relevant)
    return hits / best


def regret(values: ArrayLike, truth: ArrayLike, *, k: int = 1) -> float:
    """Return the accuracy lost by fine-tuning only the k best-valued models and keeping the best of them.

    Args:
        values: shape (n models,).
        truth: accuracies, shape (n models,).
        k: how many are fine-tuned.

    Returns:
        0 or more, in the unit of ``truth``; lower is better.

    Raises:
        UsageError: ``k`` is not between 1 and n.

    Example:
        >>> round(regret([4, 3, 2, 1], [0.7, 0.2, 0.8, 0.1]), 4)
        0.1
    """
    values, truth = _pair(values, truth)
    sure, tied, slots = _picked(k, values)
    best_sure = truth[sure].max() if sure.any() else -np.inf
    candidates = np.sort(truth[tied])
    ways = comb(len(candidates), slots)
    # The i-th smallest of the tied models is the best of the drawn ones in comb(i, slots - 1) of all draws.
    expected = sum(comb(i, slots - 1) / ways * max(best_sure, value) for i, value in enumerate(candidates))
    return float(truth.max() - expected)


def rel_at(k: int, values: ArrayLike, truth: ArrayLike) -> float:
    """Return the best accuracy among the k best-valued models over the best of all (rel@k).

    Args:
        k: how many are fine-tuned.
        values: shape (n models,).
        truth: accuracies, shape (n models,).

    Returns:
        0 to 1, higher is better.

    Raises:
        Undefined: no model has an accuracy above 0.
        UsageError: ``k`` is not between 1 and n.

    Example:
        >>> round(rel_at(1, [4, 3, 2, 1], [0.7, 0.2, 0.8, 0.1]), 4)
        0.875
    """
    lost, best = regret(values, truth, k=k), float(np.max(truth))
    if best <= 0:
        raise Undefined("rel@k is undefined", "no accuracy is above 0", "check the accuracies")
    return 1.0 - lost / best


def _kendall(values: ArrayLike, truth: ArrayLike) -> Any:
    """Return tau-b, with the share of random orders that have at least it."""
    from scipy.stats import kendalltau

    return kendalltau(*_varied("Kendall's tau", values, truth), alternative="greater")


def _pair(values: ArrayLike, truth: ArrayLike) -> tuple[Floats, Floats]:
    values, truth = np.asarray(values, dtype=np.float64), np.asarray(truth, dtype=np.float64)
    if values.shape != truth.shape or values.ndim != 1:
        raise UsageError(
            f"Cannot compare {values.shape} values with {truth.shape} accuracies",
            "",
            "pass one of each for every model",
        )
    if not (np.isfinite(values).all() and np.isfinite(truth).all()):
        raise UsageError("Cannot compare values with accuracies: some are not finite", "", "leave those models out")
    return values, truth


def _varied(measure: str, values: ArrayLike, truth: ArrayLike) -> tuple[Floats, Floats]:
    values, truth = _pair(values, truth)
    if len(values) < 3:
        raise Undefined(f"{measure} is undefined", f"there are {len(values)} models, and at least 3 are needed")
    for name, column in (("values", values), ("accuracies", truth)):
        if np.ptp(column) == 0:
            raise Undefined(f"{measure} is undefined", f"all {name} are equal")
    return values, truth


def _picked(k: int, values: Floats) -> tuple[NDArray[np.bool_], NDArray[np.bool_], int]:
    """Return who is among the k best for sure, who ties for the last places, and how many places those are."""
    if not 1 <= k <= len(values):
        raise UsageError(f"Cannot pick {k} of {len(values)} models", "", f"choose a number between 1 and {len(values)}")
    border = np.sort(values)[-k]
    sure = values > border
    return sure, values == border, k - int(sure.sum())


def _hits(k: int, values: ArrayLike, truth: ArrayLike, relevant: int) -> tuple[float, int]:
    """Return the expected number of relevant models among the k picked, and how many are relevant."""
    values, truth = _pair(values, truth)
    sure, tied, slots = _picked(k, values)
    top, level, _ = _picked(relevant, truth)
    best = top | level
    return float((sure & best).sum() + slots * (tied & best).sum() / tied.sum()), int(best.sum())
