"""DEPARA's edges: do two networks order the pairs of samples alike by cosine?"""

from __future__ import annotations

from typing import Any

import numpy as np

from hubscore.errors import Undefined
from hubscore.numerics.distances import cosine_distances
from hubscore.numerics.workspace import Floats
from hubscore.similarity.pair_vectors import product, ranked
from hubscore.similarity.validation import features_of

TITLE = "DEPARA-E"


def depara_edges(a: Any, b: Any) -> float:
    r"""Return the rank correlation of two networks' edges, the cosines of features over all pairs of samples.

    .. math:: s_E = \operatorname{spearman}_{p < q} (e^a_{pq}, e^b_{pq}), \quad e_{pq} = \cos(F(x_p), F(x_q))

    Equal edges get average ranks; features are neither centred nor standardised.

    Args:
        a: features, shape (n samples, d features); or ``dict(features=...)``.
        b: features of the same samples, shape (n samples, e features).

    Returns:
        Between -1 and 1, higher is more alike.

    Raises:
        Undefined: fewer than 3 samples, a sample whose features are all 0, or edges that are all equal.
        UsageError: the networks saw different numbers of samples.

    Source:
        Song et al., DEPARA, CVPR 2020, Eq. 4 and 5.

    Example:
        >>> a = [[1.0, 0.0], [0.9, 0.1], [0.0, 1.0], [0.2, 1.0]]
        >>> round(depara_edges(a, [[1.0, 0.1], [0.4, 0.3], [0.1, 0.9], [0.6, 1.0]]), 4)
        0.7143
    """
    return product(prepare(a), prepare(b))


def edges_by_products(products: Floats, target: Any) -> float:
    """Return :func:`depara_edges` of features whose inner products are known.

    Args:
        products: of one network's features, shape (n samples, n samples).
        target: features of the other, shape (n samples, e features).
    """
    lengths = np.sqrt(products.diagonal())
    _check_lengths(lengths)
    p, q = np.triu_indices(len(products), 1)
    return product(ranked(1 - products[p, q] / (lengths[p] * lengths[q]), TITLE, "edge"), prepare(target))


def prepare(features: Any) -> Floats:
    """Return the centred ranks of a network's edges as a unit vector; they are the same up to sign for 1 - cosine."""
    values = features_of(features, TITLE)
    lengths = np.linalg.norm(values, axis=1)
    _check_lengths(lengths)
    return ranked(cosine_distances(values / lengths[:, None]), TITLE, "edge")


def _check_lengths(lengths: Floats) -> None:
    if not lengths.all():
        why = f"the features of sample {int(np.argmin(lengths))} are all 0, so it has no cosine with another"
        raise Undefined(f"{TITLE} is undefined", why, "drop that sample, or use cka")
