"""PED: another score, after classes that overlap have been pushed apart as training would."""

from __future__ import annotations

from typing import Literal, NamedTuple

import numpy as np

from hubscore.errors import Undefined, UsageError
from hubscore.numerics.class_statistics import all_singletons, class_means, codes, counts, priors
from hubscore.numerics.discriminant import DiscriminantFit, centroids, fisher, posteriors
from hubscore.numerics.spectrum import LEFT, centred_columns, coordinates, deviations, rows_from_gram
from hubscore.numerics.validation import integer, number
from hubscore.numerics.workspace import Floats, Workspace, r_factor, required_features
from hubscore.scores.info import SCORES
from hubscore.scores.sfda import is_constant, second_fit, second_fit_constant, self_shares

FLOOR = 1e-3
SAME = 1e-12
"""Means closer than this share of their overlap differ by rounding alone."""
Base = Literal["sfda", "logme", "nleep"]


class Motion(NamedTuple):
    """The constants of the simulated motion; :func:`ped` explains them."""

    time_step: float
    force: float
    radius: float
    steps: int
    stop: float

    def checked(self) -> Motion:
        """Return it where it moves classes apart, and ends."""
        number("time_step", self.time_step, 0.1)
        number("force", self.force, 1.0)
        number("radius", self.radius, 0.6, zero=True)
        integer("steps", self.steps, 6)
        if number("stop", self.stop, 0.5, zero=True) >= 1:
            raise UsageError(f"Cannot use stop={self.stop}", "it is a share of the first step, so below 1", "stop=0.5")
        return self


def ped(
    workspace: Workspace,
    *,
    base: Base = "sfda",
    time_step: float = 0.1,
    force: float = 1.0,
    radius: float = 0.6,
    steps: int = 6,
    stop: float = 0.5,
) -> float:
    r"""Score the features after overlapping classes have repelled each other.

    .. math:: o_{ab} = \max(n_s (\rho_a + \rho_b) - \lvert m_a - m_b \rvert, 0), \quad
        m_a \leftarrow m_a + \sum_b \min(\tfrac12 t^2 k\, o_{ab}, o_{ab}) \frac{m_a - m_b}{\lvert m_a - m_b \rvert}

    Lengths are taken in features standardised by the same network's statistics on a general image set (deviations at
    least 1e-3); the probe's own where no such set is given. Every sample of a class moves along, so that classes keep
    their shape.

    Args:
        workspace: features of shape (n samples, d features), labels of shape (n,), and general of shape (m samples, d
            features) where there is a general set.
        base: the score of the moved features.
        time_step: t.
        force: k.
        radius: n_s, class deviations that make up a class's radius; 0.3 is the authors' other choice.
        steps: at most.
        stop: a step that moves less than this share of the first is discarded, and the last.

    Returns:
        A value of the base score, higher is better.

    Raises:
        Undefined: every class has one sample, two classes have the same mean, or the base score is undefined.
        UsageError: another base, no step, a time step or force that is not positive, a negative radius, or ``stop`` not
            in [0, 1).

    Source:
        Li et al., Exploring Model Transferability through the Lens of Potential Energy, ICCV 2023, as released
        (lixiaotong97/PED, PED_Score).

    Example:
        >>> import numpy as np
        >>> from hubscore.scores.sfda import sfda
        >>> overlapping = Workspace(features=np.array([[-2.0], [1.0], [-1.0], [2.0]]), labels=[0, 0, 1, 1])
        >>> ped(overlapping) > sfda(overlapping)
        True
    """
    if base not in ("sfda", "logme", "nleep"):
        raise UsageError(f"Cannot put PED on '{base}'", "it goes on sfda, logme and nleep", 'base="sfda"')
    motion = Motion(time_step, force, radius, steps, stop).checked()
    if all_singletons(workspace):
        raise Undefined("PED is undefined", "every class has one sample, so no class has a radius", "add samples")
    mixing = mixed_by(workspace, motion)
    if base == "sfda" and (fit := fisher(workspace).discriminant) is not None:
        return _pushed_sfda(workspace, mixing, fit)
    info = SCORES.get(base)
    return float(info.load()(_moved(workspace, mixing, base), **info.options))


