"""LogME: how probable the labels are under a Bayesian linear model on the features."""

from __future__ import annotations

from typing import Literal

import numpy as np

from hubscore.errors import Advice, Undefined
from hubscore.numerics.evidence import design, label_targets, log_evidence, unbounded
from hubscore.numerics.label_matrix import label_columns
from hubscore.numerics.spectrum import check_varying
from hubscore.numerics.validation import integer, number
from hubscore.numerics.workspace import Floats, Workspace, required_features


def logme(
    workspace: Workspace, *, reading: Literal["default", "released"] = "default", rounds: int = 11, stop: float = 1e-3
) -> float:
    r"""Average the largest log evidence per sample over classes, labels or regression targets.

    .. math:: \frac{1}{K} \sum_k \frac{1}{n} \sup_{\alpha, \beta} \ln N(y_k; 0, X X^T / \alpha + I / \beta)

    The features are taken as they are, without centring or intercept. The supremum is found by one-dimensional search,
    zero noise included; see :mod:`hubscore.numerics.evidence`. Widely copied fixed-point code drops -(D - N)/2
    ln(alpha) when D > N and so follows the feature width; neither reading here does.

    Args:
        workspace: with features, shape (n samples, d features), and labels.
        reading: ``"released"`` runs the authors' fixed-point iteration instead.
        rounds: of the fixed-point iteration, at most; the default reading ignores it.
        stop: it ends when alpha/beta changes by less than this share.

    Returns:
        Any real number, higher is better.

    Raises:
        Undefined: the labels are an exact linear function of features of rank below n, so that the evidence is
            infinite; or no feature varies.
        UsageError: fewer than one round, or a negative ``stop``.

    Source:
        You, Liu, Wang, Long, ICML 2021, Eq. 2 and Algorithm 1.

    Example:
        >>> import numpy as np
        >>> from hubscore import score
        >>> features, labels = np.array([[1.0], [2.0], [3.0]]), np.array([1.0, 3.0, 2.0])
        >>> round(score("logme", features=features, labels=labels, target="regression"), 4)
        -1.822
    """
    integer("rounds", rounds, 11)
    number("stop", stop, 1e-3, zero=True)
    columns = label_columns(workspace)
    check_varying(workspace, "LogME")
    if reading == "released":
        return _released(required_features(workspace), columns, rounds, stop)
    features = design(workspace, with_mean=True)
    labels = label_targets(workspace)
    if unbounded(features, labels):
        raise Undefined(
            "LogME is undefined",
            f"the labels are an exact linear function of the features, whose rank is {features.rank} for {len(columns)}"
            " samples, so zero noise makes their evidence infinite",
            advice=(Advice.DEDUPLICATE, Advice.REDUCE, Advice.SAMPLES),
        )
    return float(log_evidence(features, labels).mean() / len(columns))


def _released(features: Floats, columns: Floats, rounds: int, stop: float) -> float:
    left, singular, _ = np.linalg.svd(features, full_matrices=False)
    keep = singular > max(features.shape) * np.finfo(np.float64).eps * singular[0]
    along = left[:, keep].T @ columns
    residual = (
        ((columns - left[:, keep] @ along) ** 2).sum(axis=0)
        if keep.sum() < len(features)
        else np.zeros(columns.shape[1])
    )
    values = [
        _fixed_point(singular[keep] ** 2, along[:, k] ** 2, residual[k], len(features), rounds, stop)
        for k in range(len(residual))
    ]
    return float(np.mean(values))


def _fixed_point(squares: Floats, along: Floats, residual: float, n: int, rounds: int, stop: float) -> float:
    """Iterate alpha and beta from 1 for one label column; the value belongs to the last weights, as in the authors'
    code.
    """
    alpha = beta = 1.0
    for _ in range(rounds):
        ratio = alpha / beta
        used = (squares / (squares + ratio)).sum()
        weights = (squares * along / (ratio + squares) ** 2).sum()
        misfit = (along / (1 + squares / ratio) ** 2).sum() + residual
        if misfit <= 0 or weights <= 0:
            raise Undefined(
                "LogME is undefined", "the fixed point ran to zero noise or zero weights", 'use reading="default"'
            )
        alpha, beta = used / weights, (n - used) / misfit
        if abs(alpha / beta - ratio) <= stop * ratio:
            break
    evidence = n * np.log(beta) + squares.size * np.log(alpha) - np.log(alpha + beta * squares).sum()
    return float(evidence - beta * misfit - alpha * weights - n * np.log(2 * np.pi)) / (2 * n)
