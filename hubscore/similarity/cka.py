"""Linear CKA: do two networks find the same pairs of samples alike?"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from hubscore.numerics.spectrum import coordinates
from hubscore.numerics.workspace import Floats, Workspace
from hubscore.similarity.pair_vectors import double_centred, product, unit
from hubscore.similarity.validation import features_of

TITLE = "CKA"


def cka(a: ArrayLike, b: ArrayLike, *, debiased: bool = False) -> float:
    r"""Return the cosine of two networks' centred Gram matrices.

    .. math:: \frac{\|X_b^T X_a\|_F^2}{\|X_a^T X_a\|_F \, \|X_b^T X_b\|_F}

    with centred columns. It rises with the number of features over the number of samples; the debiased form does not.

    Args:
        a: features, shape (n samples, d features).
        b: features of the same samples, shape (n samples, e features).
        debiased: the Szekely-Rizzo form, which leaves out each sample's product with itself.

    Returns:
        Between 0 and 1, 1 for networks alike up to rotation and scale; debiased between -1 and 1, around 0 for
        unrelated ones.

    Raises:
        Undefined: fewer than 2 samples (4 when debiased), or features that are the same for all samples.
        UsageError: the networks saw different numbers of samples.

    Source:
        Kornblith et al., Similarity of Neural Network Representations Revisited, ICML 2019, Eq. 4; debiased: Szekely
        and Rizzo, The Annals of Statistics 2014.

    Example:
        >>> a = [[1.0, 0.0], [0.0, 1.0], [-1.0, 0.0], [0.0, -1.0]]
        >>> round(cka(a, [[1.0], [0.0], [-1.0], [0.0]]), 4)
        0.7071
    """
    return product(prepare(a, debiased=debiased), prepare(b, debiased=debiased))


def prepare(features: ArrayLike, *, debiased: bool = False) -> Floats:
    """Return a network's centred Gram matrix as a unit vector."""
    values = coordinates(Workspace(features=features_of(features, TITLE)))
    gram = values @ values.T
    if debiased:
        return double_centred(gram, TITLE)
    upper = np.sqrt(2.0) * gram[np.triu_indices(len(gram), 1)]
    return unit(np.concatenate([np.diagonal(gram), upper]), TITLE, "the features are the same for all samples")
