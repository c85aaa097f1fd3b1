"""The same columns again on subsamples of the one extraction: no forward pass, and the same rows for every model."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from hubscore.ranking.columns import Column
from hubscore.ranking.scoring import score_all, tabulate
from hubscore.ranking.uncertainty import FEW
from hubscore.ranking.views import Views
from hubscore.scores.workspace import Floats, Ints


def planned(columns: Sequence[Column], count: int, everywhere: Sequence[str] = ()) -> list[int]:
    """Say on how many of the first subsamples each column is recomputed.

    Args:
        columns: of the ranking.
        count: subsamples.
        everywhere: scores to recompute on all of them, however slow they are.
    """
    shares = {"all": count, "few": min(FEW, count), "none": 0}
    return [count if column.info.name in everywhere else shares[column.info.resample] for column in columns]


def recompute(
    views: Mapping[str, Views],
    columns: Sequence[Column],
    rows: Sequence[Ints],
    options: Mapping[str, Mapping[str, Any]],
    plan: Sequence[int],
    tell: Callable[[], None] = lambda: None,
) -> Floats:
    """Compute the columns on every subsample that the plan has for them.

    Args:
        views: by model.
        columns: of the ranking.
        rows: row numbers of each subsample.
        options: by score name.
        plan: from :func:`planned`.
        tell: called when the columns of another model are done on another subsample.

    Returns:
        Shape (R, columns, models), models sorted by name, NaN where not recomputed or undefined.
    """
    values = np.full((len(rows), len(columns), len(views)), np.nan)
    if not any(plan):
        return values
    turned = {model: view.turned() for model, view in views.items()}
    for number, subsample in enumerate(rows):
        due = [i for i, count in enumerate(plan) if number < count]
        chosen = [columns[i] for i in due]
        scored = score_all({model: view.subset(subsample) for model, view in turned.items()}, chosen, options, tell)
        values[number, due] = tabulate(scored, chosen).values
    return values
