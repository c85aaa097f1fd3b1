"""Scores that are saturated for several checkpoints: equal values that do not mean equal quality."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from hubscore.errors import NO_MORE_ROWS, Advice, alternatives
from hubscore.ranking.columns import Column, Table
from hubscore.types import Saturation, Target

_SAME = 2.0**-30
"""The consensus takes values that agree in this many bits for equal."""


@dataclass(frozen=True)
class SaturatedScore:
    """Which checkpoints have the best value that a score can take.

    Attributes:
        column: the score.
        value: the best.
        models: positions of those that have it.
        defined: how many have a value.
    """

    column: Column
    value: float
    models: tuple[int, ...]
    defined: int

    def describe(self) -> Saturation:
        """Return what the description of a score says of it; names would follow the ranking to where they must not
        be published.
        """
        return Saturation(self.value, len(self.models))


def warnings(found: Iterable[SaturatedScore], *, whole: bool = False) -> list[str]:
    """Say on which scores checkpoints are tied, with one line for the scores that tie the same checkpoints; ``whole``
    where the data have no more rows.
    """
    alike: dict[tuple[object, ...], list[SaturatedScore]] = {}
    for one in found:
        alike.setdefault((one.value, one.models, one.defined), []).append(one)
    return [_warning(group, whole=whole) for group in alike.values()]


def _warning(group: Sequence[SaturatedScore], *, whole: bool) -> str:
    first, names = group[0], [one.column.name for one in group]
    what = f"{names[0]} is" if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]} are"
    reducible = any("features" in one.column.info.needs and one.column.reduce is None for one in group)
    advice = [*([Advice.REDUCE] if reducible else []), *([] if whole else [Advice.SAMPLES])]
    words = alternatives(*(one.words for one in advice))
    return (
        f"{what} {first.value}, the best possible, for {len(first.models)} of {first.defined} checkpoints: they are"
        f" tied there; {f'to tell them apart, {words}' if words else NO_MORE_ROWS}"
    )


def saturated(table: Table, classes: int, target: Target | None) -> dict[str, SaturatedScore]:
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
            found[column.name] = SaturatedScore(
                column, end, tuple(np.flatnonzero(at_end).tolist()), int((~np.isnan(values)).sum())
            )
    return found
