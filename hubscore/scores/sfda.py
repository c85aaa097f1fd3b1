"""SFDA: how surely discriminant analysis finds the classes after it has been made harder."""

from __future__ import annotations

from hubscore.scores.classes import class_means, codes, own
from hubscore.scores.fisher import centres, collapsed, fisher, posteriors, slopes, true_class, within_scatter
from hubscore.scores.spectrum import coordinates, is_wide
from hubscore.scores.workspace import Floats, Workspace


def sfda(workspace: Workspace) -> float:
    r"""Mean probability of the true class in a second discriminant analysis, on samples drawn towards the other classes.

    .. math:: \frac1N \sum_i p(y_i \mid \tilde x_i), \quad \tilde x_i = q_i x_i + (1 - q_i) v_{y_i},
        \quad q_i = \operatorname{softmax}(p(\cdot \mid x_i))_{y_i}

    p is ridge discriminant analysis with shrinkage max(exp(-5 s), 1e-10), s the largest eigenvalue of the within-class
    scatter from three double power steps; the second fit keeps the shrinkage of the first. v is the mean of the other classes'
    means. The authors' generalised eigenvectors amount to one linear solve, and that is what is done here.

    Args:
        workspace: features of shape (n samples, d features), labels of shape (n,).

    Returns:
        Between 0 and 1, higher is better; 1.0 exactly where every probability agrees with 1 to 12 digits, as it does for
        most networks with more features than samples: such networks are tied.

    Raises:
        Undefined: every class has one sample, or no feature varies.

    Source:
        Shao et al., Not All Models Are Equal: Predicting Model Transferability in a Self-challenging Fisher Space, ECCV 2022, as
        released (TencentARC/SFDA, SFDA_Score).

    Example:
        >>> import numpy as np
        >>> sfda(Workspace(features=np.array([[-1.1], [-0.9], [0.9], [1.1]]), labels=[0, 0, 1, 1]))
        1.0
    """
    first = fisher(workspace)
    return second_look(workspace, coordinates(workspace), centres(workspace), first.posteriors, first.shrinkage)


def second_look(workspace: Workspace, values: Floats, means: Floats, chances: Floats, shrinkage: float) -> float:
    """Mix samples with the other classes and fit again.

    Args:
        workspace: with labels of n samples in c classes.
        values: shape (n samples, k), centred.
        means: of the classes, shape (c classes, k).
        chances: of the first fit, shape (n samples, c classes).
        shrinkage: of the first fit.
    """
    from scipy.special import softmax

    others = (means.sum(axis=0) - means) / (len(means) - 1)
    keep = own(workspace, softmax(chances, axis=1))[:, None]
    mixed: Floats = others[codes(workspace)]
    mixed *= 1 - keep
    mixed += keep * values
    mixed -= mixed.mean(axis=0)
    scatter = within_scatter(workspace, mixed, None if is_wide(mixed) else mixed.T @ mixed)
    centres_now = class_means(workspace, mixed)
    weights = None if collapsed(mixed, scatter) else slopes(workspace, centres_now, scatter, shrinkage)
    return true_class(workspace, posteriors(workspace, mixed, centres_now, weights))
