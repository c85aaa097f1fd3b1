"""Beyond the paper: one ridge regression on places, meta features and their products, with an interval."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from hubscore.errors import UsageError
from hubscore.numerics.workspace import Floats
from hubscore.recommend.fitted import LEVEL, Fitted, non_negative
from hubscore.recommend.history import TaskFacts
from hubscore.recommend.meta_features import task_facts_of
from hubscore.recommend.transfer_space import fit_transfer_space

PENALTIES = (0.1, 1.0, 10.0, 100.0, 1000.0)
"""To choose from; of the sum of squares over standardized columns."""
FOLDS = 5
LEAST = 20
"""Errors on data sets left out that an interval needs."""
MOST_MODELS = 1000
"""Of a larger history so many models, drawn with the seed, choose the penalty and give the interval."""


@dataclass(frozen=True)
class Ridge:
    """A ridge regression on standardized columns.

    Attributes:
        mean: of each column, shape (p,).
        scale: of each column.
        level: mean of the values.
        weights: shape (p,).
        inverse: shape (p, p), of the penalized Gram matrix.
    """

    mean: Floats
    scale: Floats
    level: float
    weights: Floats
    inverse: Floats

    def predict(self, features: Floats) -> tuple[Floats, Floats]:
        """Return predictions and sqrt(1 + x A^-1 x), by which errors grow away from what was seen."""
        x = (features - self.mean) / self.scale
        return self.level + x @ self.weights, np.sqrt(1 + np.einsum("ij,jk,ik->i", x, self.inverse, x))


def ridge(blocks: Sequence[tuple[Floats, Floats]], penalty: float) -> Ridge:
    r"""Fit a ridge regression to rows that come in blocks; the rows are never held at once.

    .. math:: w = (X^T X + \lambda I)^{-1} X^T (y - \bar y)

    with standardized columns; one that does not vary gets no weight.

    Args:
        blocks: features, shape (n, p), and values, shape (n,), of each block.
        penalty: lambda, above 0.

    Example:
        >>> made = ridge([(np.array([[0.0], [1.0]]), np.array([0.0, 2.0]))], 1e-9)
        >>> made.predict(np.array([[3.0]]))[0].round(3).tolist()
        [6.0]
    """
    count = sum(len(values) for _, values in blocks)
    mean = np.sum([features.sum(axis=0) for features, _ in blocks], axis=0) / count
    spread = np.sqrt(np.sum([((features - mean) ** 2).sum(axis=0) for features, _ in blocks], axis=0) / count)
    scale = np.where(spread > 1e-12 * np.maximum(np.abs(mean), 1.0), spread, np.inf)
    level = sum(float(values.sum()) for _, values in blocks) / count
    gram, right = penalty * np.eye(len(mean)), np.zeros(len(mean))
    for features, values in blocks:
        x = (features - mean) / scale
        gram += x.T @ x
        right += x.T @ (values - level)
    inverse = np.asarray(np.linalg.inv(gram), dtype=np.float64)
    return Ridge(mean, scale, level, np.asarray(inverse @ right), inverse)


@dataclass(frozen=True)
class RegressionPrediction:
    """What the regression says of every model on one data set; an estimate.

    Attributes:
        values: shape (models,), in the units of the history, for a data set of mean difficulty.
        low: lower end of the 90 % interval; NaN where the history is too small to tell.
        high: upper end.
        penalty: that was chosen.
    """

    values: Floats
    low: Floats
    high: Floats
    penalty: float


def predict_by_regression(
    fitted: Fitted, task: Floats | None, facts: TaskFacts, *, seed: int = 0
) -> RegressionPrediction:
    """Predict by ridge regression on m_i, d_t, their products, and the meta features of both sides.

    Data sets are left out in five folds, transfer space and all: that chooses the penalty and says where 90 % of the
    errors lie, relative to the mean of all models, divided by sqrt(1 + x A^-1 x), so that the interval is wider for a
    model unlike those with a history. A model without history has the mean m.

    Args:
        fitted: the history without the data set.
        task: the data set's place, shape (k,); the mean of all by default.
        facts: what is known of it.
        seed: of folds and fits.

    Raises:
        UsageError: the history has fewer than two data sets or models.
    """
    values = non_negative(fitted.history.values)[0]
    if min(values.shape) < 2:
        why = f"the history has {values.shape[0]} x {values.shape[1]}"
        raise UsageError("A regression needs two models and two data sets", why, "--by history")
    of_tasks = fitted.features.tasks(task_facts_of(fitted.history))
    penalty, errors = _choose(values, fitted.model_features, of_tasks, fitted.space.rank, seed)
    blocks = _blocks(values, fitted.space.models, fitted.space.tasks, fitted.model_features, of_tasks)
    place = fitted.space.tasks.mean(axis=0) if task is None else task
    models = _with_mean(fitted.space.models, fitted.known)
    rows = _row_features(models, place, fitted.model_features, fitted.features.tasks([facts])[0])
    found, width = ridge(blocks, penalty).predict(rows)
    if len(errors) < LEAST:
        return RegressionPrediction(found, np.full_like(found, np.nan), np.full_like(found, np.nan), penalty)
    low, high = np.quantile(errors, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return RegressionPrediction(found, found + low * width, found + high * width, penalty)


def _choose(values: Floats, of_models: Floats, of_tasks: Floats, rank: int, seed: int) -> tuple[float, Floats]:
    """Return the penalty with the least error on data sets left out, and these errors by their width."""
    rng = np.random.default_rng(seed)
    if len(values) > MOST_MODELS:
        rows = np.sort(rng.choice(len(values), MOST_MODELS, replace=False))
        values, of_models = values[rows], of_models[rows]
    errors: dict[float, list[Floats]] = {penalty: [] for penalty in PENALTIES}
    tasks = rng.permutation(values.shape[1])
    for fold in np.array_split(tasks, min(FOLDS, len(tasks))):
        rest, kept = np.delete(values, fold, axis=1), np.delete(of_tasks, fold, axis=0)
        if np.isnan(rest).all():
            continue
        space = fit_transfer_space(
            rest, rank=min(rank, *rest.shape), seed=seed, iterations=300, tolerance=1e-5, starts=0
        )
        blocks = _blocks(rest, space.models, space.tasks, of_models, kept)
        models = _with_mean(space.models, np.asarray(~np.isnan(rest).all(axis=1)))
        for penalty in PENALTIES:
            made = ridge(blocks, penalty)
            for task in fold:
                found, width = made.predict(_row_features(models, space.tasks.mean(axis=0), of_models, of_tasks[task]))
                error = values[:, task] - found
                known = ~np.isnan(error)
                if known.sum() > 1:
                    errors[penalty].append((error[known] - error[known].mean()) / width[known])
    if not errors[PENALTIES[0]]:
        return PENALTIES[len(PENALTIES) // 2], np.zeros(0)
    joined = {penalty: np.concatenate(found) for penalty, found in errors.items()}
    best = min(joined, key=lambda penalty: float((joined[penalty] ** 2).mean()))
    return best, joined[best]


def _blocks(
    values: Floats, models: Floats, tasks: Floats, of_models: Floats, of_tasks: Floats
) -> list[tuple[Floats, Floats]]:
    """Return the known cells, a block for each data set."""
    known = ~np.isnan(values)
    return [
        (
            _row_features(models[known[:, at]], tasks[at], of_models[known[:, at]], of_tasks[at]),
            values[known[:, at], at],
        )
        for at in range(values.shape[1])
        if known[:, at].any()
    ]


def _row_features(models: Floats, task: Floats, of_models: Floats, of_task: Floats) -> Floats:
    """Return the columns m, d, m * d, and the meta features of model and data set."""
    fixed = np.broadcast_to(np.concatenate([task, of_task]), (len(models), len(task) + len(of_task)))
    return np.hstack([models, models * task, of_models, fixed])


def _with_mean(models: Floats, known: np.ndarray) -> Floats:
    return np.where(known[:, None], models, models[known].mean(axis=0))
