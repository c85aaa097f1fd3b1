"""Shrinkage H-score: the H-score with a covariance that few samples can carry."""

from __future__ import annotations

import numpy as np

from hubscore.errors import Undefined
from hubscore.numerics.class_statistics import all_singletons, class_coordinates, counts
from hubscore.numerics.spectrum import centred, spectrum
from hubscore.numerics.workspace import Floats, Workspace


def h_score_shrunk(workspace: Workspace) -> float:
    r"""Measure how far class means spread, in units of a Ledoit-Wolf estimate of the feature spread.

    .. math:: (1 - a) \operatorname{tr}\Bigl(
        \bigl((1 - a) \operatorname{cov}(f) + a \tfrac{\operatorname{tr} \operatorname{cov}(f)}{D} I\bigr)^{-1}
        \operatorname{cov}(E[f \mid y])\Bigr)

    a is Ledoit and Wolf's, from the features alone. In the principal axes the inverse is a division.

    Args:
        workspace: features of shape (n samples, d features), labels of shape (n,).

    Returns:
        At least 0, higher is better.

    Raises:
        Undefined: every class has one sample, or no feature varies.

    Source:
        Ibrahim, Ponomareva and Mazumder, Newer is not always better, ECML PKDD 2022: the shrinkage-based H-score.

    Example:
        >>> import numpy as np
        >>> round(h_score_shrunk(Workspace(features=np.array([[-3.0], [-1.0], [1.0], [3.0]]), labels=[0, 0, 1, 1])), 9)
        1.066666667
    """
    found = spectrum(workspace)
    if not found.values.size:
        raise Undefined(
            "Shrinkage H-score is undefined",
            "the features are the same for every sample",
            "use another layer or checkpoint",
        )
    if all_singletons(workspace):
        raise Undefined(
            "Shrinkage H-score is undefined",
            "every class has one sample, so class means are the samples themselves",
            "add samples",
        )
    variances = found.values**2 / workspace.n
    values = centred(workspace)
    shrinkage = ledoit_wolf(variances, np.einsum("ij,ij->i", values, values), workspace.d)
    between = (
        (np.square(class_coordinates(workspace)) / counts(workspace)[:, None]).sum(axis=0)
        * variances
        * workspace.n
        / (workspace.n - 1)
    )
    shrunk = (1 - shrinkage) * variances + shrinkage * variances.sum() / workspace.d
    return float((1 - shrinkage) * (between / shrunk).sum())


def ledoit_wolf(variances: Floats, squared_norms: Floats, d: int) -> float:
    """Ledoit and Wolf's shrinkage, between 0 and 1, of the covariance of centred features.

    Args:
        variances: its eigenvalues that are not 0, shape (r,).
        squared_norms: of the samples, shape (n,).
        d: features.
    """
    n = len(squared_norms)
    spread = np.square(variances).sum()
    error = (np.square(squared_norms).sum() / n - spread) / n
    distance = spread - variances.sum() ** 2 / d
    if distance <= 1e-12 * spread:  # the covariance is a multiple of the identity already, as with one feature
        return 0.0
    return float(np.clip(error / distance, 0, 1))
