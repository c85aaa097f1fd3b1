"""FDA as Fennec uses it: SFDA's first step alone."""

from __future__ import annotations

from typing import Literal

from hubscore.errors import UsageError
from hubscore.numerics.discriminant import fisher, true_class_probability
from hubscore.numerics.workspace import Workspace


def fda(
    workspace: Workspace,
    *,
    aggregate: Literal["mean", "sum"] = "mean",
    reading: Literal["default", "released"] = "default",
) -> float:
    r"""Mean probability of the true class in a discriminant analysis.

    .. math:: \frac1N \sum_i \operatorname{softmax}_c(\ln \pi_c - \tfrac12 \lVert U^\top (x_i - \mu_c) \rVert^2)_{y_i}

    U spans the Fisher space in which classes have unit covariance. The paper leaves the shrinkage open; SFDA's is used.
    It sums over the samples; the mean is the default, so that data sets of different size compare.

    Args:
        workspace: features of shape (n samples, d features), labels of shape (n,).
        aggregate: over the samples.
        reading: ``"released"`` is the paper's sum.

    Returns:
        Between 0 and 1 (times n for the sum), higher is better; tied at 1 exactly where all probabilities agree with 1
        to 12 digits.

    Raises:
        Undefined: every class has one sample, or no feature varies.
        UsageError: ``aggregate`` is neither mean nor sum.

    Source:
        Bai et al. (Fennec), ECCV 2024, Eq. 2 and 3; the shrinkage is SFDA's.

    Example:
        >>> import numpy as np
        >>> round(fda(Workspace(features=np.array([[-2.0], [0.0], [0.0], [2.0]]), labels=[0, 0, 1, 1])), 4)
        0.741
    """
    if aggregate not in ("mean", "sum"):
        raise UsageError(
            f"Cannot take the {aggregate} of FDA's probabilities", "there are mean and sum", 'aggregate="mean"'
        )
    chance = true_class_probability(workspace, fisher(workspace).posteriors)
    return chance * workspace.n if aggregate == "sum" or reading == "released" else chance
