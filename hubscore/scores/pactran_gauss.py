"""PACTran with a Gaussian prior: regularised cross-entropy of a linear head plus the price of its flatness."""

from __future__ import annotations

from typing import Literal, NamedTuple

import numpy as np

from hubscore.errors import Undefined
from hubscore.numerics.class_statistics import codes, counts, of_true_class
from hubscore.numerics.logistic_regression import cross_entropy
from hubscore.numerics.newton import minimise
from hubscore.numerics.spectrum import centred, spectrum
from hubscore.numerics.validation import number
from hubscore.numerics.workspace import Floats, Workspace

TITLE = "PACTran-Gauss is undefined"


class Head(NamedTuple):
    """A linear head."""

    weights: Floats
    """Shape (k features, c classes)."""
    bias: Floats
    """Shape (c classes,)."""


def pactran_gauss(
    workspace: Workspace,
    *,
    lambda_: float = 1.0,
    s2: float = 100.0,
    seed: int = 0,
    reading: Literal["default", "released"] = "default",
) -> float:
    r"""Loss of the best regularised linear head, plus a term for the curvature there.

    .. math:: L(W, b) + \frac{D C}{2 \lambda N} \frac{s_2}{D} \ln(\bar h \lambda N), \quad
        L = -\frac1N \sum_i \ln \operatorname{softmax}(x_i W + b)_{y_i} + \frac{\lVert W \rVert^2}{2 \lambda N}

    h-bar is the trace of the loss's curvature over all weights and biases, per weight, as released. The loss is convex
    with one minimum, and the default goes there by Newton's method; the authors stop L-BFGS after 100 iterations from a
    random start, which on features of large scale is far from it and differs between versions of SciPy.

    Args:
        workspace: features of shape (n samples, d features), labels of shape (n,) in c classes.
        lambda_: prior variance a sample; the authors use 10, 1 and 0.1.
        s2: posterior variance times d; the authors use 100 and 10 times ``lambda_``.
        seed: of the released random start.
        reading: ``"released"`` is 100 iterations from that start.

    Returns:
        Any number, lower is better.

    Raises:
        Undefined: no feature varies, or the loss cannot be minimised.
        UsageError: a variance that is not positive.

    Source:
        Ding et al., PACTran, ECCV 2022, as released (google-research/pactran_metrics, calculate_pac_gauss).

    Example:
        >>> import numpy as np
        >>> nets = [np.array([[-2.0], [0.5], [-0.5], [2.0]]), np.array([[-2.0], [-1.0], [1.0], [2.0]])]
        >>> worse, better = (pactran_gauss(Workspace(features=net, labels=[0, 0, 1, 1])) for net in nets)
        >>> worse > better
        True
    """
    number("lambda_", lambda_, 1.0)
    number("s2", s2, 100.0)
    precision = 1 / (lambda_ * workspace.n)
    if reading == "released":
        values = centred(workspace)
        head = _released(workspace, values, lambda_, seed)
    else:
        values = _along_axes(workspace)
        table, reached = minimise(values, codes(workspace), penalty=1 / lambda_)
        if not reached:
            raise Undefined(TITLE, "the loss could not be minimised", "standardise the features")
        head = Head(table[:-1], table[-1])
    logs = log_chances(values, head)
    chances = np.exp(logs)
    rest = 1 - chances
    rest[np.arange(workspace.n), codes(workspace)] = _of_others(workspace, chances)
    loss = 0.5 * precision * np.square(head.weights).sum() - of_true_class(workspace, logs).mean()
    bend = (chances * rest).sum(axis=1)
    curvature = ((np.square(values).sum(axis=1) + 1) * bend).sum() + workspace.d * chances.shape[1] * precision
    mean_curvature = curvature / (workspace.d * chances.shape[1] * precision)
    return float(loss + 0.5 * chances.shape[1] * s2 * precision * np.log(mean_curvature))


def _along_axes(workspace: Workspace) -> Floats:
    """Features along their principal axes, shape (n samples, r): a penalised head lies in their span."""
    found = spectrum(workspace)
    if not found.values.size:
        raise Undefined(TITLE, "the features are the same for every sample", "use another layer or checkpoint")
    return found.leading(found.values.size)


def _of_others(workspace: Workspace, chances: Floats) -> Floats:
    """What is left for the other classes, summed, because 1 less the true class's chance has no digits where that is
    nearly 1.
    """
    left = chances.copy()
    left[np.arange(workspace.n), codes(workspace)] = 0
    return np.asarray(left.sum(axis=1), dtype=np.float64)


def _released(workspace: Workspace, values: Floats, lambda_: float, seed: int) -> Head:
    from scipy.optimize import minimize

    n, shape = workspace.n, (values.shape[1], len(counts(workspace)))
    penalty = np.append(np.full(shape[0], 1 / lambda_), 0.0)[:, None]
    summed = cross_entropy(np.hstack([values, np.ones((n, 1))]), codes(workspace), shape[1], penalty)

    def mean(flat: Floats) -> tuple[float, Floats]:
        loss, slope = summed(flat)
        return loss / n, slope / n

    start = np.concatenate([np.random.RandomState(seed).normal(size=shape).ravel() * 0.03, np.zeros(shape[1])])
    options = {"maxiter": 100, "ftol": 1e-6, "gtol": 1e-6}
    table = minimize(mean, start, jac=True, method="L-BFGS-B", options=options).x.reshape(-1, shape[1])
    return Head(table[:-1], table[-1])


def log_chances(values: Floats, head: Head) -> Floats:
    """Logarithms of the class probabilities that a head gives, shape (n samples, c classes)."""
    from scipy.special import log_softmax

    logs: Floats = log_softmax(values @ head.weights + head.bias, axis=1)
    return logs
