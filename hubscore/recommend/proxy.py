"""A data set as one vector: what a proxy network sees in a small sample of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hubscore.errors import UsageError
from hubscore.modalities.lazy_items import seen_by

if TYPE_CHECKING:
    from hubscore.models.network import Network

Pooling = Literal["mean", "mean+sd"]
Vector = NDArray[np.float64]

BATCH = 32


def pool(features: ArrayLike, *, pooling: Pooling = "mean") -> Vector:
    r"""Pool the features of a sample into one vector.

    .. math:: v = \frac1n \sum_i x_i, \quad\text{or}\quad (v, \sqrt{\tfrac1n \sum_i (x_i - v)^2})

    Such a vector is data about the data: it says what the images look like on the whole, and of a sample of one image
    all that the network sees in it.

    Args:
        features: shape (n, p), finite.
        pooling: ``"mean"``, or ``"mean+sd"`` for the mean and then the standard deviation of each feature.

    Returns:
        Shape (p,), or (2 p,).

    Raises:
        UsageError: no row, a value that is not finite, or another pooling.

    Source:
        Bai et al. (Fennec), ECCV 2024, Eq. 5: how the images of a task are pooled is not said there.

    Example:
        >>> pool([[1.0, 2.0], [3.0, 2.0]], pooling="mean+sd").tolist()
        [2.0, 2.0, 1.0, 0.0]
    """
    rows = np.asarray(features, dtype=np.float64)
    if pooling not in ("mean", "mean+sd"):
        raise UsageError(f"Cannot pool features by {pooling!r}", "there are mean and mean+sd", "use mean")
    if rows.ndim != 2 or not rows.size or not np.isfinite(rows).all():
        why = "some of its features are not finite" if rows.size else "there is no row of features"
        raise UsageError("Cannot describe the data set by the proxy", why, "use another proxy or other rows")
    mean = rows.mean(axis=0)
    return mean if pooling == "mean" else np.concatenate([mean, rows.std(axis=0)])


def task_vector(network: Network, items: Sequence[Any], *, pooling: Pooling = "mean") -> Vector:
    """Return what a network sees in a sample of a data set, as one vector; no labels are needed.

    Args:
        network: the proxy, as hubscore's loaders give it; every vector that is to compare needs the same one.
        items: decoded items of the network's modality, for example 50 images.
        pooling: as for :func:`pool`.

    Returns:
        Shape (p,) for p features, or (2 p,).

    Raises:
        UsageError: there is no item, or the network gives values that are not finite.

    Source:
        Bai et al. (Fennec), ECCV 2024, Eq. 5.

    Example:
        >>> vector = task_vector(load_network(candidate, folder), probe.items[:50])  # doctest: +SKIP
    """
    import torch

    from hubscore.models.batch import move_batch

    found, items = list["NDArray[np.float32]"](), seen_by(items, network.spec)
    with torch.inference_mode():
        for start in range(0, len(items), BATCH):
            for batch, _ in network.collate(network.transform_all(items[start : start + BATCH])):
                features, _ = network.forward(move_batch(batch, network.device))
                found.append(features.float().cpu().numpy())
    return pool(np.concatenate(found) if found else np.empty((0, 0)), pooling=pooling)
