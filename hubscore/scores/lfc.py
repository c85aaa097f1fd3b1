"""LFC: do inner products of features say who shares a label?"""

from __future__ import annotations

import numpy as np

from hubscore.errors import Undefined
from hubscore.numerics.class_statistics import class_sums, counts
from hubscore.numerics.spectrum import centred, spectrum
from hubscore.numerics.workspace import Workspace, required_features

LARGEST = 1e60
"""Numbers whose fourth powers, summed, stay far from the ends of what a float64 holds, and so do those of 1 /
LARGEST.
"""


def lfc(workspace: Workspace) -> float:
    r"""Correlate the Gram matrix of the features with the table of who shares a label.

    .. math:: \cos(K_X - \overline{K_X}, K_Y - \overline{K_Y}), \quad K_X = X X^T, \quad K_Y = \pm 1

    K_Y is +1 for two samples of one class and -1 otherwise; from each matrix the mean of all its entries is taken off.
    Neither is
    formed: with class sums e_c of the centred features, sizes n_c, the mean mu and singular values s the sums over
        pairs are

    .. math:: \langle K_X, K_Y \rangle = 2 \sum_c (2 n_c \mu^T e_c + |e_c|^2), \quad |K_X|^2 = \sum_i s_i^4 + 2 n |\bar
    X \mu|^2

    Args:
        workspace: with features, shape (n samples, d features), and classes.

    Returns:
        Between -1 and 1, higher is better.

    Raises:
        Undefined: all inner products are the same.

    Source:
        Deshpande et al., A linearized framework and a new benchmark for model selection for fine-tuning, 2021.

    Example:
        >>> import numpy as np
        >>> from hubscore import score
        >>> round(score("lfc", features=np.array([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0]]), labels=[0, 0, 1]), 6)
        1.0
    """
    workspace = _within_range(workspace)
    values = centred(workspace)
    mean, sizes, n = required_features(workspace).mean(axis=0), counts(workspace), workspace.n
    sums = class_sums(workspace, values)
    together = 2 * (2 * sizes @ (sums @ mean) + np.square(sums).sum())
    features = np.sqrt((spectrum(workspace).values ** 4).sum() + 2 * n * np.square(values @ mean).sum())
    if not features:
        raise Undefined(
            "LFC is undefined", "the features are the same for every sample", "use another layer or checkpoint"
        )
    pairs = float(n) ** 2
    labels = np.sqrt(pairs - (2.0 * (sizes.astype(np.float64) ** 2).sum() - pairs) ** 2 / pairs)
    return float(np.clip(together / (features * labels), -1.0, 1.0))


def _within_range(workspace: Workspace) -> Workspace:
    """Divide features of extreme size by the largest: cosines stay. Others keep what was computed for them."""
    features = required_features(workspace)
    with np.errstate(over="ignore", under="ignore"):
        size = np.linalg.norm(features)
    if 1 / LARGEST <= size <= LARGEST or not features.any():
        return workspace
    return workspace.replaced(features / np.abs(features).max(), d=workspace.d)
