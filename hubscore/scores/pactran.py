"""PACTran with a Dirichlet or a Gamma prior: a bound on the loss that a new head on the source classes will reach."""

from __future__ import annotations

from typing import Literal

import numpy as np

from hubscore.errors import UsageError
from hubscore.numerics.class_statistics import class_sums, codes, priors
from hubscore.numerics.validation import integer, number
from hubscore.numerics.workspace import Floats, Ints, Workspace
from hubscore.scores.nleep import mixture_posteriors

Of = Literal["probs", "mixture"]
Reading = Literal["default", "released"]
EPS = 1e-10
TINY = 1e-200
"""Sums of shares below this have lost digits to underflow."""


def pactran_dirichlet(
    workspace: Workspace,
    *,
    alpha: float = 1.0,
    rounds: int = 10,
    of: Of = "probs",
    seed: int = 0,
    reading: Reading = "default",
) -> float:
    r"""Bound on the cross-entropy of a head from source classes to target classes, with a Dirichlet prior.

    .. math:: \frac{1}{N C} \Bigl[\sum_z \bigl(\ln B(a_{\cdot z}) ^{-1} - \ln B(a_0)^{-1}\bigr)
        + \sum_{i,z} q_{iz} \ln \frac{q_{iz}}{P_{iz}}\Bigr], \quad a_{yz} = a_{0y} + \sum_{i: y_i = y} q_{iz}

    B is the multivariate beta function, a_0 = alpha times the class frequencies, and q starts at P and is updated for
    ten rounds, as released. Source classes of probability 0 stay at 0.

    Args:
        workspace: probs (or logits) of shape (n samples, s source classes), labels of shape (n,).
        alpha: total mass of the prior.
        rounds: of the fixed point.
        of: ``"mixture"`` puts NLEEP's Gaussian mixture on the features in the source head's place: N-Dirichlet.
        seed: of the mixture's start.
        reading: ``"released"`` adds 1e-10 to every probability and to the prior.

    Returns:
        Any number, lower is better.

    Raises:
        Undefined: the mixture cannot be fitted.
        UsageError: an alpha that is not positive, fewer than one round, or another ``of``.

    Source:
        Ding et al., PACTran, ECCV 2022, as released (google-research/pactran_metrics, calculate_pac_dir).

    Example:
        >>> import numpy as np
        >>> heads = [np.eye(2)[[0, 0, 1, 1]], np.full((4, 2), 0.5)]
        >>> [round(pactran_dirichlet(Workspace(probs=probs, labels=[0, 0, 1, 1])), 3) for probs in heads]
        [0.245, 0.52]
    """
    from scipy.special import digamma, gammaln

    given = _given(workspace, of, seed)
    probs, prior = _padded(workspace, given, alpha, reading)
    q = given
    for _ in range(integer("rounds", rounds, 10)):
        weights = prior[:, None] + class_sums(workspace, q)
        q = _updated(probs, digamma(weights) - digamma(weights.sum(axis=0)), codes(workspace))
    before = gammaln(prior.sum()) - gammaln(prior).sum()
    after = gammaln(weights.sum(axis=0)) - gammaln(weights).sum(axis=0)
    return float(((after - before).sum() + _divergence(q, probs)) / (workspace.n * len(prior)))


def pactran_gamma(
    workspace: Workspace,
    *,
    alpha: float = 1.0,
    rounds: int = 10,
    of: Of = "probs",
    seed: int = 0,
    reading: Reading = "default",
) -> float:
    r"""Variational bound on the cross-entropy of a head that maps source classes to target classes, with a Gamma prior.

    .. math:: 1 + \frac{1}{N C} \Bigl[\sum_{y,z} \ln \frac{\Gamma(a_{0y})}{\Gamma(a_{yz})}
        + \sum_i \Bigl(\sum_z q_{iz} \ln \frac{q_{iz}}{P_{iz}} + \ln l_i - 1\Bigr)\Bigr], \quad l_i = \sum_z P_{iz}
        \sum_y a_{yz}

    Symbols as in :func:`pactran_dirichlet`; rates are 1.

    Args:
        workspace: probs (or logits) of shape (n samples, s source classes), labels of shape (n,).
        alpha: total mass of the prior.
        rounds: of the fixed point.
        of: ``"mixture"`` puts NLEEP's Gaussian mixture on the features in the source head's place: N-Gamma.
        seed: of the mixture's start.
        reading: ``"released"`` adds 1e-10 to every probability and to the prior.

    Returns:
        Any number, lower is better.

    Raises:
        Undefined: the mixture cannot be fitted.
        UsageError: an alpha that is not positive, fewer than one round, or another ``of``.

    Source:
        Ding et al., PACTran, ECCV 2022, as released (google-research/pactran_metrics, calculate_pac_gamma).

    Example:
        >>> import numpy as np
        >>> heads = [np.eye(2)[[0, 0, 1, 1]], np.full((4, 2), 0.5)]
        >>> [round(pactran_gamma(Workspace(probs=probs, labels=[0, 0, 1, 1])), 3) for probs in heads]
        [1.121, 1.396]
    """
    from scipy.special import digamma, gammaln

    given = _given(workspace, of, seed)
    probs, prior = _padded(workspace, given, alpha, reading)
    q = given
    for _ in range(integer("rounds", rounds, 10)):
        weights = prior[:, None] + class_sums(workspace, q)
        q = _updated(probs, digamma(weights), codes(workspace))
    levels = given @ weights.sum(axis=0)
    gammas = (gammaln(prior)[:, None] - gammaln(weights)).sum()
    return float((gammas + _divergence(q, probs) + (np.log(levels) - 1).sum()) / (workspace.n * len(prior)) + 1)


def _given(workspace: Workspace, of: Of, seed: int) -> Floats:
    """Source probabilities, or a mixture's posteriors with as many components as the authors use: max(min(c, n / 5),
    n / 10).
    """
    if of not in ("probs", "mixture"):
        raise UsageError(f"Cannot take PACTran of '{of}'", "there are probs and mixture", 'of="mixture"')
    if of == "probs":
        return workspace.probs
    components = int(max(min(len(priors(workspace)), 0.2 * workspace.n), 0.1 * workspace.n, 1))
    return mixture_posteriors(workspace, components, seed, released=False)


def _padded(workspace: Workspace, given: Floats, alpha: float, reading: Reading) -> tuple[Floats, Floats]:
    """Probabilities of shape (n samples, s source classes) and prior of shape (c classes,)."""
    number("alpha", alpha, 1.0)
    eps = EPS if reading == "released" else 0.0
    return given + eps, alpha * priors(workspace) + eps


def _updated(probs: Floats, log_weights: Floats, labels: Ints) -> Floats:
    """Rows of ``softmax(ln probs + log_weights[labels])``; weights have shape (c classes, s source classes)."""
    weights = np.exp(log_weights - log_weights.max(axis=1, keepdims=True))
    updated: Floats = probs * weights[labels]
    sums = updated.sum(axis=1, keepdims=True)
    lost = np.flatnonzero(sums[:, 0] < TINY)
    sums[lost] = 1
    updated /= sums
    if lost.size:
        from scipy.special import softmax

        with np.errstate(divide="ignore"):  # a probability of 0 stays 0
            updated[lost] = softmax(np.log(probs[lost]) + log_weights[labels[lost]], axis=1)
    return updated


def _divergence(q: Floats, probs: Floats) -> float:
    from scipy.special import rel_entr

    return float(rel_entr(q, probs).sum())
