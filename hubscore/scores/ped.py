"""PED: another score, after classes that overlap have been pushed apart as training would."""

from __future__ import annotations

from typing import Literal, NamedTuple

import numpy as np

from hubscore.errors import Undefined, UsageError
from hubscore.scores.classes import class_means, codes, counts, only_singles, priors
from hubscore.scores.fisher import centres, fisher, posteriors
from hubscore.scores.info import SCORES
from hubscore.scores.sfda import second_look
from hubscore.scores.spectrum import centred_columns, coordinates, deviations
from hubscore.scores.workspace import Floats, Workspace, present, triangle

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

    Lengths are taken in features standardised by the same network's statistics on a general image set (deviations at least 1e-3); the
    probe's own where no such set is given. Every sample of a class moves along, so that classes keep their shape.

    Args:
        workspace: features of shape (n samples, d features), labels of shape (n,), and general of shape (m samples, d features) where
            there is a general set.
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
    if only_singles(workspace):
        raise Undefined("PED is undefined", "every class has one sample, so no class has a radius", "add samples")
    mixing = mixed_by(workspace, Motion(time_step, force, radius, steps, stop))
    if base == "sfda" and (weights := fisher(workspace).weights) is not None:
        return _pushed_sfda(workspace, mixing, weights)
    info = SCORES.get(base)
    return float(info.load()(_moved(workspace, mixing, base), **info.options))


def mixed_by(workspace: Workspace, motion: Motion) -> Floats:
    """How far each class moves in all steps together, as a combination of the class means, shape (c classes, c classes)."""
    scale = np.maximum(deviations(workspace) if workspace.general is None else workspace.general.std(axis=0), FLOOR)
    values = centred_columns(workspace)
    start = class_means(workspace, values)
    apart = values - start[codes(workspace)]
    apart /= scale
    reach = motion.radius * np.sqrt(np.bincount(codes(workspace), np.einsum("ij,ij->i", apart, apart)) / counts(workspace))
    start = start / scale  # their differences alone count, so that the general mean plays no part
    near = triangle(start.T).T if start.shape[1] > len(start) else start  # the same distances in fewer columns
    moved = np.eye(len(start))
    first: float | None = None
    for _ in range(motion.steps):
        step = _push(moved @ near, reach, motion)
        size = float(np.abs((step @ moved) @ start).sum())
        first = size if first is None else first
        if not size or size <= motion.stop * first:
            break
        moved += step @ moved
    return moved - np.eye(len(start))


def _pushed_sfda(workspace: Workspace, mixing: Floats, weights: Floats) -> float:
    """SFDA of the moved features: classes keep their shape, so that the scatter, and with it the solution, is that of SFDA itself."""
    means = centres(workspace)
    shifts = mixing @ means
    level = priors(workspace) @ shifts
    values, pushed = coordinates(workspace) + (shifts - level)[codes(workspace)], means + shifts - level
    chances = posteriors(workspace, values, pushed, weights + weights @ (mixing - priors(workspace) @ mixing).T)
    return second_look(workspace, values, pushed, chances, fisher(workspace).shrinkage)


def _moved(workspace: Workspace, mixing: Floats, base: Base) -> Workspace:
    labels = codes(workspace)
    values = present(workspace) if base == "logme" else coordinates(workspace)  # LogME does not centre
    sums = workspace.row_sums[:, None]
    moved_sums = (sums + (mixing @ class_means(workspace, sums))[labels])[:, 0]
    return workspace.replaced(values + (mixing @ class_means(workspace, values))[labels], d=workspace.d, row_sums=moved_sums)


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
            "PED is undefined", f"classes {one} and {other} have the same mean, so there is no direction to push them", "add samples"
        )
    lengths = np.minimum(0.5 * motion.time_step**2 * motion.force * overlap, overlap)
    weights = np.divide(lengths, distances, out=np.zeros_like(lengths), where=lengths > 0)
    return np.asarray(np.diag(weights.sum(axis=1)) - weights, dtype=np.float64)
