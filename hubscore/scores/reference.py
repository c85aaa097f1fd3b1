"""How alike a checkpoint is to a network that was trained on the target: comparisons of `hubscore.similarity` as
scores.
"""

from __future__ import annotations

import warnings

from hubscore.errors import UsageError
from hubscore.numerics.workspace import Floats, Workspace, present
from hubscore.similarity.api import similarity
from hubscore.similarity.canonical_correlation import FewImages


def attribution(workspace: Workspace) -> float:
    r"""Mean cosine of a checkpoint's attribution maps with those of the reference network.

    .. math:: \frac1N \sum_i \cos(A_i, A^{ref}_i)

    Args:
        workspace: maps and reference maps, shape (n samples, c, h, w), NaN where a network never saw the pixel.

    Returns:
        Between -1 and 1, higher is better.

    Raises:
        Undefined: see :func:`hubscore.similarity.attribution.attribution`.

    Source:
        Song et al., Deep Model Transferability from Attribution Maps, NeurIPS 2019, Eq. 1 (its reciprocal).

    Example:
        >>> import numpy as np
        >>> maps = np.array([[[[1.0, 0.0]]], [[[1.0, 1.0]]]])
        >>> round(attribution(Workspace(maps=maps, reference_maps=maps)), 4)
        1.0
    """
    return similarity("attribution", workspace.maps, workspace.reference_maps)


def depara(workspace: Workspace, *, lambda_: float = 1.0) -> float:
    r"""Similarity of a checkpoint's deep attribution graph with that of the reference network.

    .. math:: s = s_V + \lambda s_E

    Args:
        workspace: features, reference, nodes and reference nodes of the same samples.
        lambda_: weight of the edges.

    Returns:
        Between -(1 + lambda) and 1 + lambda, higher is better.

    Raises:
        Undefined: see :func:`hubscore.similarity.depara.depara`.

    Source:
        Song et al., DEPARA, CVPR 2020, Eq. 5.

    Example:
        >>> import numpy as np
        >>> rows = [[1.0, 0.0], [0.9, 0.1], [0.0, 1.0]]
        >>> maps = np.array([[[[1.0, 0.0]]], [[[1.0, 1.0]]], [[[0.0, 1.0]]]])
        >>> round(depara(Workspace(features=rows, reference=rows, nodes=maps, reference_nodes=maps)), 4)
        2.0
    """
    ours = {"features": present(workspace), "maps": workspace.nodes}
    return similarity(
        "depara", ours, {"features": reference(workspace), "maps": workspace.reference_nodes}, lambda_=lambda_
    )


def rsa(workspace: Workspace) -> float:
    r"""Rank correlation of a checkpoint's dissimilarities with those of the reference network, over all pairs.

    .. math:: \operatorname{spearman}_{i < j} (1 - \operatorname{pearson}(x_i, x_j), 1 - \operatorname{pearson}(r_i,
    r_j))

    Args:
        workspace: features (n samples, d features) and reference (n samples, r features).

    Returns:
        Between -1 and 1, higher is better.

    Raises:
        Undefined: see :func:`hubscore.similarity.rsa.rsa`.

    Source:
        Dwivedi and Roig, CVPR 2019; as a score Bolya et al. (PARC), NeurIPS 2021, Table 1.

    Example:
        >>> rows = [[1.0, 0.0, 0.3], [0.9, 0.1, 0.0], [0.0, 1.0, 0.2], [0.0, 0.9, 0.4]]
        >>> round(rsa(Workspace(features=rows, reference=rows)), 4)
        1.0
    """
    return similarity("rsa", present(workspace), reference(workspace))


def dds(workspace: Workspace) -> float:
    r"""Debiased CKA of a checkpoint's cosine distances with those of the reference network.

    Args:
        workspace: features (n samples, d features) and reference (n samples, r features).

    Returns:
        Between -1 and 1, higher is better.

    Raises:
        Undefined: see :func:`hubscore.similarity.dds.dds`.

    Source:
        Dwivedi et al., Duality Diagram Similarity, ECCV 2020; as a score Bolya et al. (PARC), NeurIPS 2021, Table 1.

    Example:
        >>> rows = [[1.0, 0.0, 0.3], [0.9, 0.1, 0.0], [0.0, 1.0, 0.2], [0.0, 0.9, 0.4], [0.5, 0.5, 0.9]]
        >>> round(dds(Workspace(features=rows, reference=rows)), 4)
        1.0
    """
    return similarity("dds", present(workspace), reference(workspace))


def cka(workspace: Workspace, *, debiased: bool = False) -> float:
    r"""Centred kernel alignment of a checkpoint's features with those of the reference network.

    Args:
        workspace: features (n samples, d features) and reference (n samples, r features).
        debiased: take out the bias that few samples give; the value can then be negative.

    Returns:
        Between 0 and 1 (debiased: -1 to 1), higher is better.

    Raises:
        Undefined: see :func:`hubscore.similarity.cka.cka`.

    Source:
        Kornblith et al., ICML 2019, Eq. 4.

    Example:
        >>> rows = [[1.0, 0.0], [0.0, 1.0], [-1.0, 0.0], [0.0, -1.0]]
        >>> round(cka(Workspace(features=rows, reference=rows)), 4)
        1.0
    """
    return similarity("cka", present(workspace), reference(workspace), debiased=debiased)


def svcca(workspace: Workspace, *, variance: float = 0.99, components: int | None = None) -> float:
    r"""Mean canonical correlation of a checkpoint's leading directions with those of the reference network.

    Args:
        workspace: features (n samples, d features) and reference (n samples, r features).
        variance: share of each network's variance whose directions are kept.
        components: keep so many directions instead.

    Returns:
        Between 0 and 1, higher is better; too high for all networks where samples are fewer than five times the
        directions.

    Raises:
        Undefined: see :func:`hubscore.similarity.svcca.svcca`.

    Source:
        Raghu et al., SVCCA, NeurIPS 2017, section 2.1.

    Example:
        >>> rows = [[1.0], [2.0], [4.0], [3.0]]
        >>> round(svcca(Workspace(features=rows, reference=rows)), 4)
        1.0
    """
    return _quietly("svcca", present(workspace), reference(workspace), variance, components)


def pwcca(workspace: Workspace, *, variance: float = 1.0, components: int | None = None) -> float:
    r"""Canonical correlations of a checkpoint with the reference network, weighted by what they hold of the reference.

    Args:
        workspace: features (n samples, d features) and reference (n samples, r features).
        variance: share of each network's variance whose directions are kept.
        components: keep so many directions instead.

    Returns:
        Between 0 and 1, higher is better; too high for all networks where samples are fewer than five times the
        directions.

    Raises:
        Undefined: see :func:`hubscore.similarity.pwcca.pwcca`.

    Source:
        Morcos, Raghu, Bengio, NeurIPS 2018, section 2.2.

    Example:
        >>> rows = [[1.0], [2.0], [4.0], [3.0]]
        >>> round(pwcca(Workspace(features=rows, reference=rows)), 4)
        1.0
    """
    return _quietly("pwcca", reference(workspace), present(workspace), variance, components)


def reference(workspace: Workspace) -> Floats:
    """Return the reference network's features, which :func:`hubscore.scores.api.check` has made sure of."""
    if workspace.reference is None:
        raise UsageError("There are no features of a network trained on the target", "", "pass reference=")
    return workspace.reference


def _quietly(name: str, a: Floats, b: Floats, variance: float, components: int | None) -> float:
    """Compute without the warning that samples are few: it holds for every checkpoint alike, and the description
    says it.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FewImages)
        return similarity(name, a, b, variance=variance, components=components)
