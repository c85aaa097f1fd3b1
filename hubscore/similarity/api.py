"""`similarity` and `pairwise`: how alike networks are, from arrays."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from hubscore.errors import Undefined, UsageError
from hubscore.similarity.info import SIMILARITIES, SimilarityInfo
from hubscore.similarity.pairwise import Relations, pairwise

__all__ = ["Relations", "pairwise", "resolve_options", "similarity"]


def similarity(name: str, a: Any, b: Any, **options: Any) -> float:
    """Compare two networks on the same images.

    Args:
        name: ``attribution``, ``svcca``, ``pwcca``, ``cka``, ``rsa``, ``dds``, ``task2vec``, ``depara``,
            ``depara_nodes`` or ``depara_edges``.
        a: features (n, d), maps (n, c, h, w) with NaN where the network never saw the pixel, for ``depara``
            ``dict(features=, maps=)``, for ``task2vec`` an embedding (k,).
        b: the same of the other network, of the same images in the same order.
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
    info = SIMILARITIES.get(name)
    value = info.load()(a, b, **resolve_options(info, options))
    if not math.isfinite(value):
        raise Undefined(
            f"{info.title} is undefined",
            f"the computation gave {value}",
            "standardise the features, or use more images",
        )
    return float(value)


def resolve_options(info: SimilarityInfo, options: Mapping[str, Any]) -> dict[str, Any]:
    """Return all options of a comparison, defaults where nothing was chosen.

    Raises:
        UsageError: an option is not one of the comparison's.
    """
    unknown = sorted(set(options) - set(info.options))
    if unknown:
        has = ", ".join(info.options) or "none"
        raise UsageError(
            f"Similarity '{info.name}' has no option '{unknown[0]}'", f"its options: {has}", "leave it out"
        )
    return {**info.options, **options}
