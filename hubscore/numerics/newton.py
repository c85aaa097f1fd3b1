"""Softmax regression with a weak penalty, minimised by Newton's method to the last digits.

Where classes can be told apart and the penalty is weak, the loss bends a million times less at its minimum than at the
start, so that neither a small gradient nor a small change of the loss shows that the minimum is reached. A small Newton
step does.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from hubscore.numerics.cholesky import factor, solve
from hubscore.numerics.workspace import Floats, Ints

STEPS = 200
LEFT = 1e-6
"""The end is reached where log-odds are off by no more."""
UNSOLVED = 1e-3, 0.1
"""Share of a Newton step that may stay unsolved at the end and at the start, in the norm in which the loss bends."""
ROUNDS = 500
"""Of conjugate gradients, a step."""
HALVINGS = 40
ENOUGH = 1e-4
"""Share of the promised decrease that a step must bring."""


class Point(NamedTuple):
    """Where a minimisation stands.

    Attributes:
        table: weights and below them the bias, shape (k + 1, c classes).
        loss: summed and penalised.
        chances: of each class, that of the true class 0, shape (n samples, c classes): it is 1 less the others'.
        rest: what the others sum to, shape (n samples,).
        slope: gradient, shape (k + 1, c classes).
    """

    table: Floats
    loss: float
    chances: Floats
    rest: Floats
    slope: Floats


class Problem(NamedTuple):
    """Samples with a column of ones, shape (n samples, k + 1), labels, shape (n samples,), penalties, shape (k + 1,
    1), and classes.
    """

    design: Floats
    labels: Ints
    penalty: Floats
    classes: int

    def at(self, table: Floats) -> Point:
        """Compute loss and gradient."""
        rows = np.arange(len(self.labels))
        odds = self.design @ table
        odds -= odds[rows, self.labels][
            :, None
        ]  # against the true class: no digits are lost where it is nearly certain
        odds[rows, self.labels] = -np.inf
        top = np.maximum(odds.max(axis=1, keepdims=True), 0)
        chances = np.exp(odds - top)
        true = np.exp(-top[:, 0])
        others = chances.sum(axis=1)
        loss = (top[:, 0] + np.log1p(others + (true - 1))).sum()
        chances /= (true + others)[:, None]
        rest = others / (true + others)
        pulls = chances.copy()
        pulls[rows, self.labels] = -rest
        cost = self.penalty * table
        return Point(
            table, float(loss + 0.5 * (cost * table).sum()), chances, rest, _zero_sum(self.design.T @ pulls + cost)
        )

    def curvature_times(self, point: Point, direction: Floats) -> Floats:
        """Curvature times a direction, shape (k + 1, c classes)."""
        rows = np.arange(len(self.labels))
        change = self.design @ direction
        change -= change[rows, self.labels][:, None]
        mean = np.einsum("ij,ij->i", point.chances, change)
        change -= mean[:, None]
        change *= point.chances
        change[rows, self.labels] = -(1 - point.rest) * mean
        return _zero_sum(self.design.T @ change + self.penalty * direction)

    def preconditioner(self, point: Point) -> Callable[[Floats], Floats]:
        """Divide by the curvature that all classes would have if they shared it, which is exact at the start."""
        weights = (np.einsum("ij,ij->i", point.chances, 1 - point.chances) + (1 - point.rest) * point.rest) / (
            self.classes - 1
        )
        shared = (self.design.T * weights) @ self.design
        diagonal = shared.diagonal() + self.penalty[:, 0]
        shared.flat[:: len(shared) + 1] = diagonal + np.finfo(np.float64).eps * len(shared) * diagonal.max()
        lower = factor(shared)
        if lower is None:
            return lambda table: table / diagonal[:, None]
        return lambda table: solve(lower, table)


def minimise(values: Floats, labels: Ints, *, penalty: float) -> tuple[Floats, bool]:
    r"""Minimise :math:`\sum_i -\ln \operatorname{softmax}(x_i W + b)_{y_i} + \frac p2 \lVert W \rVert^2` over W and b.

    Args:
        values: x, shape (n samples, k).
        labels: 0..classes-1, each at least once, shape (n samples,).
        penalty: p, positive.

    Returns:
        Weights and below them the bias, shape (k + 1, c classes), and whether the last step was small.

    Example:
        >>> table, reached = minimise(np.array([[1.0], [-1.0]]), np.array([0, 1]), penalty=1.0)
        >>> np.round(table, 4).tolist(), reached
        ([[0.5213, -0.5213], [0.0, 0.0]], True)
    """
    n, k = values.shape
    problem = Problem(
        np.hstack([values, np.ones((n, 1))]),
        labels,
        np.append(np.full(k, penalty), 0.0)[:, None],
        int(labels.max()) + 1,
    )
    point = problem.at(np.zeros((k + 1, problem.classes)))
    for _ in range(STEPS):
        step, unsolved = _newton_step(problem, point)
        point, length = _line_search(problem, point, step)
        change = float(np.abs(problem.design @ step).max())
        if length == 0 or (length == 1 and change * (change + unsolved) <= LEFT):  # Newton's method squares the error
            return point.table, length == 1
    return point.table, False


def _zero_sum(table: Floats) -> Floats:
    """Take off each row's mean over the classes, which is rounding: the loss does not bend along it, so a step would
    run away.
    """
    table -= table.mean(axis=1, keepdims=True)
    return table


def _newton_step(problem: Problem, point: Point) -> tuple[Floats, float]:
    """Solve for the step by preconditioned conjugate gradients, the more exactly the shorter it is; say what share
    stays unsolved.
    """
    divide, step, left = problem.preconditioner(point), np.zeros_like(point.slope), -point.slope
    ahead = towards = divide(left)
    size = first = float((left * towards).sum())
    unsolved = float(np.clip(np.sqrt(first), *UNSOLVED))
    for _ in range(ROUNDS):
        if size <= unsolved**2 * first:
            break
        curved = problem.curvature_times(point, ahead)
        length = size / float((ahead * curved).sum())
        step += length * ahead
        left = left - length * curved
        towards = divide(left)
        size, before = float((left * towards).sum()), size
        ahead = towards + (size / before) * ahead
    return step, unsolved


def _line_search(problem: Problem, point: Point, step: Floats) -> tuple[Point, float]:
    """Go along a step as far as the loss falls enough, and say how far: 1 for all the way, 0 for nowhere."""
    promised, length = float((point.slope * step).sum()), 1.0
    rounding = len(problem.labels) * np.finfo(np.float64).eps * max(abs(point.loss), 1.0)
    for _ in range(HALVINGS):
        there = problem.at(point.table + length * step)
        if there.loss <= point.loss + ENOUGH * length * promised + rounding:
            return there, length
        length /= 2
    return point, 0.0
