r"""The evidence of a Bayesian linear model, maximised exactly over the variances of weights and noise.

With weights :math:`w \sim N(0, I/\alpha)` and noise :math:`N(0, I/\beta)` a label column is
:math:`y \sim N(0, (r K + I)/\beta)`, where :math:`K = X X^T` and :math:`r = \beta/\alpha`. The best noise variance for
a given r
is :math:`q(r)/n` with the misfit :math:`q(r) = y^T (I + r K)^{-1} y`, so what is left is one search over r:

.. math:: \ln p(y \mid X) = -\tfrac12 \min_{0 \le r \le \infty} \{ n \ln q(r) + \ln\det(I + r K) \} - \tfrac n2 (1 + \ln
2\pi - \ln n)

Both ends count: r = 0 is pure noise, and r = infinity is zero noise, which has a finite limit, often the maximum, when
K has full rank. When the labels are an exact linear function of features of lower rank there is no maximum.

Nothing is decomposed for it. With the centred features U S V^T and the mean :math:`\mu` (coordinates :math:`p = V^T
\mu`, squared rest :math:`\rho^2`) K is an arrowhead matrix in the basis (U, 1/sqrt n), whose determinant and inverse
have closed forms.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from hubscore.numerics.class_statistics import class_coordinates
from hubscore.numerics.label_matrix import label_columns
from hubscore.numerics.spectrum import LEFT, Spectrum, centred, spectrum
from hubscore.numerics.workspace import Floats, Workspace, memoized, required_features

STEP = 0.25
"""Of the search grid in ln r; the criterion is made of logistic curves of width 1 in ln r, so none is overlooked."""
MARGIN = 14.0
"""By how much the grid reaches beyond the eigenvalues in ln r; farther out the criterion is straight."""
REACH = 12
"""Places of the grid on both sides of a valley that a polynomial goes through."""
FINE = 512
"""Points at which that polynomial is looked at."""


class Design(NamedTuple):
    """What the evidence needs of the features.

    Attributes:
        found: SVD of the centred features.
        n: samples.
        squares: shape (r,), their squared singular values, falling.
        mean: shape (r,), the mean's coordinates along the right singular vectors; zeros for centred features.
        rest: squared length of the mean outside them.
        rounding: length below which a residual of weights of length 1 is rounding noise.
    """

    found: Spectrum
    n: int
    squares: Floats
    mean: Floats
    rest: float
    rounding: float

    @property
    def rank(self) -> int:
        """Of the features, mean included."""
        return self.squares.size + (self.rest > 0)


class Targets(NamedTuple):
    """Label columns in the basis of a design: coordinates (r, k), along the constant (k,), squared residual (k,)."""

    along: Floats
    level: Floats
    residual: Floats

    def total(self) -> Floats:
        """Squared length of each column."""
        squares: Floats = (self.along**2).sum(axis=0) + self.level**2 + self.residual
        return squares


def design(workspace: Workspace, *, with_mean: bool) -> Design:
    """Describe the features, with their mean (no intercept) or centred."""
    found = spectrum(workspace)
    values = found.values
    noise = max(centred(workspace).shape) * float(np.finfo(np.float64).eps)
    top = values[0] if values.size else 0.0
    if not with_mean:
        return Design(found, workspace.n, values**2, np.zeros_like(values), 0.0, noise * top)
    mean = required_features(workspace).mean(axis=0)
    along, outside = _along(mean, centred(workspace), found)
    rounding = noise * float(np.sqrt(top**2 + workspace.n * (mean @ mean)))
    inside = values.size == mean.size or np.sqrt(workspace.n * outside) <= rounding
    return Design(found, workspace.n, values**2, along, 0.0 if inside else outside, rounding)


def _along(mean: Floats, features: Floats, found: Spectrum) -> tuple[Floats, float]:
    """Return the mean's coordinates along the right singular vectors, refined once, and its squared length outside."""
    if found.rows is not None:  # the right singular vectors span all columns that vary
        moving = features.any(axis=0)
        return found.axes.T @ mean[moving], float(np.square(mean[~moving]).sum())
    along = np.zeros_like(found.values)
    outside = mean
    for _ in range(2):
        along = along + found.onto(features @ outside) / found.values
        outside = mean - features.T @ found.times(along / found.values)
    return along, float(outside @ outside)


def targets(columns: Floats, on: Design, along: Floats | None = None) -> Targets:
    """Write label columns, shape (n, k), in the basis of a design; ``along`` where their coordinates are known."""
    n = len(columns)
    along = on.found.onto(columns) if along is None else along
    level = columns.sum(axis=0) / np.sqrt(n)
    if on.squares.size == n - 1:
        return Targets(along, level, np.zeros(columns.shape[1]))
    total = (columns**2).sum(axis=0)
    left = total - (along**2).sum(axis=0) - level**2
    if (left >= LEFT * total).all():
        return Targets(along, level, left)
    return Targets(along, level, ((columns - on.found.times(along) - level / np.sqrt(n)) ** 2).sum(axis=0))


@memoized
def label_targets(workspace: Workspace) -> Targets:
    """The labels of a workspace in the basis of its design, whether with the mean or without."""
    columns, on = label_columns(workspace), design(workspace, with_mean=False)
    return targets(columns, on, class_coordinates(workspace).T if workspace.target == "classification" else None)


def signed(to: Targets, n: int) -> Targets:
    """Return the targets that 0/1 columns over n samples have when they are coded -1 and +1."""
    return Targets(2 * to.along, 2 * to.level - np.sqrt(n), 4 * to.residual)


