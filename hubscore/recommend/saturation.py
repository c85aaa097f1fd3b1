"""Data sets on which all models have the same value: they order nothing, and a history of such alone is none."""

from __future__ import annotations

import numpy as np

from hubscore.errors import UsageError
from hubscore.recommend.baselines import standings
from hubscore.recommend.history import MEASURED, History
from hubscore.text import amount, clean


def check_standings(history: History, by: str) -> list[str]:
    """Say on how many data sets all models are equal, as FDA saturates at 1 with fewer rows than features.

    Args:
        history: of other data sets.
        by: what is to order the models.

    Returns:
        What must be said, in sentences.

    Raises:
        UsageError: the mean of past standings is to order several models, and none has one: the order would be that of
            their names.

    Example:
        >>> check_standings(History.of(["a", "b"], ["birds", "cars"], np.array([[1.0, 0.7], [1.0, 0.4]])), "history")
        ['accuracy is the same for all models on 1 of 2 data sets, which therefore order nothing']
    """
    known = history.kinds > 0
    told = ~np.isnan(standings(history.values))
    equal = int(((known.sum(axis=0) > 1) & ~told.any(axis=0)).sum())
    score, all_of_them = clean(history.score), amount(len(history.tasks), "data set", "data sets")
    same = f"{score} is the same for all models on {equal} of {all_of_them}" if equal else ""
    if by == "history" and not told.any() and known.any(axis=1).sum() > 1:
        fix = "hubscore history build SOURCE --score expected --out DIR"
        if history.score in (MEASURED, "expected"):
            fix = "hubscore history update HISTORY SOURCE"
        raise UsageError("The history tells no two models apart", same or "no data set has values of two models", fix)
    return [f"{same}, which therefore order nothing"] if equal else []
