"""Subsamples on which a score has no value although the whole probe gives one: how many, why, and what follows for
its interval.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from hubscore.errors import NO_MORE_ROWS, Advice
from hubscore.numerics.workspace import Floats
from hubscore.ranking.columns import Table
from hubscore.ranking.order import Order, ResampledValues

UNKNOWN = "there are too few samples for it"


def defined_on(full: Floats, resampled: ResampledValues) -> NDArray[np.int64]:
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


def reasons(table: Table, missing: Mapping[tuple[str, str], str]) -> dict[str, str]:
    """Say for every column with gaps why there is no value: the reason of the first model that has one on the whole
    probe.

    Args:
        table: values on the whole probe.
        missing: by column name and model, from :func:`hubscore.ranking.resampling.recompute`.
    """
    found: dict[str, str] = {}
    for column, values in zip(table.columns, table.values, strict=True):
        for model, value in zip(table.models, values, strict=True):
            why = missing.get((column.name, model))
            if why and not np.isnan(value):
                found.setdefault(column.name, why)
    return found


def warnings(order: Order, resampled: ResampledValues | None, *, whole: bool = False) -> list[str]:
    """Say which scores have no interval for want of values on the subsamples, one line per column; ``whole`` where the
    data have no more rows.
    """
    if resampled is None or resampled.n is None:
        return []
    unknown = f"{UNKNOWN}; {NO_MORE_ROWS if whole else Advice.SAMPLES.words}"
    lines = []
    for i, (column, counts) in enumerate(
        zip(order.table.columns, defined_on(order.table.values, resampled), strict=True)
    ):
        planned = resampled.plan[i]
        lost = planned - counts[counts < planned]
        if planned < 2 or not lost.size or column.base is not None:
            continue
        least, most = lost.min(), lost.max()
        many = f"{least}" if least == most else f"{least} to {most}"
        have = int((~np.isnan(order.table.values[i])).sum())
        certain = ", and the consensus takes it as certain" if order.enters[i] else ""
        lines.append(
            f"{column.name} has no interval for {len(lost)} of {have} checkpoints{certain}: it is undefined on {many}"
            f" of {planned} subsamples, where {resampled.gaps.get(column.name, unknown)}"
        )
    return lines
