"""Kernel ridge regression with an intercept, each sample predicted from all others, from one eigendecomposition."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from hubscore.errors import Undefined
from hubscore.numerics.kernels import centred, linear_kernel, unit_diagonal
from hubscore.numerics.output_quality import accuracy, log_loss
from hubscore.numerics.workspace import Floats, Ints

LAMBDAS = (0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0)
"""Half decades that the regularization is chosen from, for a kernel whose diagonal has a mean of 1."""
EVEN = 1e-9
"""Errors that differ by less than this share are equal."""
NEGATIVE = 1e-4
"""A kernel with an eigenvalue below minus this share of the largest is none; single precision stays far above."""
LEAST = 3
"""Samples: of two, the one that is left says nothing about the other."""


class Decomposition(NamedTuple):
    r"""A centred kernel of mean diagonal 1 as ``axes @ diag(scale) @ axes.T``.

    Attributes:
        axes: shape (n samples, k).
        eigenvalues: of the kernel, shape (k,), at least 0.
        scale: shape (k,): the eigenvalues where the axes are unit eigenvectors, ones where they are principal
            components.
    """

    axes: Floats
    eigenvalues: Floats
    scale: Floats


class Predictions(NamedTuple):
    """What is predicted for each sample by the ridge that never saw it.

    Attributes:
        outputs: shape (n samples, k columns).
        r2: 1 - the sum of squared errors / the sum of squared deviations from the mean, over all columns together.
        regularization: the lambda with the largest ``r2``; of equals the largest.
    """

    outputs: Floats
    r2: float
    regularization: float


class LeaveOneOut(NamedTuple):
    """How well each sample's class is told by the ridge that never saw it.

    Attributes:
        outputs: shape (n samples, c classes), the intercept included: about the probability of each class, though they
            may lie outside 0..1.
        accuracy: the share of samples whose own class has the largest output; classes that are equal share.
        log_loss: the mean of -ln softmax(b outputs) at the sample's own class, for that b among
            :data:`~hubscore.numerics.output_quality.SHARPNESSES` that makes it least.
        r2: of :class:`Predictions`.
        regularization: of :class:`Predictions`.
    """

    outputs: Floats
    accuracy: float
    log_loss: float
    r2: float
    regularization: float


def leave_one_out(kernel: NDArray[Any], labels: Ints, lambdas: Sequence[float] = LAMBDAS) -> LeaveOneOut:
    r"""Predict each sample's class by kernel ridge regression on all other samples.

    The kernel is centred and divided by its mean diagonal. With :math:`K = U S U^\top` after that, one-hot labels Y of
    mean :math:`\bar y`, and :math:`H = U S (S + \lambda)^{-1} U^\top`, the output for sample i is

    .. math:: P_i = Y_i - \frac{(Y - \bar y - H (Y - \bar y))_i}{1 - h_{ii} - 1/n}

    which is exactly what a ridge with an unpenalised intercept, refitted without sample i on the same kernel with the
    same lambda, predicts for it: the 1/n is the intercept's leverage. Lambda is on the scale of the eigenvalues of a
    kernel with trace n and not multiplied by n: so chosen values lie inside the half decades, not at their lower end.

    Args:
        kernel: shape (n, n), symmetric and positive semidefinite.
        labels: shape (n,), 0..classes-1.
        lambdas: to choose from.

    Raises:
        Undefined: fewer than three samples, one class, a class for each sample, samples that all look the same, or a
            matrix that is no kernel.

    Source:
        Kernel ridge regression: Saunders, Gammerman, Vovk, ICML 1998; exact leave-one-out (PRESS): Allen, 1974.

    Example:
        >>> rows = np.array([0.0, 1.0, 4.0, 5.0])
        >>> found = leave_one_out(np.outer(rows, rows), np.array([0, 0, 1, 1]))
        >>> found.accuracy, found.regularization, found.outputs.round(2)[:, 1].tolist()
        (1.0, 0.3, [-0.12, 0.27, 0.73, 1.12])
    """
    return classify(decomposed(kernel), labels, lambdas)


def classify(found: Decomposition, labels: Ints, lambdas: Sequence[float]) -> LeaveOneOut:
    """Return :func:`leave_one_out` of a kernel that is decomposed already."""
    counts = np.bincount(labels)
    if np.count_nonzero(counts) < 2:
        raise Undefined("Leave-one-out is undefined", "all samples have the same label", "add samples of another class")
    if counts.max() < 2:
        why = "each class has one sample, which leave-one-out never sees when it is asked for"
        raise Undefined("Leave-one-out is undefined", why, "use at least two samples a class")
    predicted = predict(found, np.eye(len(counts))[labels], lambdas)
    return LeaveOneOut(
        predicted.outputs,
        accuracy(predicted.outputs, labels),
        log_loss(predicted.outputs, labels),
        predicted.r2,
        predicted.regularization,
    )


def decomposed(kernel: NDArray[Any]) -> Decomposition:
    """Centre a kernel, give it a mean diagonal of 1, and decompose it.

    Raises:
        Undefined: all samples look the same, or the matrix is not positive semidefinite.
    """
    values, axes = np.linalg.eigh(unit_diagonal(centred(kernel)))
    if values[0] < -NEGATIVE * values[-1]:
        why = f"the matrix has an eigenvalue of {values[0]:.3g}, and a kernel has none below 0"
        raise Undefined(
            "Leave-one-out is undefined", why, "pass similarities, such as inner products, and no distances"
        )
    eigenvalues = np.maximum(values, 0.0)
    return Decomposition(axes, eigenvalues, eigenvalues)


def decomposed_rows(rows: Floats) -> Decomposition:
    """Return the decomposition of the linear kernel of some rows; fewer columns than rows take the shorter way.

    Args:
        rows: shape (n samples, d columns).

    Raises:
        Undefined: all rows are the same.
    """
    if rows.shape[1] >= len(rows):
        return decomposed(linear_kernel(rows))
    moved = rows - rows.mean(axis=0)
    products = linear_kernel(moved.T)
    mean = float(products.trace()) / len(rows)
    if not mean > 0:
        raise Undefined("The kernel is undefined", "all samples look the same to the network", "use another layer")
    values, directions = np.linalg.eigh(products / mean)
    return Decomposition(moved @ (directions / np.sqrt(mean)), np.maximum(values, 0.0), np.ones(len(values)))


def predict(found: Decomposition, columns: Floats, lambdas: Sequence[float] = LAMBDAS) -> Predictions:
    """Predict each sample's columns by ridge regression on all other samples; the formula is in :func:`leave_one_out`.

    Args:
        found: the kernel.
        columns: shape (n samples, k), not all constant.
        lambdas: to choose from.

    Raises:
        Undefined: fewer than three samples.
    """
    n = len(columns)
    if n < LEAST:
        why = f"there are {n} samples, and the one that is left says nothing about the other"
        raise Undefined("Leave-one-out is undefined", why, f"use at least {LEAST} samples")
    targets = columns - columns.mean(axis=0)
    total, sums, squares = float(np.square(targets).sum()), found.axes.T @ targets, np.square(found.axes)
    best: tuple[float, float, Floats] | None = None
    for strength in sorted(lambdas, reverse=True):
        shrunk = found.scale / (found.eigenvalues + strength)
        errors = targets - found.axes @ (shrunk[:, None] * sums)
        errors /= (1.0 - 1.0 / n - squares @ shrunk)[:, None]
        share = float(np.square(errors).sum()) / total
        if best is None or share < best[0] * (1 - EVEN):
            best = share, strength, errors
    if best is None:
        raise ValueError("no lambda to choose from")
    return Predictions(columns - best[2], 1.0 - best[0], best[1])
