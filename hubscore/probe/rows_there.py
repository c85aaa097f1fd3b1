"""How many rows the data have to draw from: whether more samples can be had is a matter of counting, not of words."""

from __future__ import annotations

import numpy as np

from hubscore.probe.rows import Rows
from hubscore.probe.stratified import MIN_PER_CLASS
from hubscore.probe.targets import Labels


def rows_there(rows: Rows, labels: Labels | None) -> int | None:
    """Return how many rows can be drawn: those with a label, of classes that have two; none where nobody knows.

    Args:
        rows: the split; of a stream, or where just a part of it was looked at, there may be more.
        labels: of every row of the split, or none.
    """
    if rows.population != len(rows.numbers):
        return None
    if labels is None:
        return rows.population
    if labels.target != "classification":
        return int((~labels.missing).sum())
    return sum(size for size in class_rows(rows, labels).values() if size >= MIN_PER_CLASS)


def class_rows(rows: Rows, labels: Labels | None) -> dict[str, int]:
    """Return by class how many rows there are; empty where nobody knows, and where labels are no classes."""
    if labels is None or labels.target != "classification" or rows.population != len(rows.numbers):
        return {}
    sizes = np.bincount(labels.values[~labels.missing], minlength=len(labels.classes)).tolist()
    return dict(zip(labels.classes, sizes, strict=True))
