"""DEPARA: where two networks look and how they relate samples, in one number."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hubscore.errors import UsageError
from hubscore.similarity.depara_edges import depara_edges
from hubscore.similarity.depara_nodes import depara_nodes
from hubscore.similarity.validation import features_of, maps_of, same_samples

TITLE = "DEPARA"


def depara(a: Mapping[str, Any], b: Mapping[str, Any], *, lambda_: float = 1.0) -> float:
    r"""Return the similarity of two networks' deep attribution graphs.

    .. math:: s = s_V + \lambda s_E

    Args:
        a: ``dict(features=..., maps=...)`` of the same samples, features (n, d), maps (n, c, h, w) with NaN where
            unseen.
        b: the same of the other network.
        lambda_: weight of the edges; the paper takes 1 with 10 % of the target's data and 10 with 1 %.

    Returns:
        Between -(1 + lambda) and 1 + lambda, higher is more alike.

    Raises:
        Undefined: the nodes or the edges have no similarity; see :func:`depara_nodes` and :func:`depara_edges`.
        UsageError: features or maps are missing or of different numbers of samples, or lambda is negative.

    Source:
        Song et al., DEPARA, CVPR 2020, Eq. 5.

    Example:
        >>> import numpy as np
        >>> maps = np.array([[[[1.0, 0.0]]], [[[1.0, 1.0]]], [[[0.0, 1.0]]]])
        >>> one = dict(features=[[1.0, 0.0], [0.9, 0.1], [0.0, 1.0]], maps=maps)
        >>> round(depara(one, one, lambda_=0.5), 4)
        1.5
    """
    check_lambda(lambda_)
    for network in (a, b):
        same_samples(len(features_of(network, TITLE)), maps_of(network, TITLE).shape[0])
    edges = lambda_ * depara_edges(a, b) if lambda_ else 0.0
    return depara_nodes(a, b) + edges


def check_lambda(lambda_: float) -> None:
    """Refuse a weight that reverses the edges.

    Raises:
        UsageError: it is negative or not finite.
    """
    if not 0 <= lambda_ < float("inf"):
        raise UsageError(
            f"lambda cannot be {lambda_:g}", "the edges' weight is 0 or more", "lambda_=1", option="lambda", value=1
        )
