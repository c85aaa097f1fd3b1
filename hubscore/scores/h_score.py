"""H-score: the share of feature spread that class means explain."""

from __future__ import annotations

import numpy as np

from hubscore.errors import Advice, Undefined
from hubscore.numerics.class_statistics import class_coordinates, counts
from hubscore.numerics.spectrum import spectrum
from hubscore.numerics.workspace import Workspace


def h_score(workspace: Workspace) -> float:
    r"""Measure how far class means spread, in units of the overall feature spread.

    .. math:: \operatorname{tr}\bigl(\operatorname{cov}(f)^{+} \operatorname{cov}(E[f \mid y])\bigr)

    This is the sum of squared canonical correlations between features and classes. It is computed on an orthonormal
    basis of the centred features, which inverts no covariance; widely copied code inverts rounding noise where features
    outnumber samples.

    Args:
        workspace: features of shape (n samples, d features), labels of shape (n,).

    Returns:
        Between 0 and min(classes - 1, rank), higher is better.

    Raises:
        Undefined: as many independent features as samples allow, where every network has classes - 1; or none.

    Source:
        Bao et al., An Information-Theoretic Approach to Transferability, ICIP 2019, Definition 2.

    Example:
        >>> import numpy as np
        >>> round(h_score(Workspace(features=np.array([[-3.0], [-1.0], [1.0], [3.0]]), labels=[0, 0, 1, 1])), 9)
        0.8
    """
    found = spectrum(workspace)
    rank = found.values.size
    if not rank:
        raise Undefined(
            "H-score is undefined", "the features are the same for every sample", "use another layer or checkpoint"
        )
    if rank >= workspace.n - 1:
        raise Undefined(
            "H-score is undefined",
            f"{workspace.d} features of {workspace.n} samples separate any labels perfectly, so every checkpoint has"
            " classes - 1",
            advice=(Advice.REDUCE, Advice.SAMPLES),
        )
    explained = float((np.square(class_coordinates(workspace)) / counts(workspace)[:, None]).sum())
    return min(explained, len(counts(workspace)) - 1.0)
