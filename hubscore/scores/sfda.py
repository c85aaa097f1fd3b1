"""SFDA: how surely discriminant analysis finds the classes after it has been made harder."""

from __future__ import annotations

import numpy as np

from hubscore.numerics.class_statistics import class_means, codes, of_true_class, priors
from hubscore.numerics.discriminant import (
    DiscriminantFit,
    centroids,
    fisher,
    fit_discriminant,
    nearest_mean,
    posteriors,
    softmax,
    true_class_probability,
    within_scatter,
)
from hubscore.numerics.spectrum import coordinates, is_wide
from hubscore.numerics.workspace import Floats, Workspace

EVEN = 1e-15
"""Shares that differ by less than this part of themselves differ by rounding alone."""


def sfda(workspace: Workspace) -> float:
    r"""Mean probability of the true class in a second discriminant analysis, on samples drawn towards others.

    .. math:: \frac1N \sum_i p(y_i \mid \tilde x_i), \quad \tilde x_i = q_i x_i + (1 - q_i) v_{y_i},
        \quad q_i = \operatorname{softmax}(p(\cdot \mid x_i))_{y_i}

    p is ridge discriminant analysis with shrinkage max(exp(-5 s), 1e-10), s the largest eigenvalue of the within-class
    scatter from three double power steps; the second fit keeps the shrinkage of the first. v is the mean of the other
    classes' means. The authors' generalised eigenvectors amount to one linear solve, and that is what is done here.

    Args:
        workspace: features of shape (n samples, d features), labels of shape (n,).

    Returns:
        Between 0 and 1, higher is better; 1.0 exactly where every probability agrees with 1 to 12 digits, as it does
        for most networks with more features than samples: such networks are tied.

    Raises:
        Undefined: every class has one sample, or no feature varies.

    Source:
        Shao et al., Not All Models Are Equal: Predicting Model Transferability in a Self-challenging Fisher Space, ECCV
        2022, as released (TencentARC/SFDA, SFDA_Score).

    Example:
        >>> import numpy as np
        >>> sfda(Workspace(features=np.array([[-1.1], [-0.9], [0.9], [1.1]]), labels=[0, 0, 1, 1]))
        1.0
    """
    first = fisher(workspace)
    keep = self_shares(workspace, first.posteriors)
    if first.discriminant is not None and is_constant(keep):
        return second_fit_constant(workspace, first.discriminant, float(keep[0]))
    return second_fit(workspace, coordinates(workspace), centroids(workspace), keep, first.shrinkage)


def self_shares(workspace: Workspace, chances: Floats) -> Floats:
    """Share of itself that each sample keeps, q, shape (n samples,), from the class probabilities of the first fit."""
    return of_true_class(workspace, softmax(chances))


def is_constant(keep: Floats) -> bool:
    """Whether all samples keep the same share up to rounding, as they do where the first fit is sure of every
    sample.
    """
    return bool(np.ptp(keep) <= EVEN * keep[0])


def second_fit_constant(workspace: Workspace, fit: DiscriminantFit, keep: float) -> float:
    """As :func:`second_fit` where all keep the same: the scatter of the first fit shrinks as a whole, and nothing is
    solved anew.

    Args:
        workspace: with labels of n samples in c classes.
        fit: by the first fit.
        keep: q.
    """
    classes = len(fit.means)
    others = (1 - np.eye(classes)) / (classes - 1)
    means = keep * np.eye(classes) + (1 - keep) * others
    level = priors(workspace) @ means
    moved = fit.moved(codes(workspace), keep, (1 - keep) * others - level, means - level)
    return true_class_probability(workspace, posteriors(workspace, moved.scaled(keep**-2)))


def second_fit(workspace: Workspace, values: Floats, means: Floats, keep: Floats, shrinkage: float) -> float:
    """Mix samples with the other classes and fit again.

    Args:
        workspace: with labels of n samples in c classes.
        values: shape (n samples, k), centred.
        means: of the classes, shape (c classes, k).
        keep: q, shape (n samples,).
        shrinkage: of the first fit.
    """
    others = (means.sum(axis=0) - means) / (len(means) - 1)
    mixed: Floats = others[codes(workspace)]
    mixed *= 1 - keep[:, None]
    mixed += keep[:, None] * values
    mixed -= mixed.mean(axis=0)
    means = class_means(workspace, mixed)
    scatter = within_scatter(workspace, mixed, means, None if is_wide(mixed) else mixed.T @ mixed)
    fit = fit_discriminant(workspace, mixed, means, scatter, shrinkage)
    return true_class_probability(
        workspace, posteriors(workspace, fit) if fit else nearest_mean(workspace, mixed, means)
    )
