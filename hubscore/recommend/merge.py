"""Fennec's two predictions and their merge (Eq. 7 to 10)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hubscore.errors import UsageError
from hubscore.numerics.workspace import Floats

ALPHA = 0.5
"""Weight of META, as in the paper."""


def trans(models: Floats, task: Floats) -> Floats:
    r"""Return what the transfer space says of every model.

    .. math:: \text{TRANS}_i = m_i \cdot d_t

    Args:
        models: shape (models, k), rows m_i.
        task: shape (k,), the vector d_t of the data set.

    Returns:
        Shape (models,), larger is better.

    Source:
        Bai et al. (Fennec), ECCV 2024, Eq. 7.

    Example:
        >>> trans(np.array([[1.0, 0.0], [0.5, 0.5]]), np.array([0.2, 0.6])).tolist()
        [0.2, 0.4]
    """
    return np.asarray(models @ task)


@dataclass(frozen=True)
class MetaRegression:
    """Linear regression of a history's cells on what is known of models and data sets.

    Attributes:
        intercept: the constant.
        models: shape (q,), one weight for each column of the models' meta features.
        tasks: shape (r,), the same of the data sets'.
    """

    intercept: float
    models: Floats
    tasks: Floats

    def predict(self, model_features: Floats, task_features: Floats) -> Floats:
        r"""Return META of every model on one data set.

        .. math:: \text{META}_i = w_0 + w_m \cdot x_i + w_d \cdot x_t

        Args:
            model_features: shape (models, q).
            task_features: shape (r,).

        Returns:
            Shape (models,).

        Source:
            Bai et al. (Fennec), ECCV 2024, Eq. 9.
        """
        return np.asarray(self.intercept + model_features @ self.models + float(task_features @ self.tasks))


def fit_meta(values: Floats, model_features: Floats, task_features: Floats) -> MetaRegression:
    """Fit META to the known cells of a history by ordinary least squares; of several solutions the shortest.

    The matrix of one row per cell is never built: models and data sets enter its Gram matrix apart, so that the cost
    grows with the number of cells times that of the features.

    Args:
        values: shape (models, tasks), NaN where missing.
        model_features: shape (models, q), finite.
        task_features: shape (tasks, r), finite.

    Source:
        Bai et al. (Fennec), ECCV 2024, Eq. 8.

    Example:
        >>> x, values = np.array([[1.0], [2.0]]), np.array([[3.0, 3.0], [5.0, np.nan]])
        >>> made = fit_meta(values, x, np.zeros((2, 0)))
        >>> round(made.intercept, 6), made.models.round(6).tolist()
        (1.0, [2.0])
    """
    known = (~np.isnan(values)).astype(np.float64)
    cells = np.where(np.isnan(values), 0.0, values)
    total = known.sum()
    if not total:
        return MetaRegression(0.0, np.zeros(model_features.shape[1]), np.zeros(task_features.shape[1]))
    of_model, of_task = known.sum(axis=1), known.sum(axis=0)
    model_mean, model_scale = _spread(model_features, of_model)
    task_mean, task_scale = _spread(task_features, of_task)
    x, z = (model_features - model_mean) / model_scale, (task_features - task_mean) / task_scale
    across = x.T @ known @ z
    gram = np.block([[(x * of_model[:, None]).T @ x, across], [across.T, (z * of_task[:, None]).T @ z]])
    level = cells.sum() / total
    rest = cells - level * known
    right = np.concatenate([x.T @ rest.sum(axis=1), z.T @ rest.sum(axis=0)])
    weights = np.linalg.lstsq(gram, right, rcond=1e-12)[0] if len(right) else right
    models, tasks = weights[: x.shape[1]] / model_scale, weights[x.shape[1] :] / task_scale
    return MetaRegression(float(level - model_mean @ models - task_mean @ tasks), models, tasks)


def merge(trans_scores: Floats, meta_scores: Floats, alpha: float = ALPHA) -> Floats:
    r"""Return the merged score; META alone where a model has no place in the transfer space.

    .. math:: s_i = (1 - \alpha) \, \text{TRANS}_i + \alpha \, \text{META}_i

    Args:
        trans_scores: shape (models,), NaN for models without history.
        meta_scores: shape (models,).
        alpha: weight of META, 0 to 1.

    Raises:
        UsageError: alpha is not between 0 and 1.

    Source:
        Bai et al. (Fennec), ECCV 2024, Eq. 10.

    Example:
        >>> merge(np.array([0.2, np.nan]), np.array([0.6, 0.5])).tolist()
        [0.4, 0.5]
    """
    if not 0 <= alpha <= 1:
        raise UsageError("alpha must lie between 0 and 1", f"it is {alpha:g}", "--alpha 0.5")
    return np.where(np.isnan(trans_scores), meta_scores, (1 - alpha) * trans_scores + alpha * meta_scores)


def _spread(features: Floats, weights: Floats) -> tuple[Floats, Floats]:
    """Return mean and deviation of each column, weighted by how many cells a row has; 1 where nothing varies."""
    mean = weights @ features / weights.sum()
    deviation = np.sqrt(weights @ (features - mean) ** 2 / weights.sum())
    return mean, np.where(deviation > 1e-12 * np.maximum(np.abs(mean), 1.0), deviation, 1.0)
