"""Ridge discriminant analysis as SFDA fits it: one shrinkage, one linear solve, no eigenvectors."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from hubscore.errors import Undefined
from hubscore.scores.classes import class_means, class_sums, codes, counts, only_singles, own, priors
from hubscore.scores.spectrum import LEFT, centred, coordinates, gram, is_wide
from hubscore.scores.workspace import Floats, Workspace, shared

FLOOR = 1e-10
SATURATED = 1 - 1e-12
DOUBLE_STEPS = 3


class Fit(NamedTuple):
    """The first discriminant analysis of a workspace."""

    posteriors: Floats
    """Shape (n samples, c classes)."""
    shrinkage: float
    """Between 1e-10 and 1."""
    weights: Floats | None
    """Shape (k, c classes), of the coordinates; none where classes are points."""


@shared
def fisher(workspace: Workspace) -> Fit:
    """Fit classes by ridge discriminant analysis with SFDA's shrinkage.

    Raises:
        Undefined: every class has one sample, or no feature varies.
    """
    if only_singles(workspace):
        raise Undefined(
            "Discriminant analysis is undefined", "every class has one sample, so nothing shows how much a class varies", "add samples"
        )
    values = coordinates(workspace)
    if not values.any():
        raise Undefined(
            "Discriminant analysis is undefined", "the features are the same for every sample", "use another layer or checkpoint"
        )
    scatter = within_scatter(workspace, values, None if is_wide(centred(workspace)) else gram(workspace))
    shrinkage = shrinkage_for(workspace, scatter, values)
    means = centres(workspace)
    weights = None if collapsed(values, scatter) else slopes(workspace, means, scatter, shrinkage)
    return Fit(posteriors(workspace, values, means, weights), shrinkage, weights)


@shared
def centres(workspace: Workspace) -> Floats:
    """Class means of the coordinates, shape (c classes, k)."""
    return class_means(workspace, coordinates(workspace))


def within_scatter(workspace: Workspace, values: Floats, products: Floats | None = None) -> Floats:
    """Class covariances (biased) averaged by prior, shape (k, k), of values of shape (n samples, k).

    Args:
        workspace: with labels of n samples.
        values: shape (n samples, k), centred.
        products: ``values.T @ values`` where they are known: what lies between the classes is taken off them, unless that costs digits.
    """
    if products is not None:
        sums = class_sums(workspace, values)
        scatter: Floats = products - sums.T @ (sums / counts(workspace)[:, None])
        if (scatter.diagonal() >= LEFT * products.diagonal()).all():
            scatter /= workspace.n
            return scatter
    deviations = values - class_means(workspace, values)[codes(workspace)]
    scatter = deviations.T @ deviations
    scatter /= workspace.n
    return scatter


def shrinkage_for(workspace: Workspace, scatter: Floats, values: Floats) -> float:
    r"""Return :math:`\lambda = \max(e^{-5 s}, 10^{-10})`, s the largest eigenvalue of the within-class scatter.

    As released, s comes from three double power steps that start at the scatter's row sums and stop short of the eigenvalue
    itself. Row sums of 0, as probabilities have that sum to 1, start nothing: the eigenvalue is taken then.
    """
    sums = workspace.row_sums[:, None]
    start = values.T @ (sums - class_means(workspace, sums)[codes(workspace)])[:, 0] / workspace.n
    if np.linalg.norm(start) <= 1e-12 * np.linalg.norm(scatter) * np.sqrt(workspace.d):
        return max(float(np.exp(-5 * np.linalg.eigvalsh(scatter)[-1])), FLOOR)
    ahead, behind = start, start
    for _ in range(DOUBLE_STEPS):
        behind = _unit(scatter @ ahead)
        ahead = _unit(scatter @ behind)
    return max(float(np.exp(-5 * (ahead @ scatter @ behind))), FLOOR)


def slopes(workspace: Workspace, means: Floats, scatter: Floats, shrinkage: float) -> Floats:
    r"""Solve for the weights of each class, shape (k, c classes).

    .. math:: \tilde S^{-1} \mu, \quad \tilde S = (1 - \lambda) S_w + \lambda \frac{\operatorname{tr} S_w}{D} I

    Args:
        workspace: its d is the D of the formula.
        means: mu, shape (c classes, k).
        scatter: :func:`within_scatter`, not :func:`collapsed`.
        shrinkage: lambda.
    """
    return _solve((1 - shrinkage) * scatter, shrinkage * float(np.trace(scatter)) / workspace.d, means.T)


def posteriors(workspace: Workspace, values: Floats, means: Floats, weights: Floats | None) -> Floats:
    r"""Class probabilities of Gaussian classes that share one shrunk covariance.

    .. math:: p = \operatorname{softmax}_c\bigl(x \tilde S^{-1} \mu_c - \tfrac12 \mu_c \tilde S^{-1} \mu_c + \ln \pi_c\bigr)

    Args:
        workspace: with labels of n samples in c classes.
        values: x, shape (n samples, k), centred.
        means: mu, shape (c classes, k).
        weights: :func:`slopes`; without any scatter none, and the answer is the limit: the class with the nearest mean.

    Returns:
        Shape (n samples, c classes).
    """
    from scipy.special import softmax

    if weights is None:
        return _nearest(workspace, values, means)
    odds = values @ weights - 0.5 * (means.T * weights).sum(axis=0) + np.log(priors(workspace))
    chances: Floats = softmax(odds, axis=1)
    return chances


def true_class(workspace: Workspace, chances: Floats) -> float:
    """Mean probability of the true class; exactly 1 where all agree with 1 to 12 digits, so that saturated networks are tied."""
    told = own(workspace, chances)
    return 1.0 if told.min() >= SATURATED else float(told.mean())


def collapsed(values: Floats, scatter: Floats) -> bool:
    """Whether classes are points: what scatter there is comes from rounding."""
    total = np.einsum("ij,ij->", values, values) / len(values)
    return bool(np.trace(scatter) <= total * (max(values.shape) * np.finfo(np.float64).eps) ** 2)


def _solve(scatter: Floats, ridge: float, right: Floats) -> Floats:
    from scipy.linalg import cho_factor, cho_solve

    shrunk = scatter + 0.0
    shrunk.flat[:: len(shrunk) + 1] += ridge
    try:
        solved: Floats = cho_solve(cho_factor(shrunk, overwrite_a=True, check_finite=False), right, check_finite=False)
    except np.linalg.LinAlgError:  # rounding in a singular scatter outweighs the ridge: what rounding made negative is 0
        values, vectors = np.linalg.eigh(scatter)
        solved = vectors @ ((vectors.T @ right) / (values.clip(0) + ridge)[:, None])
    return solved


def _nearest(workspace: Workspace, values: Floats, means: Floats) -> Floats:
    from scipy.spatial.distance import cdist

    distances = cdist(values, means, "sqeuclidean")
    nearest = distances <= distances.min(axis=1, keepdims=True) + 1e-24 * np.square(means).sum(axis=1).max()
    weights = nearest * priors(workspace)
    return np.asarray(weights / weights.sum(axis=1, keepdims=True), dtype=np.float64)


def _unit(vector: Floats) -> Floats:
    return np.asarray(vector / np.linalg.norm(vector), dtype=np.float64)
