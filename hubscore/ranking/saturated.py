"""Scores that have reached the end of their range for several checkpoints: equal values that do not mean equal quality."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from hubscore.ranking.columns import Column, Table
from hubscore.types import Json, Target

_SAME = 2.0**-30
"""The consensus takes values that agree in so many bits for equal."""


@dataclass(frozen=True)
class Saturated:
    """How many checkpoints have the best value that a score can take."""

    column: Column
    value: float
    models: int
    defined: int

    def to_json(self) -> Json:
        """Return what the description of a score says of it; names would follow the ranking to where they must not be told."""
        return {"value": self.value, "models": self.models}

    def __str__(self) -> str:
        """The warning."""
        fewer = "--reduce 32 or " if "features" in self.column.info.needs and self.column.reduce is None else ""
        return (
            f"{self.column.name} is {self.value}, the best it can be, for {self.models} of {self.defined} checkpoints: they are tied on it"
            f"; {fewer}more samples (--samples) may tell them apart"
        )


def saturated(table: Table, classes: int, target: Target | None) -> dict[str, Saturated]:
    """Return the columns on which two or more checkpoints are at the better end of the range.

    Args:
        table: values of shape (columns, models).
        classes: of the probe, for the declared ranges.
        target: of the probe.
    """
    found = {}
    for column, values in zip(table.columns, table.values, strict=True):
        low, high = column.bounds(classes, target)
        end = high if column.sign > 0 else low
        at_end = np.abs(values - end) <= _SAME * abs(end) if math.isfinite(end) else np.zeros(0, dtype=bool)
        if at_end.sum() > 1:
            found[column.name] = Saturated(column, end, int(at_end.sum()), int((~np.isnan(values)).sum()))
    return found
