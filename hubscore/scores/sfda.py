"""SFDA: how surely discriminant analysis finds the classes after it has been made harder."""

from __future__ import annotations

import numpy as np

from hubscore.numerics.class_statistics import class_means, codes, own, priors
from hubscore.numerics.discriminant import (
    DiscriminantFit,
    centres,
    fisher,
    fit_discriminant,
    nearest_mean,
    posteriors,
    softmax,
    true_class,
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
    keep = kept(workspace, first.posteriors)
    if first.seen is not None and is_even(keep):
        return even_look(workspace, first.seen, float(keep[0]))
    return second_look(workspace, coordinates(workspace), centres(workspace), keep, first.shrinkage)


def kept(workspace: Workspace, chances: Floats) -> Floats:
    """Share of itself that each sample keeps, q, shape (n samples,), from the class probabilities of the first fit."""
    return own(workspace, softmax(chances))


def is_even(keep: Floats) -> bool:
    """Whether all samples keep the same share up to rounding, as they do where the first fit is sure of every
    sample.
    """
    return bool(np.ptp(keep) <= EVEN * keep[0])


def even_look(workspace: Workspace, seen: DiscriminantFit, keep: float) -> float:
    """As :func:`second_look` where all keep the same: the scatter of the first fit shrinks as a whole, and nothing is
    solved anew.

    Args:
        workspace: with labels of n samples in c classes.
        seen: by the first fit.
        keep: q.
    """
    classes = len(seen.means)
    others = (1 - np.eye(classes)) / (classes - 1)
    means = keep * np.eye(classes) + (1 - keep) * others
    level = priors(workspace) @ means
    moved = seen.moved(codes(workspace), keep, (1 - keep) * others - level, means - level)
    return true_class(workspace, posteriors(workspace, moved.scaled(keep**-2)))


def second_look(workspace: Workspace, values: Floats, means: Floats, keep: Floats, shrinkage: float) -> float:
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
    seen = fit_discriminant(workspace, mixed, means, scatter, shrinkage)
    return true_class(workspace, posteriors(workspace, seen) if seen else nearest_mean(workspace, mixed, means))
