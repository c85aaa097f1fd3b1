"""Subsamples on which a score has no value although the whole probe gives one: how many, why, and what follows for its interval."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hubscore.ranking.columns import Column, Table
from hubscore.ranking.order import Order, Resampled
from hubscore.ranking.scoring import score_one, score_set
from hubscore.ranking.views import Views
from hubscore.scores.workspace import Floats, Ints

UNKNOWN = "they are too small for it; use more samples"


def defined_on(full: Floats, resampled: Resampled) -> NDArray[np.int64]:
    """Count the subsamples on which each score is defined.

    Args:
        full: shape (columns, models); where it is NaN there is nothing to lose.
        resampled: values on the draws.

    Returns:
        Shape (columns, models), at most the planned number of draws; that number where ``full`` is NaN.
    """
    planned = np.asarray(resampled.plan)[:, None]
    wanted = np.arange(len(resampled.values))[:, None, None] < planned
    counts = (wanted & ~np.isnan(resampled.values)).sum(axis=0)
    return np.asarray(np.where(np.isnan(full), planned, counts), dtype=np.int64)


def reasons(
    table: Table, draws: Resampled, views: Mapping[str, Views], rows: Sequence[Ints], options: Mapping[str, Mapping[str, Any]]
) -> dict[str, str]:
    """Say for every column with gaps why there is no value, by computing the first gap once more.

    Args:
        table: values on the whole probe.
        draws: values on the subsamples, which hold no reasons.
        views: by model.
        rows: of each subsample.
        options: by score name.
    """
    found = {}
    for i, (column, lost) in enumerate(zip(table.columns, defined_on(table.values, draws) < np.asarray(draws.plan)[:, None], strict=True)):
        if lost.any():
            model = int(np.flatnonzero(lost)[0])
            number = int(np.flatnonzero(np.isnan(draws.values[: draws.plan[i], i, model]))[0])
            found[column.name] = _why(column, table.models[model], views, rows[number], options) or UNKNOWN
    return found


def _why(column: Column, model: str, views: Mapping[str, Views], subsample: Ints, options: Mapping[str, Mapping[str, Any]]) -> str | None:
    if not column.info.pool:
        return score_one(column, views[model].turned().subset(subsample), options).reason
    return score_set(column, {name: view.turned().subset(subsample) for name, view in views.items()}, options)[model].reason


def warnings(order: Order, resampled: Resampled | None) -> list[str]:
    """Say which scores have no interval for want of values on the subsamples, one line a column."""
    if resampled is None or resampled.n is None:
        return []
    told = []
    for i, (column, counts) in enumerate(zip(order.table.columns, defined_on(order.table.values, resampled), strict=True)):
        planned = resampled.plan[i]
        lost = planned - counts[counts < planned]
        if planned < 2 or not lost.size or column.base is not None:
            continue
        least, most = lost.min(), lost.max()
        many = f"{least}" if least == most else f"{least} to {most}"
        have = int((~np.isnan(order.table.values[i])).sum())
        certain = ", and the consensus takes it as certain" if order.enters[i] else ""
        told.append(
            f"{column.name} has no interval for {len(lost)} of {have} checkpoints{certain}: it is undefined on {many} of {planned} "
            f"subsamples ({resampled.gaps.get(column.name, UNKNOWN)})"
        )
    return told
