"""Task2Vec: do two tasks need the same filters of a probe network?"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from hubscore.errors import Undefined, UsageError
from hubscore.numerics.arrays import as_array
from hubscore.numerics.workspace import Floats

TITLE = "The Task2Vec distance"
EPS = 1e-8


def task2vec(a: ArrayLike, b: ArrayLike) -> float:
    r"""Return the cosine distance of two tasks' embeddings, each normalised by both.

    .. math:: 1 - \cos\left(\frac{h_a}{h_a + h_b + 10^{-8}}, \frac{h_b}{h_a + h_b + 10^{-8}}\right)

    Args:
        a: diagonal Fisher information of a probe network's filters on one data set, shape (k filters,), from
            :func:`hubscore.modelmap.task2vec.embed_task`.
        b: of the same filters on another data set.

    Returns:
        Between 0 and 1, lower is closer, 0 for a task and itself.

    Raises:
        Undefined: an embedding is all 0.
        UsageError: embeddings of different length, negative, or not finite.

    Source:
        Achille et al., Task2Vec: Task Embedding for Meta-Learning, ICCV 2019, section 4.

    Example:
        >>> round(task2vec([1.0, 2.0, 3.0], [3.0, 2.0, 1.0]), 4)
        0.2857
    """
    return combine(prepare(a), prepare(b))


def prepare(embedding: ArrayLike) -> Floats:
    """Return an embedding, checked."""
    values = np.asarray(as_array(embedding), dtype=np.float64)
    if values.ndim != 1 or not np.isfinite(values).all() or (values < 0).any():
        why = f"its shape is {values.shape}" if values.ndim != 1 else "some of its numbers are negative or not finite"
        raise UsageError(
            "This is not a Task2Vec embedding", why, "pass what hubscore.modelmap.task2vec.embed_task returns"
        )
    if not values.any():
        raise Undefined(
            f"{TITLE} is undefined", "an embedding is 0 for every filter", "use more samples, or another probe network"
        )
    return values


def combine(a: Floats, b: Floats) -> float:
    """Return the distance of two embeddings."""
    if a.shape != b.shape:
        why = f"they have {len(a)} and {len(b)} filters"
        raise UsageError(
            "Cannot compare two Task2Vec embeddings", why, "embed both data sets with the same probe network"
        )
    total = a + b + EPS
    first, second = a / total, b / total
    return float(np.clip(1.0 - first @ second / (np.linalg.norm(first) * np.linalg.norm(second)), 0.0, 1.0))
