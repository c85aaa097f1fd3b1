"""The weight of DEPARA's edges that suits models whose worth is known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from hubscore.bench.relations import pr_curve
from hubscore.errors import Undefined, UsageError

GRID = (0.0, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0)
"""Weights tried; the paper and its code use 0.03 to 10."""


@dataclass(frozen=True)
class LambdaSearchResult:
    """A weight, how good it was, and how good the others were.

    Attributes:
        lambda_: the best weight; of several the one nearest to 1.
        value: mean over targets, 1 at best.
        tried: value by weight.
    """

    lambda_: float
    value: float
    tried: dict[float, float]


def tune_lambda(
    nodes: ArrayLike,
    edges: ArrayLike,
    truth: ArrayLike,
    *,
    grid: Sequence[float] = GRID,
    relevant_at: int | None = None,
) -> LambdaSearchResult:
    """Choose lambda on a subset of models whose accuracies, or relevance, for some targets are known.

    Args:
        nodes: DEPARA-V, shape (t targets, s models), as ``model_map.tables["depara_nodes"]`` holds it.
        edges: DEPARA-E, shape (t, s), as ``model_map.tables["depara_edges"]`` holds it.
        truth: shape (t, s): accuracies after transfer, NaN where unknown (as for the target's own network); or 0 and 1
            with ``relevant_at``.
        grid: the weights to try.
        relevant_at: judge by P@K at this K of the relevant models instead of Spearman's correlation with the
            accuracies.

    Returns:
        The weight, and the mean Spearman correlation (or P@K) that it reaches on these models; on others expect less.

    Raises:
        Undefined: no target has enough known models.
        UsageError: shapes disagree, or a weight is negative.

    Example:
        >>> tune_lambda([[0.1, 0.2, 0.3, 0.0]], [[0.9, 0.5, 0.1, 0.0]], [[90.0, 80.0, 70.0, 10.0]]).lambda_
        1.0
    """
    v, e, known = (np.asarray(table, dtype=np.float64) for table in (nodes, edges, truth))
    if not v.shape == e.shape == known.shape or v.ndim != 2:
        raise UsageError(
            f"Cannot tune lambda on tables of shape {v.shape}, {e.shape} and {known.shape}",
            "one row per target is needed",
        )
    if not len(grid) or min(grid) < 0:
        raise UsageError(
            "Cannot tune lambda", "the weights to try must be 0 or more, and at least one", "grid=[0.1, 1, 10]"
        )
    tried = {float(weight): _value(v + weight * e if weight else v, known, relevant_at) for weight in grid}
    best = min(tried, key=lambda weight: (-round(tried[weight], 12), abs(np.log(max(weight, 1e-9)))))
    return LambdaSearchResult(best, tried[best], tried)


def _value(table: np.ndarray, truth: np.ndarray, relevant_at: int | None) -> float:
    if relevant_at is not None:
        precision, _ = pr_curve(table, np.nan_to_num(truth) > 0, left_out=~np.isfinite(truth) | ~np.isfinite(table))
        if not 1 <= relevant_at <= len(precision):
            raise UsageError(
                f"Cannot judge by P@{relevant_at}",
                f"there are {len(precision)} models to pick from",
                "choose a smaller K",
            )
        return float(precision[relevant_at - 1])
    from scipy.stats import spearmanr

    found = []
    for row, known in zip(table, truth, strict=True):
        use = np.isfinite(row) & np.isfinite(known)
        if use.sum() >= 3 and np.ptp(known[use]) > 0:
            found.append(float(spearmanr(row[use], known[use]).statistic) if np.ptp(row[use]) > 0 else 0.0)
    if not found:
        raise Undefined(
            "lambda cannot be tuned",
            "no target has three models of known and different accuracy",
            "name more accuracies",
        )
    return float(np.mean(found))
