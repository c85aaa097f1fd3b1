"""LEEP: how well source-class predictions tell the target classes."""

from __future__ import annotations

import numpy as np

from hubscore.numerics.class_statistics import class_sums, codes
from hubscore.numerics.workspace import Floats, Workspace

ROWS = 4096


def leep(workspace: Workspace) -> float:
    r"""Mean log-probability of the true class given the source head's predictions and label co-occurrence.

    .. math:: \frac1N \sum_i \ln \sum_z q(y_i \mid z) P_{iz}, \quad q(y \mid z) = \frac{J_{yz}}{\sum_y J_{yz}},
        \quad J_{yz} = \frac1N \sum_{i: y_i = y} P_{iz}

    A source class that no sample gives any probability takes no part; common code returns NaN there.

    Args:
        workspace: probs (or logits) of shape (n samples, s source classes), labels of shape (n,).

    Returns:
        At most 0, higher is better; minus the entropy of the labels when predictions say nothing.

    Source:
        Nguyen et al., LEEP, ICML 2020, Eq. 2.

    Example:
        >>> import numpy as np
        >>> round(leep(Workspace(probs=np.array([[1.0, 0.0], [0.5, 0.5]]), labels=[0, 1])), 6)
        -0.405465
    """
    return min(float(np.log(expected_prediction(workspace, workspace.probs)).mean()), 0.0)


def expected_prediction(workspace: Workspace, probs: Floats) -> Floats:
    """Probability that each sample's own class gets from q(y | z), shape (n samples,), between 0 and 1.

    Args:
        workspace: with labels of shape (n samples,).
        probs: shape (n samples, s), rows summing to 1.
    """
    joint = class_sums(workspace, probs)
    marginal = joint.sum(axis=0)
    conditional = np.divide(joint, marginal, out=np.zeros_like(joint), where=marginal > 0)
    labels = codes(workspace)
    blocks = (slice(start, start + ROWS) for start in range(0, workspace.n, ROWS))
    return np.concatenate([np.einsum("ij,ij->i", conditional[labels[rows]], probs[rows]) for rows in blocks])
