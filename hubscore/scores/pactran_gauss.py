"""PACTran with a Gaussian prior: regularised cross-entropy of a linear head plus the price of its flatness."""

from __future__ import annotations

from typing import Literal, NamedTuple

import numpy as np

from hubscore.errors import Undefined, UsageError
from hubscore.scores.classes import codes, counts, own
from hubscore.scores.spectrum import centred, spectrum
from hubscore.scores.workspace import Floats, Workspace

TITLE = "PACTran-Gauss is undefined"
FLAT = 1e-9
"""Length of the gradient at which a minimisation ends, or where rounding ends it before."""
STEEP = 1e-6
"""Length of the gradient above which it has failed."""


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
        values = found.leading(found.values.size)
        head = _minimum(workspace, values, found.values, precision)
    logs = log_chances(values, head)
    loss = 0.5 * precision * np.square(head.weights).sum() - own(workspace, logs).mean()
    chances = np.exp(logs)
    bend = (chances * (1 - chances)).sum(axis=1)
    curvature = ((np.square(values).sum(axis=1) + 1) * bend).sum() + workspace.d * chances.shape[1] * precision
    mean_curvature = curvature / (workspace.d * chances.shape[1] * precision)
    return float(loss + 0.5 * chances.shape[1] * s2 * precision * np.log(mean_curvature))


def _minimum(workspace: Workspace, values: Floats, singular: Floats, precision: float) -> Head:
    from scipy.optimize import minimize

    if not singular.size:
        raise Undefined(TITLE, "the features are the same for every sample", "use another layer or checkpoint")
    # In these units the loss bends about equally in every direction at the start, whatever the scale of the features.
    classes = len(counts(workspace))
    units = 1 / np.sqrt(singular**2 / workspace.n * (classes - 1) / classes**2 + precision)
    loss = Loss(workspace, values * units, precision * units**2)
    options = {"gtol": FLAT, "maxiter": 1000, "initial_trust_radius": 10.0, "max_trust_radius": 1e4}
    start = np.zeros((len(singular) + 1) * classes)
    found = minimize(loss.with_gradient, start, jac=True, hessp=loss.bend, method="trust-ncg", options=options)
    if np.linalg.norm(found.jac) > STEEP:
        raise Undefined(TITLE, f"the loss could not be minimised ({found.message})", "standardise the features")
    head = loss.head(found.x)
    return Head(head.weights * units[:, None], head.bias)


def _released(workspace: Workspace, values: Floats, precision: float, seed: int) -> Head:
    from scipy.optimize import minimize

    shape = (values.shape[1], len(counts(workspace)))
    loss = Loss(workspace, values, np.full(shape[0], precision))
    start = np.concatenate([np.random.RandomState(seed).normal(size=shape).ravel() * 0.03, np.zeros(shape[1])])
    options = {"maxiter": 100, "ftol": 1e-6, "gtol": 1e-6}
    return loss.head(minimize(loss.with_gradient, start, jac=True, method="L-BFGS-B", options=options).x)


class Loss:
    """Cross-entropy with a penalty on the weights, as a function of one long vector.

    Args:
        workspace: with labels of shape (n samples,).
        values: shape (n samples, k features).
        penalty: of each feature's squared weights, shape (k,).
    """

    def __init__(self, workspace: Workspace, values: Floats, penalty: Floats) -> None:
        self.workspace, self.values, self.penalty = workspace, values, penalty
        self._at: Floats | None = None
        self._logs = values

    def head(self, flat: Floats) -> Head:
        """Read the vector."""
        table = flat.reshape(self.values.shape[1] + 1, -1)
        return Head(table[:-1], table[-1])

    def logs(self, flat: Floats) -> Floats:
        """Logarithms of the class probabilities, shape (n samples, c classes); of the last vector they are kept."""
        if self._at is None or not np.array_equal(self._at, flat):
            self._at, self._logs = flat.copy(), log_chances(self.values, self.head(flat))
        return self._logs

    def value(self, flat: Floats) -> float:
        """The loss itself."""
        likelihood = own(self.workspace, self.logs(flat)).mean()
        return float(0.5 * (self.penalty @ np.square(self.head(flat).weights)).sum() - likelihood)

    def with_gradient(self, flat: Floats) -> tuple[float, Floats]:
        """The loss and its gradient."""
        excess = np.exp(self.logs(flat))
        excess[np.arange(self.workspace.n), codes(self.workspace)] -= 1
        return self.value(flat), self._gather(excess / self.workspace.n, self.head(flat).weights)

    def bend(self, flat: Floats, direction: Floats) -> Floats:
        """The curvature at ``flat`` times a direction."""
        chances, step = np.exp(self.logs(flat)), self.head(direction)
        change = chances * (self.values @ step.weights + step.bias)
        return self._gather((change - chances * change.sum(axis=1, keepdims=True)) / self.workspace.n, step.weights)

    def _gather(self, excess: Floats, weights: Floats) -> Floats:
        return np.vstack([self.values.T @ excess + self.penalty[:, None] * weights, excess.sum(axis=0)]).ravel()


def log_chances(values: Floats, head: Head) -> Floats:
    """Logarithms of the class probabilities that a head gives, shape (n samples, c classes)."""
    from scipy.special import log_softmax

    logs: Floats = log_softmax(values @ head.weights + head.bias, axis=1)
    return logs
