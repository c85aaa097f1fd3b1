"""GBC: how much the classes overlap when each is a Gaussian."""

from __future__ import annotations

from typing import Literal

import numpy as np

from hubscore.errors import Undefined, UsageError
from hubscore.numerics.class_statistics import all_singletons, class_means, codes, counts
from hubscore.numerics.spectrum import principal_components, spectrum
from hubscore.numerics.validation import integer, number
from hubscore.numerics.workspace import Floats, Workspace

Covariance = Literal["spherical", "diagonal"]


def gbc(
    workspace: Workspace,
    *,
    covariance: Covariance = "spherical",
    dimensions: int = 64,
    floor: float = 1e-4,
    log: bool = False,
    reading: Literal["default", "released"] = "default",
) -> float:
    r"""Minus the summed Bhattacharyya coefficient of all ordered pairs of classes.

    .. math:: -\sum_{a \ne b} e^{-D_{ab}}, \quad D_{ab} = \frac18 \sum_d \frac{(\mu_{ad} - \mu_{bd})^2}{v_d}
        + \frac12 \sum_d \ln \frac{v_d}{\sqrt{v_{ad} v_{bd}}}, \quad v = \tfrac12 (v_a + v_b)

    Means and variances (biased) are those of the first principal components. Those beyond the rank of the features are
    columns of zeros, whose variance is the floor. The authors' spherical code counts the logarithm once instead of once
    a dimension, since the averaged variance is one number when it is summed.

    Args:
        workspace: features of shape (n samples, d features), labels of shape (n,).
        covariance: ``"spherical"`` averages each class's variance over the dimensions.
        dimensions: principal components; clipped to the samples and the features.
        floor: of every variance.
        log: return -ln(-GBC), which keeps apart well-separated networks whose overlap underflows.
        reading: ``"released"`` counts the logarithm once when spherical.

    Returns:
        Between -classes (classes - 1) and 0, higher is better; any number with ``log``.

    Raises:
        Undefined: every class has one sample, or no feature varies.
        UsageError: no such covariance, no dimension, or a floor that is not positive.

    Source:
        Pandy et al., Transferability Estimation using Bhattacharyya Class Separability, CVPR 2022.

    Example:
        >>> import numpy as np
        >>> apart = Workspace(features=np.array([[-2.0], [0.0], [2.0], [4.0]]), labels=[0, 0, 1, 1])
        >>> round(gbc(apart), 6), round(float(-2 * np.exp(-2)), 6)
        (-0.270671, -0.270671)
    """
    if covariance not in ("spherical", "diagonal"):
        raise UsageError(
            f"Unknown covariance '{covariance}'", "there are spherical and diagonal", 'covariance="spherical"'
        )
    integer("dimensions", dimensions, 64)
    number("floor", floor, 1e-4)
    if all_singletons(workspace):
        raise Undefined("GBC is undefined", "every class has one sample, so no class has a variance", "add samples")
    if not spectrum(workspace).values.size:
        raise Undefined(
            "GBC is undefined", "the features are the same for every sample", "use another layer or checkpoint"
        )
    overlap = _log_overlap(workspace, covariance, dimensions, floor, once=reading == "released")
    classes = len(counts(workspace))
    return -overlap if log else 0.0 - min(float(np.exp(overlap)), float(classes * (classes - 1)))


def _log_overlap(workspace: Workspace, covariance: Covariance, dimensions: int, floor: float, *, once: bool) -> float:
    from scipy.special import logsumexp

    values = principal_components(workspace, dimensions)
    means = class_means(workspace, values)
    variances = np.maximum(class_means(workspace, np.square(values - means[codes(workspace)])), floor)
    if covariance == "spherical":
        size = min(dimensions, workspace.n, workspace.d)
        idle = floor * (size - values.shape[1])  # beyond the rank
        distances = _spherical(means, (variances.sum(axis=1) + idle) / size, 1 if once else size)
    else:
        distances = _diagonal(means, variances)  # where idle dimensions add nothing
    np.fill_diagonal(distances, np.inf)
    return float(logsumexp(-distances.clip(0)))


def _spherical(means: Floats, variances: Floats, times: int) -> Floats:
    from scipy.spatial.distance import cdist

    shared = (variances[:, None] + variances) / 2
    logs = np.log(variances)
    spread = np.log(shared) - (logs[:, None] + logs) / 2
    return np.asarray(cdist(means, means, "sqeuclidean") / shared / 8 + times * spread / 2, dtype=np.float64)


def _diagonal(means: Floats, variances: Floats) -> Floats:
    logs = np.log(variances).sum(axis=1)
    distances = np.empty((len(means), len(means)))
    for row, (mean, variance) in enumerate(
        zip(means, variances, strict=True)
    ):  # one class at a time: no c x c x k array
        shared = (variance + variances) / 2
        apart = (np.square(mean - means) / shared).sum(axis=1) / 8
        distances[row] = apart + (np.log(shared).sum(axis=1) - (logs[row] + logs) / 2) / 2
    return distances
