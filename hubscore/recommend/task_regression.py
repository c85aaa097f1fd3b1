"""Where a new data set lies in the transfer space, from what the proxy sees in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hubscore.errors import UsageError

if TYPE_CHECKING:
    from sklearn.ensemble import RandomForestRegressor

Floats = NDArray[np.float64]

TREES = 100


@dataclass(frozen=True)
class TaskRegression:
    """What tells the place of a data set from its vector.

    Attributes:
        forest: fitted to the known data sets.
        width: how long a task's vector is.
    """

    forest: RandomForestRegressor
    width: int

    def predict(self, vector: ArrayLike) -> Floats:
        """Return the place d of a data set, shape (k,): a weighted mean of known ones, hence never below 0.

        Args:
            vector: of the same proxy and pooling as the fitted ones, shape (p,).

        Raises:
            UsageError: the vector has another length, or a value that is not finite.
        """
        row = np.asarray(vector, dtype=np.float64)
        if row.shape != (self.width,) or not np.isfinite(row).all():
            why = f"it has the shape {row.shape} and the known ones {self.width} numbers"
            why = why if row.shape != (self.width,) else "some of its values are not finite"
            raise UsageError("Cannot place the data set by its vector", why, "use the proxy of the history")
        found: Any = self.forest.predict(row[None])
        return np.asarray(found, dtype=np.float64).reshape(-1)


def fit_task_regression(vectors: ArrayLike, places: ArrayLike, *, trees: int = TREES, seed: int = 0) -> TaskRegression:
    r"""Fit a random forest from task vectors to places in the transfer space.

    .. math:: \hat d_t = f(v_t), \quad f = \arg\min \sum_j \lVert d_j - f(v_j) \rVert^2

    Args:
        vectors: of t data sets by one proxy (:func:`hubscore.recommend.proxy.task_vector`), shape (t, p).
        places: of the same data sets, d_j, shape (t, k).
        trees: of the forest.
        seed: of the draws; the same input and seed give the same forest.

    Returns:
        The regression. From a single data set, its place is the answer for every other.

    Raises:
        UsageError: the two do not have one row per data set, or a value is not finite.

    Source:
        Bai et al. (Fennec), ECCV 2024, Eq. 5 and 6.

    Example:
        >>> regression = fit_task_regression([[0.0], [1.0]], [[0.2, 0.0], [0.4, 1.0]])
        >>> bool(regression.predict([0.0])[1] < regression.predict([1.0])[1])
        True
    """
    from sklearn.ensemble import RandomForestRegressor

    known, wanted = np.asarray(vectors, dtype=np.float64), np.asarray(places, dtype=np.float64)
    matched = known.ndim == wanted.ndim == 2 and len(known) == len(wanted) > 0
    if not matched or not np.isfinite(known).all() or not np.isfinite(wanted).all():
        why = "some values are not finite" if matched else f"there are vectors {known.shape} and places {wanted.shape}"
        raise UsageError("Cannot learn the places of data sets", why, "give each data set a vector and a place")
    forest = RandomForestRegressor(trees, random_state=seed, n_jobs=1)
    return TaskRegression(forest.fit(known, wanted[:, 0] if wanted.shape[1] == 1 else wanted), known.shape[1])
