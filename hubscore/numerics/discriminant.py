"""Ridge discriminant analysis as SFDA fits it: one shrinkage, one linear solve, no eigenvectors."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from hubscore.errors import Undefined
from hubscore.numerics.cholesky import factor, solve
from hubscore.numerics.class_statistics import all_singletons, class_means, codes, counts, of_true_class, priors
from hubscore.numerics.spectrum import LEFT, centred, coordinates, gram, is_wide
from hubscore.numerics.workspace import Floats, Ints, Workspace, memoized

FLOOR = 1e-10
SATURATED = 1 - 1e-12
DOUBLE_STEPS = 3


class DiscriminantFit(NamedTuple):
    """Inner products with the class means, in the metric of the shrunk within-class scatter."""

    samples: Floats
    """Shape (n samples, c classes)."""
    means: Floats
    """Shape (c classes, c classes)."""

    def moved(self, codes: Ints, keep: float, shift: Floats, means: Floats) -> DiscriminantFit:
        """Move sample i of class y to ``keep * x_i + shift[y] @ M`` and the class means M to ``means @ M``."""
        samples = self.samples * keep
        samples += (shift @ self.means)[codes]
        return DiscriminantFit(samples @ means.T, means @ self.means @ means.T)

    def scaled(self, by: float) -> DiscriminantFit:
        """Return the inner products where the scatter is this many times smaller."""
        return DiscriminantFit(self.samples * by, self.means * by)


class Fit(NamedTuple):
    """The first discriminant analysis of a workspace."""

    posteriors: Floats
    """Shape (n samples, c classes)."""
    shrinkage: float
    """Between 1e-10 and 1."""
    discriminant: DiscriminantFit | None
    """None where classes are points."""


@memoized
def fisher(workspace: Workspace) -> Fit:
    """Fit classes by ridge discriminant analysis with SFDA's shrinkage.

    Raises:
        Undefined: every class has one sample, or no feature varies.
    """
    if all_singletons(workspace):
        raise Undefined(
            "Discriminant analysis is undefined",
            "every class has one sample, so nothing shows how much a class varies",
            "add samples",
        )
    values = coordinates(workspace)
    if not values.any():
        raise Undefined(
            "Discriminant analysis is undefined",
            "the features are the same for every sample",
            "use another layer or checkpoint",
        )
    scatter = within_scatter(
        workspace, values, centroids(workspace), None if is_wide(centred(workspace)) else gram(workspace)
    )
    shrinkage = shrinkage_for(workspace, scatter, values)
    fit = fit_discriminant(workspace, values, centroids(workspace), scatter, shrinkage)
    return Fit(
        posteriors(workspace, fit) if fit else nearest_mean(workspace, values, centroids(workspace)), shrinkage, fit
    )


@memoized
def centroids(workspace: Workspace) -> Floats:
    """Class means of the coordinates, shape (c classes, k)."""
    return class_means(workspace, coordinates(workspace))


def within_scatter(workspace: Workspace, values: Floats, means: Floats, products: Floats | None = None) -> Floats:
    """Class covariances (biased) averaged by prior, shape (k, k), of values of shape (n samples, k).

    Args:
        workspace: with labels of n samples.
        values: shape (n samples, k), centred.
        means: of the classes, shape (c classes, k).
        products: ``values.T @ values`` where they are known: what lies between the classes is taken off them, unless
            that costs digits.
    """
    if products is not None:
        between = means * np.sqrt(counts(workspace))[:, None]
        scatter: Floats = between.T @ between
        np.subtract(products, scatter, out=scatter)
        if (scatter.diagonal() >= LEFT * products.diagonal()).all():
            scatter /= workspace.n
            return scatter
    deviations = values - means[codes(workspace)]
    scatter = deviations.T @ deviations
    scatter /= workspace.n
    return scatter


def shrinkage_for(workspace: Workspace, scatter: Floats, values: Floats) -> float:
    r"""Return :math:`\lambda = \max(e^{-5 s}, 10^{-10})`, s the largest eigenvalue of the within-class scatter.

    As released, s comes from three double power steps that start at the scatter's row sums and stop short of the
    eigenvalue itself. Row sums of 0, as probabilities have that sum to 1, start nothing: the eigenvalue is taken then.
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


