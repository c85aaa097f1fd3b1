"""How many dimensions a transfer space should have: cross-validation over data sets."""

from __future__ import annotations

import numpy as np

from hubscore.numerics.workspace import Floats
from hubscore.recommend.transfer_space import PENALTY, fit_transfer_space

RANKS = (1, 2, 3, 4, 6, 8)
FOLDS = 5
MOST_MODELS = 500
"""Of a larger history so many models, drawn with the seed, decide."""


def choose_rank(
    values: Floats,
    *,
    ranks: tuple[int, ...] = RANKS,
    model_penalty: float = PENALTY,
    task_penalty: float = PENALTY,
    seed: int = 0,
) -> tuple[int, dict[int, float]]:
    """Return the dimensions that predict data sets left out best.

    The data sets are parted into five folds. A fold is left out of the fit; then each of its data sets is placed by the
    cells of one half of its models, and predicted on the other half. The smallest k whose mean squared error is within
    one standard error of the least is chosen.

    Args:
        values: shape (models, tasks), not negative; NaN where missing.
        ranks: what to choose from; those above the smaller side of the matrix are passed over.
        model_penalty: a_m.
        task_penalty: a_d.
        seed: of folds, halves and fits.

    Returns:
        The rank, and the mean squared error by rank: empty where there are too few data sets to leave one out.

    Example:
        >>> rng = np.random.default_rng(0)
        >>> exact = rng.uniform(size=(20, 1)) @ rng.uniform(size=(1, 8))
        >>> choose_rank(exact, ranks=(1, 2))[0]
        1
    """
    rng = np.random.default_rng(seed)
    if len(values) > MOST_MODELS:
        values = values[np.sort(rng.choice(len(values), MOST_MODELS, replace=False))]
    tasks = rng.permutation([place for place in range(values.shape[1]) if _countable(values[:, place])])
    usable = [rank for rank in ranks if rank <= min(values.shape[0] // 2, len(tasks) - 1)]
    if len(tasks) < 2 or len(usable) < 2:
        return min(ranks), {}
    halves = {int(task): _halves(values[:, task], rng) for task in tasks}
    errors: dict[int, list[float]] = {rank: [] for rank in usable}
    for fold in np.array_split(tasks, min(FOLDS, len(tasks))):
        rest = np.delete(values, fold, axis=1)
        if np.isnan(rest).all():
            continue
        for rank in usable:
            space = fit_transfer_space(
                rest,
                rank=rank,
                model_penalty=model_penalty,
                task_penalty=task_penalty,
                seed=seed,
                iterations=300,
                tolerance=1e-5,
                starts=0,
            )
            errors[rank] += [
                _error(space.models, space.fold_in_task, values[:, task], halves[int(task)]) for task in fold
            ]
    means = {rank: float(np.mean(found)) for rank, found in errors.items()}
    best = min(means, key=means.__getitem__)
    slack = float(np.std(errors[best], ddof=1) / np.sqrt(len(errors[best]))) if len(errors[best]) > 1 else 0.0
    return min(rank for rank in means if means[rank] <= means[best] + slack), means


def _countable(column: Floats) -> bool:
    return int((~np.isnan(column)).sum()) >= 4


def _halves(column: Floats, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    known = rng.permutation(np.flatnonzero(~np.isnan(column)))
    middle = len(known) // 2
    return known[:middle], known[middle:]


def _error(models: Floats, fold_in: object, column: Floats, halves: tuple[np.ndarray, np.ndarray]) -> float:
    """Return the mean squared error on the second half of a data set that was placed by the first."""
    seen = np.full_like(column, np.nan)
    seen[halves[0]] = column[halves[0]]
    task = fold_in(seen)  # type: ignore[operator]
    return float(((models[halves[1]] @ task - column[halves[1]]) ** 2).mean())
