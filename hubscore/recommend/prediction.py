"""What orders the models of a history for one data set, with its interval."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hubscore.numerics.workspace import Floats
from hubscore.recommend.fitted import Fitted
from hubscore.recommend.history import TaskFacts


@dataclass(frozen=True)
class Prediction:
    """What is predicted for one data set; shapes are (models,).

    Attributes:
        values: what orders the models; NaN where there is none.
        low: lower end of the 90 % interval, relative to the other models; NaN where it is not known.
        high: upper end.
        trans: NaN for a model without history.
        meta: of every model.
    """

    values: Floats
    low: Floats
    high: Floats
    trans: Floats
    meta: Floats


def predict(
    fitted: Fitted, by: str, task: Floats | None, facts: TaskFacts, alpha: float, *, seed: int = 0
) -> Prediction:
    """Predict every model of a fitted history.

    Args:
        fitted: the history without the data set.
        by: one of :data:`~hubscore.recommend.order_choice.ORDERS`.
        task: the data set's place in the transfer space, shape (k,); the mean of all by default.
        facts: what is known of it.
        alpha: weight of META.
        seed: of what is drawn.
    """
    of_space, of_meta, merged = fitted.predict(task, facts, alpha)
    if by == "regression":
        from hubscore.recommend.regression import predict_by_regression

        found = predict_by_regression(fitted, task, facts, seed=seed)
        return Prediction(found.values, found.low, found.high, of_space, of_meta)
    values = {"merged": merged, "history": fitted.mean_history, "trans": of_space, "meta": of_meta}[by]
    spread = None
    if by == "merged":
        spread = fitted.spread
    elif by == "history":
        spread = fitted.history_spread
    low, high = (np.nan, np.nan) if spread is None else spread
    known = np.where(fitted.known, values, np.nan)
    return Prediction(values, known + low, known + high, of_space, of_meta)
