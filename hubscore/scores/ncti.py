"""NCTI: how far classes have collapsed to separate points, over the networks compared."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from hubscore.errors import Undefined
from hubscore.numerics.class_statistics import class_means, codes, counts, of_true_class, priors, rows_by_class_size
from hubscore.numerics.discriminant import FLOOR, collapsed, within_scatter
from hubscore.numerics.pool import Term, min_max
from hubscore.numerics.spectrum import principal_components, spectrum
from hubscore.numerics.workspace import Floats, Workspace, memoized

DIMENSIONS = 64
LEADING = 32
TOLERANCE = 1e-4


class Discriminant(NamedTuple):
    """A linear discriminant analysis."""

    projection: Floats
    """Shape (n samples, at most c - 1)."""
    posteriors: Floats
    """Shape (n samples, c classes)."""


def ncti(workspaces: Sequence[Workspace]) -> list[float]:
    r"""Add class separation, classification and minus within-class spread, each stretched to 0..1 over the networks.

    .. math:: \operatorname{minmax}(ncc) + \operatorname{minmax}(seli) - \operatorname{minmax}(vc)

    After PCA to min(64, n, d) and linear discriminant analysis, seli is the nuclear norm of the projected samples, ncc
    the mean probability of the true class, and vc the logarithm of the nuclear norms of the classes' posteriors,
    summed. Covariances are divided by n - classes where the analysis has no shrinkage, as scikit-learn did when the
    authors ran it. Components beyond the rank of the features are columns of zeros: they count where there is
    shrinkage, and are left out where there is none, because whitening them would make features of rounding errors.

    Args:
        workspaces: one per network, with features of shape (n samples, d features) and labels of shape (n,).

    Returns:
        One number per network, between -1 and 2, higher is better.

    Raises:
        Undefined: fewer than two networks, no more samples than classes, no feature varies, or one of the three is the
            same for every network.

    Source:
        Wang et al., How Far Pre-trained Models Are from Neural Collapse on the Target Dataset Informs their
        Transferability, ICCV 2023, as released (BUserName/NCTI, NCTI_Score).

    Example:
        >>> import numpy as np
        >>> nets = [np.array([[-2.0], [0.5], [-0.5], [2.0]]), np.array([[-2.0], [-1.0], [1.0], [2.0]])]
        >>> [round(value, 2) for value in ncti([Workspace(features=net, labels=[0, 0, 1, 1]) for net in nets])]
        [-1.0, 2.0]
    """
    return ncti_values([ncti_terms(workspace) for workspace in workspaces])


def ncti_values(triples: Sequence[tuple[float, float, float]]) -> list[float]:
    """Compare networks by their seli, ncc and vc."""
    seli, ncc, vc = (np.array(term) for term in zip(*triples, strict=True))
    terms = [Term("class separation (seli)", seli), Term("the probability of the true class (ncc)", ncc, top=1.0)]
    seli, ncc, vc = min_max("NCTI", [*terms, Term("the spread within classes (vc)", vc)])
    return [float(value) for value in ncc + seli - vc]


@memoized
def ncti_terms(workspace: Workspace) -> tuple[float, float, float]:
    """Return one network's seli, ncc and vc, before they are compared."""
    variances = spectrum(workspace).values ** 2
    if not variances.size:
        raise Undefined(
            "NCTI is undefined", "the features are the same for every sample", "use another layer or checkpoint"
        )
    if workspace.n <= len(counts(workspace)):
        raise Undefined(
            "NCTI is undefined", "every class has one sample, so nothing shows how much a class varies", "add samples"
        )
    values = principal_components(workspace, DIMENSIONS)
    scatter = within_scatter(workspace, values, class_means(workspace, values))
    if collapsed(values, scatter):
        raise Undefined("NCTI is undefined", "the features do not vary within any class", "add samples")
    decay = float(variances[:LEADING].sum()) / (workspace.n - 1)
    found = _shrunk(workspace, values, scatter, decay) if np.exp(-decay) > FLOOR else _plain(workspace, values)
    chances = found.posteriors
    spread = sum(np.linalg.svd(chances[rows], compute_uv=False).sum() for rows in rows_by_class_size(workspace))
    return (
        _nuclear(found.projection - found.projection.mean(axis=0)),
        float(of_true_class(workspace, chances).mean()),
        float(np.log(spread)),
    )


def _shrunk(workspace: Workspace, values: Floats, scatter: Floats, decay: float) -> Discriminant:
    """Discriminant analysis with shrinkage exp(-decay) to the mean variance of all dimensions, those beyond the rank
    having none.
    """
    from scipy.linalg import eigh

    size = min(DIMENSIONS, workspace.n, workspace.d)
    total = values.T @ values / workspace.n
    within = -np.expm1(-decay) * scatter + np.exp(-decay) * np.trace(scatter) / size * np.eye(len(scatter))
    # The ridges are a multiple of each other and turn no direction: without them small features keep their digits.
    strengths, directions = eigh(total - np.trace(total) / np.trace(scatter) * scatter, within)
    means = class_means(workspace, values)
    # A direction that is zero for all samples is as strong as the ridges make it, 0 here, and takes its place among the
    # first.
    first = np.argsort(-np.append(strengths[::-1], np.zeros(size - len(scatter))), kind="stable")[: len(means) - 1]
    return _discriminant(workspace, values, directions[:, ::-1], means, int((first < len(strengths)).sum()))


def _plain(workspace: Workspace, values: Floats) -> Discriminant:
    means = class_means(workspace, values)
    deviations = values - means[codes(workspace)]
    spread = deviations.std(axis=0)
    spread[spread == 0] = 1
    classes = len(means)
    _, sizes, axes = np.linalg.svd(deviations / spread / np.sqrt(workspace.n - classes), full_matrices=False)
    rank = int((sizes > TOLERANCE).sum())
    whitening = (axes[:rank] / spread).T / sizes[:rank]
    weights = np.sqrt(workspace.n * priors(workspace) / (classes - 1))
    _, sizes, axes = np.linalg.svd((weights[:, None] * means) @ whitening, full_matrices=False)
    rank = int((sizes > TOLERANCE * sizes[0]).sum())
    return _discriminant(workspace, values, whitening @ axes[:rank].T, means, classes - 1)


def _discriminant(workspace: Workspace, values: Floats, directions: Floats, means: Floats, kept: int) -> Discriminant:
    from scipy.special import softmax

    projected, centres = values @ directions, means @ directions
    odds = projected @ centres.T - 0.5 * np.square(centres).sum(axis=1) + np.log(priors(workspace))
    return Discriminant(projected[:, :kept], softmax(odds, axis=1))


def _nuclear(values: Floats) -> float:
    return float(np.linalg.svd(values, compute_uv=False).sum()) if values.size else 0.0
