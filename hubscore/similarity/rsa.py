"""RSA: do two networks put the same pairs of samples far apart, in the same order?"""

from __future__ import annotations

from numpy.typing import ArrayLike

from hubscore.errors import Undefined
from hubscore.numerics.distances import cosine_distances, unit_rows
from hubscore.numerics.workspace import Floats
from hubscore.similarity.pair_vectors import product, ranked, standard_rows
from hubscore.similarity.validation import features_of

TITLE = "RSA"


def rsa(a: ArrayLike, b: ArrayLike) -> float:
    r"""Return the rank correlation of two networks' dissimilarities over all pairs of samples.

    .. math:: \operatorname{spearman}_{i < j} (1 - \operatorname{pearson}(x_i, x_j), 1 - \operatorname{pearson}(z_i,
    z_j))

    Columns are standardised first; ties get average ranks.

    Args:
        a: features, shape (n samples, d features).
        b: features of the same samples, shape (n samples, e features), as a ranking score those of a network trained on
            the target.

    Returns:
        Between -1 and 1, higher is more alike (the authors show 100 times this).

    Raises:
        Undefined: fewer than 3 samples, a sample whose standardised features are constant, or all pairs equally far
            apart.
        UsageError: the networks saw different numbers of samples.

    Source:
        Dwivedi and Roig, Representation Similarity Analysis for Efficient Task Taxonomy and Transfer Learning, CVPR
        2019.

    Example:
        >>> a = [[1.0, 0.0, 0.0], [0.9, 0.1, 0.0], [0.0, 1.0, 0.2], [0.0, 0.9, 0.4]]
        >>> round(rsa(a, [[0.1, 0.0, 0.8], [0.0, 0.2, 0.9], [1.0, 0.5, 0.1], [0.3, 1.0, 0.0]]), 4)
        0.5429
    """
    return product(prepare(a), prepare(b))


def prepare(features: ArrayLike) -> Floats:
    """Return the centred ranks of a network's dissimilarities as a unit vector."""
    rows, constant = unit_rows(standard_rows(features_of(features, TITLE), TITLE))
    if constant.size:
        why = f"the standardised features of sample {constant[0]} are the same in every column"
        raise Undefined(f"{TITLE} is undefined", why, "drop that sample, or use cka")
    return ranked(cosine_distances(rows), TITLE, "distance")
