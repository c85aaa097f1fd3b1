"""Every order of models that a history gives for a data set which it does not know, and what each costs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter

import numpy as np

from hubscore.errors import UsageError
from hubscore.numerics.workspace import Floats
from hubscore.recommend.baselines import mean_history
from hubscore.recommend.fitted import Fitted, fit_history
from hubscore.recommend.history import History, ModelFacts, TaskFacts, TaskVector
from hubscore.recommend.merge import ALPHA
from hubscore.recommend.prediction import predict
from hubscore.recommend.task_place import place_of

DRAWS = 50
"""Random orders whose mean stands for one."""
RANDOM, SIZE, MEAN = "random", "size", "mean history"
FENNEC = {"meta": "META alone", "trans": "NMF alone", "merged": "Fennec merged", "regression": "ridge regression"}
"""By which word of ``recommend --by``, and what the table calls it."""
WITH_PROXY = ", proxy"


@dataclass(frozen=True)
class Predicted:
    """What one method says of the models of a history.

    Attributes:
        values: shape (models,), or (draws, models) where it is drawn; NaN where it says nothing.
        milliseconds: for one data set, once the history is fitted.
        fit_milliseconds: of that fit, which serves every data set; 0 where none is needed.
    """

    values: Floats
    milliseconds: float
    fit_milliseconds: float = 0.0


def predictions(
    past: History, facts: TaskFacts, vector: TaskVector | None = None, *, alpha: float = ALPHA, seed: int = 0
) -> dict[str, Predicted]:
    """Predict every model of a history for a data set that it does not hold; no label is read.

    Args:
        past: without the data set.
        facts: what is known of it.
        vector: what a proxy saw in it; the methods that use one stand beside those without.
        alpha: weight of META.
        seed: of everything that is drawn.

    Returns:
        By name of the method; a method that this history does not allow is not there.
    """
    found = {RANDOM: _timed(lambda: np.random.default_rng(seed).normal(size=(DRAWS, len(past.models))))}
    sizes = [past.model_facts.get(model, ModelFacts()).parameters or np.nan for model in past.models]
    if np.isfinite(sizes).any():
        found[SIZE] = _timed(lambda: np.log(sizes))
    found[MEAN] = _timed(lambda: mean_history(past.values))
    start = perf_counter()
    fitted = fit_history(past, seed=seed, interval=False)
    fit = 1000 * (perf_counter() - start)
    found |= _of_fitted(fitted, None, facts, alpha, seed, fit)
    start = perf_counter()
    place, _ = place_of(fitted, vector, seed=seed)
    placing = 1000 * (perf_counter() - start)
    if place is not None:
        placed = _of_fitted(fitted, place, facts, alpha, seed, fit, placing)
        found |= {f"{name}{WITH_PROXY}": one for name, one in placed.items() if name != FENNEC["meta"]}
    return found


def _of_fitted(
    fitted: Fitted, place: Floats | None, facts: TaskFacts, alpha: float, seed: int, fit: float, more: float = 0.0
) -> dict[str, Predicted]:
    """Return what Fennec's parts and the regression say of a data set at a place of the transfer space."""
    found = {}
    for by, name in FENNEC.items():
        try:
            made = _timed(lambda by=by: predict(fitted, by, place, facts, alpha, seed=seed).values)  # type: ignore[misc]
        except UsageError:  # a regression wants two data sets and two models
            continue
        found[name] = Predicted(made.values, made.milliseconds + more, fit)
    return found


def _timed(method: Callable[[], Floats]) -> Predicted:
    start = perf_counter()
    values = np.asarray(method(), dtype=np.float64)
    return Predicted(values, 1000 * (perf_counter() - start))
