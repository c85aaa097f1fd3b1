"""`similarity` and `pairwise`: how alike networks are, from arrays."""

from __future__ import annotations

import math
from typing import Any

from hubscore.errors import Undefined
from hubscore.similarity.info import SIMILARITIES, SimilarityInfo
from hubscore.similarity.pairwise import Relations, pairwise
from hubscore.similarity.validation import same_rows

__all__ = ["Relations", "compute", "pairwise", "similarity"]


def similarity(name: str, a: Any, b: Any, **options: Any) -> float:
    """Compare two networks on the same samples.

    Args:
        name: ``attribution``, ``depara``, ``depara_nodes``, ``depara_edges``, ``rsa``, ``dds``, ``cka``, ``svcca``,
            ``pwcca`` or ``task2vec``.
        a: features (n, d), maps (n, c, h, w) with NaN where the network never saw the pixel, for ``depara``
            ``dict(features=, maps=)``, for ``task2vec`` an embedding (k,).
        b: the same of the other network, of the same samples in the same order.
        **options: the comparison's own: ``debiased=`` for ``cka``, ``variance=`` and ``components=`` for ``svcca`` and
            ``pwcca``, ``lambda_=`` for ``depara``.

    Returns:
        Higher is more alike, but for ``task2vec``, which is a distance.

    Raises:
        Undefined: with the reason, where the comparison has no value on these inputs.
        UsageError: for unfit inputs, an unknown name or an unknown option.

    Example:
        >>> import numpy as np
        >>> from hubscore import similarity
        >>> a = np.array([[1.0, 0.0], [0.0, 1.0], [-1.0, 0.0], [0.0, -1.0]])
        >>> round(similarity("cka", a, 3 * a[:, ::-1]), 4)
        1.0
    """
    return compute(SIMILARITIES.get(name), a, b, **options)


def compute(info: SimilarityInfo, a: Any, b: Any, **options: Any) -> float:
    """Return the value of a registered comparison; see :func:`similarity`.

    Raises:
        Undefined: it has no value on these inputs.
        UsageError: for unfit inputs or an unknown option.
    """
    if info.inputs == "features":
        same_rows([a, b])
    value = info.load()(a, b, **info.resolve_options(options))
    if not math.isfinite(value):
        raise Undefined(
            f"{info.title} is undefined",
            f"the computation gave {value}",
            "standardise the features, or use more samples",
        )
    return float(value)
