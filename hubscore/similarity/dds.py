"""DDS: do two networks' tables of distances depend on each other?"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from hubscore.numerics.workspace import Floats
from hubscore.similarity.pair_vectors import double_centred, product, standard_rows
from hubscore.similarity.validation import features_of

TITLE = "DDS"


def dds(a: ArrayLike, b: ArrayLike) -> float:
    r"""Return the debiased CKA of two networks' cosine distance matrices.

    .. math:: \frac{\langle \tilde D_a, \tilde D_b \rangle}{\|\tilde D_a\| \, \|\tilde D_b\|}, \quad
              (D_a)_{ij} = 1 - \cos(x_i, x_j)

    Columns are standardised first; the tilde is the Szekely-Rizzo centring, which leaves the diagonal out. This is the
    setting that the paper found best.

    Args:
        a: features, shape (n samples, d features).
        b: features of the same samples, shape (n samples, e features), as a ranking score those of a network trained on
            the target.

    Returns:
        Between -1 and 1, higher is more alike, around 0 for unrelated networks.

    Raises:
        Undefined: fewer than 4 samples, a sample whose standardised features are all 0, or all pairs equally far apart.
        UsageError: the networks saw different numbers of samples.

    Source:
        Dwivedi et al., Duality Diagram Similarity, ECCV 2020, section 3, cosine distances with z-score.

    Example:
        >>> a = [[1.0, 0.0], [2.0, 0.3], [0.0, 1.0], [0.1, 2.0], [-1.0, -1.0]]
        >>> round(dds(a, [[0.9, 0.2], [1.8, 0.0], [0.2, 1.1], [0.0, 1.7], [-1.0, -0.8]]), 4)
        0.951
    """
    return product(prepare(a), prepare(b))


def prepare(features: ArrayLike) -> Floats:
    """Return a network's centred distance matrix as a unit vector."""
    values = standard_rows(features_of(features, TITLE), TITLE)
    values /= np.linalg.norm(values, axis=1, keepdims=True)
    return double_centred(1.0 - values @ values.T, TITLE)
