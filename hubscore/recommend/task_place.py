"""Where a data set stands in the transfer space: by what a proxy saw, or at the mean of all."""

from __future__ import annotations

import numpy as np

from hubscore.numerics.workspace import Floats
from hubscore.recommend.fitted import Fitted
from hubscore.recommend.history import TaskVector
from hubscore.recommend.task_regression import fit_task_regression
from hubscore.text import amount, clean

LEAST_TASKS = 3
"""Data sets with a vector of the proxy that the forest needs; below that it would know next to nothing."""


def place_of(fitted: Fitted, vector: TaskVector | None, *, seed: int = 0) -> tuple[Floats | None, str]:
    """Return a data set's place by a random forest on the vectors of one proxy (Fennec, Eq. 5 and 6).

    Args:
        fitted: the history without the data set.
        vector: what a proxy saw in the data set.
        seed: of the forest.

    Returns:
        Shape (k,), none where it has to stand at the mean of all; and how it was placed, in a sentence.
    """
    if vector is None:
        return None, "No proxy looked at the data set: TRANS places it at the mean of the other data sets"
    proxy, places = clean(vector.proxy)[:80], {task: place for place, task in enumerate(fitted.history.tasks)}
    alike = {
        task: one.vector
        for task, one in fitted.history.task_vectors.items()
        if task in places
        and (one.proxy, one.proxy_revision) == (vector.proxy, vector.proxy_revision)
        and one.vector.shape == vector.vector.shape
    }
    if len(alike) < LEAST_TASKS:
        few = amount(len(alike), "data set", "data sets")
        return None, f"The history knows {few} by {proxy}: too few, so TRANS places yours at the mean of all"
    regression = fit_task_regression(
        np.array(list(alike.values())), fitted.space.tasks[[places[task] for task in alike]], seed=seed
    )
    return regression.predict(vector.vector), f"Placed by what {proxy} sees, learned from {len(alike)} data sets"
