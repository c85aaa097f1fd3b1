"""Logistic regression with an L2 penalty, minimised along the principal axes of the features."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from hubscore.numerics.workspace import Floats, Ints

NOISE = 1e-12
"""Directions with less than this share of the largest variance do not take part where features outnumber samples."""
AGAIN = 5
"""Times that a minimisation which ended too early is taken up again."""


class Head(NamedTuple):
    """A fitted linear head."""

    weights: Floats
    """Shape (d features, c classes)."""
    bias: Floats
    """Shape (c classes,)."""
    gradient: float
    """Largest entry of the gradient of the summed, penalised loss."""

    def predict(self, features: Floats) -> Ints:
        """Return the most likely class of each row."""
        return np.asarray((features @ self.weights + self.bias).argmax(axis=1), dtype=np.int64)


class PrincipalAxes(NamedTuple):
    """Principal axes of centred features."""

    values: Floats
    """The features along them, shape (n samples, r)."""
    squares: Floats
    """Their squared lengths, shape (r,)."""
    back: Callable[[Floats], Floats]
    """Turns a table along the axes, shape (r, c), into one of features, shape (d, c)."""


def axes(features: Floats) -> PrincipalAxes:
    """Decompose centred features; a penalised head lies in the span of the samples, so that n axes are enough."""
    n, d = features.shape
    if d <= n:
        squares, right = np.linalg.eigh(features.T @ features)
        return PrincipalAxes(features @ right, squares.clip(0), lambda table: right @ table)
    squares, left = np.linalg.eigh(features @ features.T)
    keep = squares > NOISE * squares[-1]
    squares, left, lengths = squares[keep], left[:, keep], np.sqrt(squares[keep])
    return PrincipalAxes(left * lengths, squares, lambda table: features.T @ (left @ (table / lengths[:, None])))


def fit(features: Floats, labels: Ints, *, tol: float, steps: int) -> Head:
    r"""Minimise :math:`\sum_i -\ln \operatorname{softmax}(x_i W + b)_{y_i} + \frac12 \lVert W \rVert^2`.

    Along the principal axes, in units half-way to those in which the loss bends alike at the start, L-BFGS takes a
    fraction of the steps that it takes on the features themselves (all the way is no better, and worse with many
    classes); the minimum is the same. Two classes have one vector of weights, as is usual, not two.

    Args:
        features: shape (n samples, d features), of mean 0.
        labels: 0..classes-1, each at least once, shape (n samples,).
        tol: the largest entry of the gradient at which it ends.
        steps: of L-BFGS, at most.

    Returns:
        The head; whether it converged is for the caller to judge by its gradient.
    """
    from scipy.optimize import minimize

    turned, classes = axes(features), int(labels.max()) + 1
    penalty = 2.0 if classes == 2 else 1.0  # weights w and -w for two classes cost half of what 2 w costs
    bend = (classes - 1) / classes**2
    units = (np.append(turned.squares * bend + penalty, len(labels) * bend) ** -0.25)[:, None]
    design = np.hstack([turned.values, np.ones((len(labels), 1))]) * units[:, 0]
    loss = cross_entropy(
        design, labels, classes, np.append(np.full(turned.squares.size, penalty), 0.0)[:, None] * units**2
    )
    flat, goal = np.zeros(units.size * classes), tol * float(np.median(units))
    for _ in range(AGAIN):
        options = {"gtol": goal, "ftol": 0.0, "maxiter": steps, "maxfun": 2 * steps}
        found = minimize(loss, flat, jac=True, method="L-BFGS-B", options=options)
        flat = found.x
        slope = found.jac.reshape(-1, classes) / units
        largest = float(max(np.abs(turned.back(slope[:-1])).max(), np.abs(slope[-1]).max()))
        if largest <= tol:
            break
        goal *= min(0.5 * tol / largest, 0.5)
    table = flat.reshape(-1, classes) * units
    return Head(turned.back(table[:-1]), table[-1], largest)


def cross_entropy(
    design: Floats, labels: Ints, classes: int, penalty: Floats
) -> Callable[[Floats], tuple[float, Floats]]:
    """Return the summed, penalised loss and its gradient as a function of one long vector.

    Args:
        design: shape (n samples, k), the bias's column among them.
        labels: 0..classes-1, shape (n samples,).
        classes: that the vector has weights for.
        penalty: of squared weights, shape (k, 1).
    """
    rows, across = np.arange(len(labels)), np.ascontiguousarray(design.T)

    def loss(flat: Floats) -> tuple[float, Floats]:
        table = flat.reshape(-1, classes)
        odds = design @ table
        odds -= odds.max(axis=1, keepdims=True)
        of_own = odds[rows, labels].sum()
        np.exp(odds, out=odds)
        sums = odds.sum(axis=1, keepdims=True)
        costs = penalty * table
        value = np.log(sums).sum() - of_own + 0.5 * (costs * table).sum()
        odds /= sums
        odds[rows, labels] -= 1
        return float(value), (across @ odds + costs).ravel()

    return loss
