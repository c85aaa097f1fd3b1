"""A number for every layer, and the layer that they recommend."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

import numpy as np

from hubscore.errors import Undefined, UsageError
from hubscore.layers.layer_features import LayerFeatures
from hubscore.numerics.workspace import Workspace
from hubscore.ranking.columns import Column, choose
from hubscore.ranking.consensus import percentiles
from hubscore.ranking.score_inputs import ScoreInputs
from hubscore.ranking.scoring import options_for, score_all
from hubscore.similarity.attribution import no_cosine
from hubscore.similarity.depara_edges import depara_edges, edges_by_products
from hubscore.similarity.depara_nodes import TITLE as NODES
from hubscore.types import Probe, Score

DEFAULT = ("parc", "logme", "h_score@32", "knn")
DEPARA = ("depara", "depara_nodes", "depara_edges")
_GIVEN = frozenset({"features", "labels"})
_CONSTANT = 3e-7  # of a length: float32 knows hardly smaller differences, and their gradient is rounding alone

Scored = Mapping[str, Mapping[str, Score]]
"""By layer, then by score."""


def columns_for(scores: str | Sequence[str] = DEFAULT) -> tuple[Column, ...]:
    """Return the scores that a request stands for, exactly as named.

    Raises:
        UsageError: an unknown score, or one that needs more than a layer's features and labels.
    """
    names = [name.strip() for name in (scores.split(",") if isinstance(scores, str) else scores) if name.strip()]
    every = names == ["all"]
    found = tuple(column for column in choose(names) if every or column.name in names)
    fit = tuple(column for column in found if "labels" in column.info.needs and column.info.needs <= _GIVEN)
    wrong = [column.name for column in found if column not in fit]
    if wrong and not every:
        why = "it needs more than the features of a layer and labels, or no labels at all"
        raise UsageError(f"Score '{wrong[0]}' is not defined for a layer", why, f"--scores {','.join(DEFAULT)}")
    if not fit:
        raise UsageError(
            "No score was chosen",
            "layers are told apart by scores of features and labels",
            f"--scores {','.join(DEFAULT)}",
        )
    return fit


def score_layers(features: Mapping[str, np.ndarray], probe: Probe, columns: Sequence[Column], *, seed: int) -> Scored:
    """Compute every score of every layer from its pooled features and the probe's labels."""
    views = {
        name: ScoreInputs(Workspace(features=values, labels=probe.labels, target=probe.target), whole=probe.is_whole)
        for name, values in features.items()
    }
    return score_all(views, columns, options_for(columns, seed=seed, heads=False))


def depara_layers(passed: LayerFeatures, target: np.ndarray, *, lambda_: float) -> Scored:
    r"""Compare every layer with the target network's own graph.

    .. math:: s = \frac{1}{n} \sum_k \cos(v^l_k, v_k) + \lambda \operatorname{spearman}_{p < q}(e^l_{pq}, e_{pq}),
        \quad e^l_{pq} = \cos(F^l(x_p), F^l(x_q))

    :math:`F^l` is the layer's whole output as one vector, positions and all, as in Eq. 4.

    Args:
        passed: with cosines of the layers' nodes with the target network's, and inner products of their outputs; where
            there are none, features stand for the outputs.
        target: features of the target network's representation, shape (n, e).
        lambda_: weight of the edges.

    Returns:
        ``depara``, ``depara_nodes`` and ``depara_edges`` of every layer, higher is more alike; or why there is none.

    Source:
        Song et al., DEPARA, CVPR 2020, Eq. 3, 4 and 6.
    """
    scored = {}
    for name, values in passed.features.items():
        lengths = (passed.lengths or {})[name]
        sizes = (passed.sizes or {}).get(name, lengths)
        nodes = _try("depara_nodes", partial(_nodes, (passed.cosines or {})[name], lengths, sizes))
        whole = (passed.products or {}).get(name)
        edges = _try(
            "depara_edges",
            partial(depara_edges, values, target) if whole is None else partial(edges_by_products, whole, target),
        )
        missing = next((one.reason for one in (nodes, edges) if one.value is None), None)
        value = None if nodes.value is None or edges.value is None else nodes.value + lambda_ * edges.value
        scored[name] = {"depara": Score("depara", value, missing), "depara_nodes": nodes, "depara_edges": edges}
    return scored


def recommend(values: np.ndarray) -> tuple[np.ndarray, int | None]:
    """Choose a layer.

    Args:
        values: shape (scores, layers), larger is better, NaN where undefined, layers from the images on.

    Returns:
        The mean percentile of every layer, NaN where no score is defined for it, and the place of the highest, the
        deeper of equal ones; none where nothing is defined. An undefined score counts as 0, one that no layer has does
        not count.

    Example:
        >>> mean, best = recommend(np.array([[1.0, 3.0, 3.0], [np.nan, 2.0, 2.0]]))
        >>> mean.round(3).tolist(), best
        ([0.083, 0.583, 0.583], 2)
    """
    counted = values[~np.isnan(values).all(axis=1)]
    if not counted.size:
        return np.full(values.shape[1], np.nan), None
    mean = np.round(np.nan_to_num(percentiles(counted), nan=0.0).mean(axis=0), 12)
    mean[np.isnan(counted).all(axis=0)] = np.nan
    return mean, int(np.flatnonzero(mean == np.nanmax(mean))[-1])


def _nodes(cosines: np.ndarray, lengths: np.ndarray, sizes: np.ndarray) -> float:
    """Return the mean cosine of a layer's maps with the target network's.

    Args:
        cosines: of each image's maps.
        lengths: what they explain.
        sizes: of the same kind and never around 0.
    """
    if np.ptp(lengths) <= _CONSTANT * sizes.mean():
        why = f"the length of its output is the same for all {len(lengths)} rows, as after a layer norm without weights"
        raise Undefined(f"{NODES} is undefined", why, "name another layer")
    known = cosines[np.isfinite(cosines)]
    if len(known) < 2:
        raise no_cosine(NODES, len(known))
    return float(np.clip(known.astype(np.float64).mean(), -1.0, 1.0))


def _try(name: str, compute: Callable[[], float]) -> Score:
    try:
        return Score(name, compute())
    except Undefined as reason:
        return Score(name, None, reason.why)
