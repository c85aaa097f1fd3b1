"""Multiplicative updates with a mask: non-negative factors of a matrix in which cells are missing."""

from __future__ import annotations

import numpy as np

from hubscore.numerics.workspace import Floats

_TINY = 1e-12
_EVERY = 10
"""Updates between two looks at the objective."""


def multiplicative_updates(
    values: Floats,
    models: Floats,
    tasks: Floats,
    model_penalty: float,
    task_penalty: float,
    *,
    iterations: int,
    tolerance: float,
) -> tuple[Floats, Floats, bool]:
    r"""Minimise the masked objective of :func:`hubscore.recommend.transfer_space.objective`.

    .. math:: M \leftarrow M \odot \frac{(W \odot P) D}{(W \odot M D^\top) D + a_m M},

    and the same for D; W is 1 where a cell is known. No step raises the objective. Between the two a column of M and
    its partner in D are scaled to where their penalties balance, which leaves their product as it is.

    Args:
        values: shape (models, tasks), NaN where missing.
        models: shape (models, k), positive: where to start.
        tasks: shape (tasks, k), positive.
        model_penalty: a_m.
        task_penalty: a_d.
        iterations: at most.
        tolerance: relative change of the objective over ten updates that counts as none.

    Returns:
        Both factors, and whether the change fell below the tolerance.

    Source:
        Lee and Seung, NIPS 2000; with weights: Mao and Saul, IMC 2004.
    """
    mask = (~np.isnan(values)).astype(np.float64)
    cells = np.where(mask > 0, values, 0.0)
    m, d = models.copy(), tasks.copy()
    before = np.inf
    for turn in range(1, iterations + 1):
        m *= (cells @ d) / np.maximum((mask * (m @ d.T)) @ d + model_penalty * m, _TINY)
        d *= (cells.T @ m) / np.maximum((mask * (m @ d.T)).T @ m + task_penalty * d, _TINY)
        _balance(m, d, model_penalty, task_penalty)
        if turn % _EVERY == 0:
            now = float(((cells - mask * (m @ d.T)) ** 2).sum())
            now += model_penalty * float((m**2).sum()) + task_penalty * float((d**2).sum())
            if before - now <= tolerance * _EVERY * max(now, _TINY):
                return m, d, True
            before = now
    return m, d, False


def _balance(m: Floats, d: Floats, model_penalty: float, task_penalty: float) -> None:
    """Scale the columns of both, in place, to the least penalty for the same product."""
    if not (model_penalty and task_penalty):
        return
    a, b = model_penalty * (m**2).sum(axis=0), task_penalty * (d**2).sum(axis=0)
    usable = (a > _TINY) & (b > _TINY)
    scale = np.where(usable, (np.where(usable, b, 1.0) / np.where(usable, a, 1.0)) ** 0.25, 1.0)
    m *= scale
    d /= scale
