"""DEPARA's nodes: do two networks' gradient x input maps point at the same pixels?"""

from __future__ import annotations

from typing import Any

from hubscore.similarity.attribution import map_similarity

TITLE = "DEPARA-V"


def depara_nodes(a: Any, b: Any) -> float:
    r"""Return the mean over samples of the cosine of two networks' nodes.

    .. math:: s_V = \frac{1}{n} \sum_k \cos(v^a_k, v^b_k), \quad v_k = x_k \odot \frac{\partial \|F(x_k)\|_2}{\partial
    x_k}

    Args:
        a: gradient x input maps of the representation's norm, shape (n samples, channels, height, width), NaN where the
            network never saw the pixel; or ``dict(maps=...)``.
        b: maps of the same samples on the same grid.

    Returns:
        Between -1 and 1, higher is more alike.

    Raises:
        Undefined: fewer than 2 samples, or fewer than 2 on which both maps are other than zero where both networks see.
        UsageError: maps of different shapes, or with infinite numbers.

    Source:
        Song et al., DEPARA: Deep Attribution Graph for Deep Knowledge Transferability, CVPR 2020, Eq. 3 and 5.

    Example:
        >>> import numpy as np
        >>> a = np.array([[[[1.0, 0.0]]], [[[1.0, 1.0]]]])
        >>> round(depara_nodes(a, np.array([[[[1.0, 0.0]]], [[[0.0, 2.0]]]])), 4)
        0.8536
    """
    return map_similarity(a, b, TITLE)
