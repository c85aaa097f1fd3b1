"""PACTran with a Gaussian prior: regularised cross-entropy of a linear head plus the price of its flatness."""

from __future__ import annotations

from typing import Literal, NamedTuple

import numpy as np

from hubscore.errors import Undefined, UsageError
from hubscore.scores.classes import codes, counts, own
from hubscore.scores.spectrum import centred, spectrum
from hubscore.scores.workspace import Floats, Workspace

TITLE = "PACTran-Gauss is undefined"
FLAT = 1e-8
STEEP = 1e-5
STEPS = 5000


class Head(NamedTuple):
    """A linear head."""

    weights: Floats
    """Shape (k features, c classes)."""
    bias: Floats
    """Shape (c classes,)."""


class Descent(NamedTuple):
    """Where a minimisation ended."""

    head: Head
    slope: float
    """Largest component of the gradient left."""


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

    h-bar is the trace of the loss's curvature over all weights and biases, per weight, as released. The loss is convex with one
    minimum, and the default goes there; the authors stop L-BFGS after 100 iterations from a random start, which on features of
    large scale is far from it and differs between versions of SciPy.

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

    Source:
        Ding et al., PACTran, ECCV 2022, as released (google-research/pactran_metrics, calculate_pac_gauss).

    Example:
        >>> import numpy as np
        >>> nets = [np.array([[-2.0], [0.5], [-0.5], [2.0]]), np.array([[-2.0], [-1.0], [1.0], [2.0]])]
        >>> worse, better = (pactran_gauss(Workspace(features=net, labels=[0, 0, 1, 1])) for net in nets)
        >>> worse > better
        True
    """
    if lambda_ <= 0:
        raise UsageError(f"Cannot use lambda_={lambda_:g}", "it must be positive", "lambda_=1.0")
    precision = 1 / (lambda_ * workspace.n)
    if reading == "released":
        values = centred(workspace)
        head = _released(workspace, values, precision, seed)
    else:
        found = spectrum(workspace)
        values = found.left * found.values
        head = _minimum(workspace, values, found.values, precision)
    logs = _log_softmax(values, head)
    loss = _loss(workspace, logs, head, np.full(values.shape[1], precision))
    chances = np.exp(logs)
    bend = (chances * (1 - chances)).sum(axis=1)
    curvature = ((np.square(values).sum(axis=1) + 1) * bend).sum() + workspace.d * chances.shape[1] * precision
    mean_curvature = curvature / (workspace.d * chances.shape[1] * precision)
    return float(loss + 0.5 * chances.shape[1] * s2 * precision * np.log(mean_curvature))


def _minimum(workspace: Workspace, values: Floats, singular: Floats, precision: float) -> Head:
    if not singular.size:
        raise Undefined(TITLE, "the features are the same for every sample", "use another layer or checkpoint")
    # In these units the loss bends about equally in every direction, whatever the scale of the features.
    units = 1 / np.sqrt(singular**2 / (4 * workspace.n) + precision)
    start = np.zeros((len(singular) + 1, len(counts(workspace))))
    options = {"maxiter": STEPS, "maxfun": 2 * STEPS, "ftol": 0.0, "gtol": FLAT, "maxcor": 20}
    found = _descend(workspace, values * units, precision * units**2, start, options)
    if found.slope > STEEP:
        raise Undefined(TITLE, f"the loss could not be minimised (a slope of {found.slope:.1g} is left)", "standardise the features")
    return Head(found.head.weights * units[:, None], found.head.bias)


def _released(workspace: Workspace, values: Floats, precision: float, seed: int) -> Head:
    shape = (values.shape[1], len(counts(workspace)))
    start = np.concatenate([np.random.RandomState(seed).normal(size=shape) * 0.03, np.zeros((1, shape[1]))])
    return _descend(workspace, values, np.full(shape[0], precision), start, {"maxiter": 100, "ftol": 1e-6, "gtol": 1e-6}).head


def _descend(workspace: Workspace, values: Floats, penalty: Floats, start: Floats, options: dict[str, float]) -> Descent:
    from scipy.optimize import minimize

    def loss_and_gradient(flat: Floats) -> tuple[float, Floats]:
        table = flat.reshape(start.shape)
        head = Head(table[:-1], table[-1])
        logs = _log_softmax(values, head)
        excess = np.exp(logs)
        excess[np.arange(workspace.n), codes(workspace)] -= 1
        excess /= workspace.n
        gradient = np.vstack([values.T @ excess + penalty[:, None] * head.weights, excess.sum(axis=0)])
        return _loss(workspace, logs, head, penalty), gradient.ravel()

    found = minimize(loss_and_gradient, start.ravel(), jac=True, method="L-BFGS-B", options=options)
    table = found.x.reshape(start.shape)
    return Descent(Head(table[:-1], table[-1]), float(np.abs(found.jac).max()))


def _log_softmax(values: Floats, head: Head) -> Floats:
    from scipy.special import log_softmax

    logs: Floats = log_softmax(values @ head.weights + head.bias, axis=1)
    return logs


def _loss(workspace: Workspace, logs: Floats, head: Head, penalty: Floats) -> float:
    return float(0.5 * (penalty @ np.square(head.weights)).sum() - own(workspace, logs).mean())