def mixed_by(workspace: Workspace, motion: Motion) -> Floats:
    """How far each class moves in all steps together, as a combination of the class means, shape (c classes, c
    classes).
    """
    scale = np.maximum(deviations(workspace) if workspace.general is None else workspace.general.std(axis=0), FLOOR)
    scaled = centred_columns(workspace) / scale  # only differences count from here on
    start = class_means(workspace, scaled)
    reach = motion.radius * np.sqrt(_within(workspace, scaled, start) / counts(workspace))
    near = _in_fewer_columns(start)
    moved = np.eye(len(start))
    first: tuple[float, Floats] | None = None
    for _ in range(motion.steps):
        move = (step := _push(moved @ near, reach, motion)) @ moved
        if not step.any():
            break
        path = move @ near
        if first is None:
            first = float(np.abs(move @ start).sum()), path
        elif (
            _may_be_short(path, *first, motion.stop, start.shape)
            and np.abs(move @ start).sum() <= motion.stop * first[0]
        ):
            break
        moved += move
    return moved - np.eye(len(start))


def _in_fewer_columns(means: Floats) -> Floats:
    """Return points with the same distances between each other: from inner products, unless some are too close for
    that.
    """
    if means.shape[1] <= len(means):
        return means
    products = means @ means.T
    squares = products.diagonal()
    apart = squares[:, None] + squares - 2 * products
    np.fill_diagonal(apart, np.inf)
    try:
        return rows_from_gram(products) if apart.min() >= LEFT * squares.max() else r_factor(means.T).T
    except np.linalg.LinAlgError:
        return r_factor(means.T).T


def _may_be_short(path: Floats, size: float, first: Floats, stop: float, shape: tuple[int, ...]) -> bool:
    """Whether a step's summed absolute moves may be as little as ``stop`` of the first step's; their difference has
    a bound.
    """
    return bool((1 - stop) * size <= np.sqrt(np.prod(shape)) * np.linalg.norm(path - first))


def _within(workspace: Workspace, values: Floats, means: Floats) -> Floats:
    """Squared distances of samples from their class means, summed by class, shape (c classes,)."""
    sizes, labels = counts(workspace), codes(workspace)
    total = np.bincount(labels, np.einsum("ij,ij->i", values, values))
    within: Floats = np.where(sizes > 1, total - sizes * np.einsum("ij,ij->i", means, means), 0.0)
    if ((within >= LEFT * total) | (sizes == 1)).all():
        return within
    apart = values - means[labels]
    return np.asarray(np.bincount(labels, np.einsum("ij,ij->i", apart, apart)), dtype=np.float64)


def _pushed_sfda(workspace: Workspace, mixing: Floats, fit: DiscriminantFit) -> float:
    """SFDA of the moved features: classes keep their shape, so that the scatter, and with it the solution, is that
    of SFDA itself.
    """
    labels = codes(workspace)
    shifts = mixing - priors(workspace) @ mixing
    pushed = fit.moved(labels, 1.0, shifts, np.eye(len(shifts)) + shifts)
    keep = self_shares(workspace, posteriors(workspace, pushed))
    if is_constant(keep):
        return second_fit_constant(workspace, pushed, float(keep[0]))
    moves = shifts @ centroids(workspace)
    values, means = coordinates(workspace) + moves[labels], centroids(workspace) + moves
    return second_fit(workspace, values, means, keep, fisher(workspace).shrinkage)


def _moved(workspace: Workspace, mixing: Floats, base: Base) -> Workspace:
    labels = codes(workspace)
    values = required_features(workspace) if base == "logme" else coordinates(workspace)  # LogME does not centre
    sums = workspace.row_sums[:, None]
    moved_sums = (sums + (mixing @ class_means(workspace, sums))[labels])[:, 0]
    return workspace.replaced(
        values + (mixing @ class_means(workspace, values))[labels], d=workspace.d, row_sums=moved_sums
    )


def _push(means: Floats, reach: Floats, motion: Motion) -> Floats:
    """One step as a combination of the means, shape (c classes, c classes); its rows sum to 0."""
    from scipy.spatial.distance import cdist

    distances = cdist(means, means)
    overlap = np.maximum(reach[:, None] + reach - distances, 0)
    np.fill_diagonal(overlap, 0)
    together = (overlap > 0) & (distances <= SAME * overlap)
    if together.any():
        one, other = np.argwhere(together)[0]
        raise Undefined(
            "PED is undefined",
            f"classes {one} and {other} have the same mean, so there is no direction to push them",
            "add samples",
        )
    lengths = np.minimum(0.5 * motion.time_step**2 * motion.force * overlap, overlap)
    weights = np.divide(lengths, distances, out=np.zeros_like(lengths), where=lengths > 0)
    return np.asarray(np.diag(weights.sum(axis=1)) - weights, dtype=np.float64)