def unbounded(on: Design, to: Targets) -> bool:
    """Whether some column is an exact linear function of the features although their rank is below n, up to
    rounding.
    """
    n = on.n
    if on.rank == n:
        return False
    singular = np.sqrt(on.squares)[:, None]
    weights = to.along / singular
    missed = to.level - np.sqrt(n) * (on.mean[:, None] * weights).sum(axis=0)
    left_over = to.residual if on.rest > 0 else to.residual + missed**2 / (1 + n * (on.mean**2 / on.squares).sum())
    length = (weights**2).sum(axis=0) + (missed**2 / (n * on.rest) if on.rest > 0 else 0.0)
    return bool((np.sqrt(left_over) <= on.rounding * np.sqrt(length)).any())


def log_evidence(on: Design, to: Targets) -> Floats:
    """Return the supremum of the log evidence of each column, shape (k,); nowhere :func:`unbounded`."""
    n = on.n
    best: Floats = n * np.log(to.total())
    if on.rank:
        np.minimum(best, _interior(on, to), out=best)
    if on.rank == n:
        np.minimum(best, _zero_noise(on, to), out=best)
    evidence: Floats = -0.5 * (best + n * (1 + np.log(2 * np.pi) - np.log(n)))
    return evidence


def _interior(on: Design, to: Targets) -> Floats:
    """Minimise the criterion of each column over 0 < r < infinity: a grid for all, then between its places in each
    valley.

    In ln r the criterion is analytic up to a distance of pi from the real line, so that a polynomial through 2 REACH +
    1 places of the grid is the criterion itself, to rounding.
    """
    values = _criterion(on, to, np.exp(_grid(on)))
    inner = values[REACH - 1 : len(values) - REACH + 1]
    place, column = np.nonzero((inner[1:-1] <= inner[:-2]) & (inner[1:-1] <= inner[2:]))
    best: Floats = values.min(axis=0)
    if place.size:
        window = place[:, None] + np.arange(2 * REACH + 1)
        np.minimum.at(best, column, _lowest(_between() @ values[window, column[:, None]].T))
    return best


def _between() -> Floats:
    """Weights that interpolate from 2 REACH + 1 places, shape (FINE, 2 REACH + 1), over one step on both sides of
    the middle.
    """
    from scipy.special import binom

    places = np.arange(2 * REACH + 1)
    wanted = REACH + (2 * np.arange(FINE)[:, None] + 1) / FINE - 1  # none is a place
    weights: Floats = (-1.0) ** places * binom(2 * REACH, places) / (wanted - places)
    weights /= weights.sum(axis=1, keepdims=True)
    return weights


def _lowest(curves: Floats) -> Floats:
    """Lowest point of each column of evenly spaced values, shape (FINE, m), by the cubic at the lowest of them."""
    middle, each = curves.argmin(axis=0).clip(2, len(curves) - 3), np.arange(curves.shape[1])
    first, before, at, after, last = (curves[middle + step, each] for step in (-2, -1, 0, 1, 2))
    slope = (8 * (after - before) - (last - first)) / 12
    bend = (16 * (after + before) - (first + last) - 30 * at) / 12
    twist = (last - 2 * after + 2 * before - first) / 2
    step = np.divide(-slope, bend, out=np.zeros_like(at), where=bend > 0).clip(-1, 1)
    step = (step - np.divide(twist * step**2, 2 * bend, out=np.zeros_like(at), where=bend > 0)).clip(-1, 1)
    found: Floats = at + step * (slope + step * (bend / 2 + step * twist / 6))
    return found


def _grid(on: Design) -> Floats:
    """Places in ln r from where all eigenvalues of r K are small to where all are large, and REACH more on both
    sides.
    """
    n = on.n
    largest = (on.squares[0] if on.squares.size else 0.0) + n * ((on.mean**2).sum() + on.rest)
    smallest = on.squares[-1] if on.squares.size else largest
    if on.rest > 0:
        smallest = min(smallest, n * on.rest / (1 + n * (on.mean**2 / on.squares).sum()))
    margin = MARGIN + REACH * STEP
    return np.arange(-np.log(largest) - margin, -np.log(smallest) + margin + STEP, STEP)


def _criterion(on: Design, to: Targets, ratio: Floats) -> Floats:
    """Return n ln q(r) + ln det(I + r K) of every column, shape (m places, k); ratio is r, shape (m,)."""
    n = on.n
    ratio = ratio[:, None]
    shrink = 1.0 / (1.0 + ratio * on.squares)
    border = 1.0 + ratio * n * (on.rest + (shrink @ on.mean**2)[:, None])
    slope = np.sqrt(n * on.squares) * on.mean
    pull = to.level - ratio * (shrink @ (slope[:, None] * to.along))
    misfit = to.residual + shrink @ to.along**2 + pull**2 / border
    criterion: Floats = n * np.log(misfit) + np.log(border) - np.log(shrink).sum(axis=1, keepdims=True)
    return criterion


def _zero_noise(on: Design, to: Targets) -> Floats:
    """Return the criterion's limit for r to infinity, where K has full rank."""
    n = on.n
    weights = to.along / np.sqrt(on.squares)[:, None]
    missed = to.level - np.sqrt(n) * (on.mean[:, None] * weights).sum(axis=0)
    misfit = (weights**2).sum(axis=0) + missed**2 / (n * on.rest)
    limit: Floats = n * np.log(misfit) + np.log(on.squares).sum() + np.log(n * on.rest)
    return limit
