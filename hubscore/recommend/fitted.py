"""A history with everything that is fitted to it once, so that a recommendation is a few products."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from hubscore.errors import UsageError
from hubscore.numerics.workspace import Floats
from hubscore.recommend.baselines import history_spread, mean_history
from hubscore.recommend.history import History, TaskFacts
from hubscore.recommend.merge import MetaRegression, fit_meta, merge, trans
from hubscore.recommend.meta_features import MetaFeatures, task_facts_of
from hubscore.recommend.rank_choice import choose_rank
from hubscore.recommend.transfer_space import TransferSpace, fit_transfer_space

_FOLDS = 5
_MOST_MODELS = 1000
"""Of a larger history so many models, drawn with the seed, give the interval."""
LEVEL = 0.9
"""Of the interval."""


@dataclass(frozen=True)
class Fitted:
    """A history, its transfer space and its regression on meta features.

    Attributes:
        history: what was fitted.
        space: where models and data sets lie.
        features: how facts become numbers.
        meta: the regression on them.
        model_features: shape (models, q).
        mean_history: mean standing of every model, NaN where it has none.
        known: shape (models,), whether a model has a cell.
        rank_errors: mean squared error by rank, where the rank was chosen by cross-validation.
        spread: lower and upper error of 90 % of the predictions for data sets left out, within each relative to the
            mean of all models; none where the history is too small to tell.
        history_spread: the same of the mean standing, in standard deviations.
        scaled: whether every data set was scaled to 0..1, because the score can be negative.
    """

    history: History
    space: TransferSpace
    features: MetaFeatures
    meta: MetaRegression
    model_features: Floats
    mean_history: Floats
    known: np.ndarray
    rank_errors: Mapping[int, float] = field(default_factory=dict)
    spread: tuple[float, float] | None = None
    scaled: bool = False
    history_spread: tuple[float, float] | None = None

    def predict(self, task: Floats | None, facts: TaskFacts, alpha: float) -> tuple[Floats, Floats, Floats]:
        """Return TRANS, META and the merged score of every model.

        Args:
            task: the data set's vector in the transfer space, shape (k,); the mean of all by default.
            facts: what is known of the data set.
            alpha: weight of META.

        Returns:
            Three arrays of shape (models,); TRANS is NaN for a model without history.
        """
        place = self.space.tasks.mean(axis=0) if task is None else task
        of_space = np.where(self.known, trans(self.space.models, place), np.nan)
        of_meta = self.meta.predict(self.model_features, self.features.tasks([facts])[0])
        return of_space, of_meta, merge(of_space, of_meta, alpha)


def non_negative(values: Floats) -> tuple[Floats, bool]:
    """Return values that can be factorized: as they are, or every data set scaled to 0..1 where one is negative.

    Example:
        >>> non_negative(np.array([[-3.0, 0.2], [-1.0, 0.4]]))
        (array([[0., 0.],
               [1., 1.]]), True)
    """
    known = ~np.isnan(values)
    if not (values[known] < 0).any():
        return values, False
    low = np.where(known, values, np.inf).min(axis=0)
    width = np.where(known, values, -np.inf).max(axis=0) - low
    return np.where(width > 0, (values - low) / np.where(width > 0, width, 1.0), np.where(known, 0.5, np.nan)), True


def fit_history(
    history: History,
    *,
    rank: int | None = None,
    alpha: float = 0.5,
    seed: int = 0,
    space: TransferSpace | None = None,
    interval: bool = True,
) -> Fitted:
    """Fit transfer space and regression to a history.

    Args:
        history: at least one model and one data set.
        rank: dimensions of the space; chosen by cross-validation over data sets by default.
        alpha: weight of META, for the interval.
        seed: of everything that is drawn.
        space: fitted before to this history, in place of a fit.
        interval: whether to leave data sets out to learn how wrong predictions are.

    Raises:
        UsageError: the history is empty.
    """
    if not history.known:
        what = "The history holds nothing to learn from"
        raise UsageError(what, history.words, "add data sets: hubscore history update HISTORY SOURCE")
    values, scaled = non_negative(history.values)
    errors: dict[int, float] = {}
    if space is None:
        if rank is None:
            rank, errors = choose_rank(values, seed=seed)
        space = fit_transfer_space(values, rank=rank, seed=seed)
    features = MetaFeatures.fit(history, seed=seed)
    of_models, of_tasks = features.of_history(history), features.tasks(task_facts_of(history))
    spread = _spread(values, of_models, of_tasks, space.rank, alpha, seed) if interval else None
    return Fitted(
        history,
        space,
        features,
        fit_meta(values, of_models, of_tasks),
        of_models,
        mean_history(history.values),
        np.asarray(~np.isnan(values).all(axis=1)),
        errors,
        spread,
        scaled,
        history_spread(history.values, LEVEL) if interval else None,
    )


def _spread(
    values: Floats, of_models: Floats, of_tasks: Floats, rank: int, alpha: float, seed: int
) -> tuple[float, float] | None:
    """Leave data sets out in five folds, predict them from the others, and return where 90 % of the errors lie."""
    rng = np.random.default_rng(seed)
    if len(values) > _MOST_MODELS:
        rows = np.sort(rng.choice(len(values), _MOST_MODELS, replace=False))
        values, of_models = values[rows], of_models[rows]
    tasks = rng.permutation(values.shape[1])
    if len(tasks) < 3 or len(values) < 3:
        return None
    errors: list[Floats] = []
    for fold in np.array_split(tasks, min(_FOLDS, len(tasks))):
        rest = np.delete(values, fold, axis=1)
        if np.isnan(rest).all():
            continue
        space = fit_transfer_space(
            rest, rank=min(rank, rest.shape[1]), seed=seed, iterations=300, tolerance=1e-5, starts=0
        )
        meta = fit_meta(rest, of_models, np.delete(of_tasks, fold, axis=0))
        of_space = np.where(np.isnan(rest).all(axis=1), np.nan, trans(space.models, space.tasks.mean(axis=0)))
        for task in fold:
            error = values[:, task] - merge(of_space, meta.predict(of_models, of_tasks[task]), alpha)
            known = error[~np.isnan(error)]
            errors.append(known - known.mean() if len(known) > 1 else known[:0])
    found = np.concatenate(errors) if errors else np.zeros(0)
    if len(found) < 20:
        return None
    low, high = np.quantile(found, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return float(low), float(high)