def fit_discriminant(
    workspace: Workspace, values: Floats, means: Floats, scatter: Floats, shrinkage: float
) -> DiscriminantFit | None:
    r"""Solve for the weights of each class and apply them; none where the values of a class do not vary.

    .. math:: x^T \tilde S^{-1} \mu_c, \quad \tilde S = (1 - \lambda) S_w + \lambda \frac{\operatorname{tr} S_w}{D} I

    Args:
        workspace: its d is the D of the formula.
        values: x, shape (n samples, k).
        means: mu, shape (c classes, k).
        scatter: :func:`within_scatter`.
        shrinkage: lambda.
    """
    if collapsed(values, scatter):
        return None
    weights = _solve(scatter, 1 - shrinkage, shrinkage * float(np.trace(scatter)) / workspace.d, means.T)
    return DiscriminantFit(values @ weights, means @ weights)


def posteriors(workspace: Workspace, fit: DiscriminantFit) -> Floats:
    r"""Class probabilities of Gaussian classes that share one shrunk covariance, shape (n samples, c classes).

    .. math:: p = \operatorname{softmax}_c\bigl(x \tilde S^{-1} \mu_c - \tfrac12 \mu_c \tilde S^{-1} \mu_c + \ln
    \pi_c\bigr)
    """
    return softmax(fit.samples + (np.log(priors(workspace)) - 0.5 * fit.means.diagonal()))


def softmax(odds: Floats) -> Floats:
    """Exponentials of each row, shape (n, c), as shares of their sum."""
    shares: Floats = odds - odds.max(axis=1, keepdims=True)
    np.exp(shares, out=shares)
    shares /= shares.sum(axis=1, keepdims=True)
    return shares


def true_class_probability(workspace: Workspace, chances: Floats) -> float:
    """Mean probability of the true class; exactly 1 where all agree with 1 to 12 digits, so that saturated networks
    are tied.
    """
    certainty = of_true_class(workspace, chances)
    return 1.0 if certainty.min() >= SATURATED else float(certainty.mean())


def collapsed(values: Floats, scatter: Floats) -> bool:
    """Whether classes are points: what scatter there is comes from rounding."""
    total = np.einsum("ij,ij->", values, values) / len(values)
    return bool(np.trace(scatter) <= total * (max(values.shape) * np.finfo(np.float64).eps) ** 2)


def _solve(scatter: Floats, share: float, ridge: float, right: Floats) -> Floats:
    """Solve ``(share * scatter + ridge * I) @ weights = right``."""
    shrunk = share * scatter
    shrunk.flat[:: len(shrunk) + 1] += ridge
    lower = factor(shrunk)
    if lower is not None:
        return solve(lower, right)
    values, vectors = np.linalg.eigh(share * scatter)  # rounding outweighs the ridge: what it made negative is 0
    solved: Floats = vectors @ ((vectors.T @ right) / (values.clip(0) + ridge)[:, None])
    return solved


def nearest_mean(workspace: Workspace, values: Floats, means: Floats) -> Floats:
    """Class probabilities where classes are points, the limit without any scatter: the class with the nearest mean."""
    from scipy.spatial.distance import cdist

    distances = cdist(values, means, "sqeuclidean")
    nearest = distances <= distances.min(axis=1, keepdims=True) + 1e-24 * np.square(means).sum(axis=1).max()
    weights = nearest * priors(workspace)
    return np.asarray(weights / weights.sum(axis=1, keepdims=True), dtype=np.float64)


def _unit(vector: Floats) -> Floats:
    return np.asarray(vector / np.linalg.norm(vector), dtype=np.float64)
