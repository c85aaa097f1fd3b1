r"""The evidence of a Bayesian linear model, maximised exactly over the variances of weights and noise.

With weights :math:`w \sim N(0, I/\alpha)` and noise :math:`N(0, I/\beta)` a label column is
:math:`y \sim N(0, (r K + I)/\beta)`, where :math:`K = X X^T` and :math:`r = \beta/\alpha`. The best noise variance for a given r
is :math:`q(r)/n` with the misfit :math:`q(r) = y^T (I + r K)^{-1} y`, so what is left is one search over r:

.. math:: \ln p(y \mid X) = -\tfrac12 \min_{0 \le r \le \infty} \{ n \ln q(r) + \ln\det(I + r K) \} - \tfrac n2 (1 + \ln 2\pi - \ln n)

Both ends count: r = 0 is pure noise, and r = infinity is zero noise, which has a finite limit, often the maximum, when K has full
rank. When the labels are an exact linear function of features of lower rank there is no maximum.

Nothing is decomposed for it. With the centred features U S V^T and the mean :math:`\mu` (coordinates :math:`p = V^T \mu`, squared
rest :math:`\rho^2`) K is an arrowhead matrix in the basis (U, 1/sqrt n), whose determinant and inverse have closed forms.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from hubscore.scores.spectrum import Spectrum, centred, spectrum
from hubscore.scores.targets import label_columns
from hubscore.scores.workspace import Floats, Workspace, present, shared

STEP = 0.25
"""Of the search grid in ln r; the criterion is made of logistic curves of width 1 in ln r, so none is overlooked."""
MARGIN = 14.0
"""By how much the grid reaches beyond the eigenvalues in ln r; farther out the criterion is straight."""


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


Contract = Callable[[Floats, Floats], Floats]


def design(workspace: Workspace, *, with_mean: bool) -> Design:
    """Describe the features, with their mean (no intercept) or centred."""
    found = spectrum(workspace)
    values = found.values
    noise = max(centred(workspace).shape) * float(np.finfo(np.float64).eps)
    top = values[0] if values.size else 0.0
    if not with_mean:
        return Design(found, workspace.n, values**2, np.zeros_like(values), 0.0, noise * top)
    mean = present(workspace).mean(axis=0)
    along, outside = _along(mean, centred(workspace), found)
    rounding = noise * float(np.sqrt(top**2 + workspace.n * (mean @ mean)))
    inside = values.size == mean.size or np.sqrt(workspace.n * outside) <= rounding
    return Design(found, workspace.n, values**2, along, 0.0 if inside else outside, rounding)


def _along(mean: Floats, features: Floats, found: Spectrum) -> tuple[Floats, float]:
    """Return the mean's coordinates along the right singular vectors, refined once, and its squared length outside."""
    along = np.zeros_like(found.values)
    outside = mean
    for _ in range(2):
        along = along + found.onto(features @ outside) / found.values
        outside = mean - features.T @ found.times(along / found.values)
    return along, float(outside @ outside)


def targets(columns: Floats, on: Design) -> Targets:
    """Write label columns, shape (n, k), in the basis of a design."""
    n = len(columns)
    along = on.found.onto(columns)
    level = columns.sum(axis=0) / np.sqrt(n)
    if on.squares.size == n - 1:
        return Targets(along, level, np.zeros(columns.shape[1]))
    return Targets(along, level, ((columns - on.found.times(along) - level / np.sqrt(n)) ** 2).sum(axis=0))


@shared
def label_targets(workspace: Workspace) -> Targets:
    """The labels of a workspace in the basis of its design, whether with the mean or without."""
    return targets(label_columns(workspace), design(workspace, with_mean=False))


def signed(to: Targets, n: int) -> Targets:
    """Return the targets that 0/1 columns over n samples have when they are coded -1 and +1."""
    return Targets(2 * to.along, 2 * to.level - np.sqrt(n), 4 * to.residual)


def unbounded(on: Design, to: Targets) -> bool:
    """Whether some column is an exact linear function of the features although their rank is below n, up to rounding."""
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
    """Minimise the criterion of each column over 0 < r < infinity: a grid for all, then a search in each of its valleys."""
    from scipy.optimize.elementwise import find_minimum

    grid = _grid(on)
    values = _criterion(on, to, np.exp(grid), np.matmul)
    valley = (values[1:-1] <= values[:-2]) & (values[1:-1] <= values[2:])
    place, column = np.nonzero(valley)
    best: Floats = values.min(axis=0)
    if not place.size:
        return best

    def deepen(log_ratio: Floats, chosen: Floats) -> Floats:
        pick = chosen.astype(np.int64)
        own = Targets(to.along, to.level[pick, None], to.residual[pick, None])
        return _criterion(on, own, np.exp(log_ratio), lambda rows, table: _row_by_row(rows, table.T[pick]))[:, 0]

    found = find_minimum(deepen, (grid[place], grid[place + 1], grid[place + 2]), args=(column,))
    np.minimum.at(best, column, found.f_x)
    return best


def _row_by_row(rows: Floats, others: Floats) -> Floats:
    products: Floats = (rows * others).sum(axis=1, keepdims=True)
    return products


def _grid(on: Design) -> Floats:
    """Places in ln r from where all eigenvalues of r K are small to where all are large."""
    n = on.n
    largest = (on.squares[0] if on.squares.size else 0.0) + n * ((on.mean**2).sum() + on.rest)
    smallest = on.squares[-1] if on.squares.size else largest
    if on.rest > 0:
        smallest = min(smallest, n * on.rest / (1 + n * (on.mean**2 / on.squares).sum()))
    return np.arange(-np.log(largest) - MARGIN, -np.log(smallest) + MARGIN + STEP, STEP)


def _criterion(on: Design, to: Targets, ratio: Floats, contract: Contract) -> Floats:
    """Return n ln q(r) + ln det(I + r K), shape (m places, k).

    Args:
        on: the features.
        to: the labels.
        ratio: r, shape (m,).
        contract: multiplies (m, r) by a table (r, k): all columns at all places, or one column at each.
    """
    n = on.n
    ratio = ratio[:, None]
    shrink = 1.0 / (1.0 + ratio * on.squares)
    border = 1.0 + ratio * n * (on.rest + (shrink @ on.mean**2)[:, None])
    slope = np.sqrt(n * on.squares) * on.mean
    pull = to.level - ratio * contract(shrink, slope[:, None] * to.along)
    misfit = to.residual + contract(shrink, to.along**2) + pull**2 / border
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
