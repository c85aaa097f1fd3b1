"""What must be said of expected accuracies before anybody believes them; that their interval is wider is said with
what they are, above every table.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hubscore.errors import Advice
from hubscore.ranking.columns import Table
from hubscore.ranking.expected import Estimates
from hubscore.ranking.order import Order

FEW = 5
"""Samples of a class under which leaving one out says little."""
NAMED = 3


def warnings(
    estimates: Estimates,
    order: Order,
    labels: ArrayLike,
    looks: Sequence[Sequence[int] | None],
    class_rows: Sequence[int] = (),
) -> list[str]:
    """Return what a reader must know of the estimates of a pool.

    Args:
        estimates: of the pool.
        order: of its models.
        labels: classes of the probe, shape (n,).
        looks: of every model, for each row the first row with the same features; none where all rows differ.
        class_rows: of each class, how many rows the data have, where that is known.
    """
    return [
        *_without(estimates, len(order.table.models)),
        *_shallow(estimates),
        *_rare_classes(np.asarray(labels), class_rows),
        *_two_classes(np.asarray(labels), looks),
        *_separable(order.table),
        *_equal(order),
    ]


def _without(estimates: Estimates, models: int) -> Iterator[str]:
    """Name the models that come last for want of evidence."""
    if estimates.without:
        first = next(iter(estimates.without.values()))
        yield (
            f"{_named(tuple(estimates.without))}: no expected accuracy ({first}), so they stand last, by consensus;"
            f" P(best) and the shortlist are about the other {models - len(estimates.without)}"
        )


def _shallow(estimates: Estimates) -> Iterator[str]:
    if estimates.features_only:
        told = _named(estimates.features_only)
        yield f"{told}: expected from the features alone, the others from their layers too: the interval is wider"


def _rare_classes(labels: NDArray[np.generic], class_rows: Sequence[int]) -> Iterator[str]:
    """Say which classes leave-one-out knows too little of, and whether the data have more of them."""
    sizes = np.unique(labels, return_counts=True)[1]
    few, single = int((sizes < FEW).sum()), int((sizes == 1).sum())
    if few:
        there = np.asarray(class_rows) if len(class_rows) == len(sizes) else sizes + 1
        advice = Advice.SAMPLES.words if (there > sizes)[sizes < FEW].any() else "the data have no more rows of them"
        alone = f"; {single} {'has' if single == 1 else 'have'} one, which leave-one-out never sees" if single else ""
        yield (
            f"{few} of {len(sizes)} classes have fewer than {FEW} samples in the probe{alone}: expected accuracies"
            f" may be further off than their intervals say; {advice}"
        )


def _two_classes(labels: NDArray[np.generic], looks: Sequence[Sequence[int] | None]) -> Iterator[str]:
    """Say that rows which look the same to every model have different labels."""
    known = [one for one in looks if one is not None]
    if not known or len(known) < len(looks):  # to one model all rows differ
        return
    found: dict[tuple[int, ...], list[object]] = {}
    for look, label in zip(zip(*known, strict=True), labels.tolist(), strict=True):
        found.setdefault(look, []).append(label)
    rows = sum(len(mine) for mine in found.values() if len(set(mine)) > 1)
    if rows:
        yield (
            f"{rows} rows of the probe are copies of one another under different labels: no model can tell them apart,"
            " and expected accuracies are lower for it"
        )


def _separable(table: Table) -> Iterator[str]:
    """Say that accuracies of 1 leave the order to the log loss."""
    for name in ("kernel_probe", "layer_kernel_probe"):
        found = [values for column, values in zip(table.columns, table.values, strict=True) if column.name == name]
        full = int((found[0] == 1).sum()) if found else 0
        if full > 1:
            yield f"{name} is 1, the best possible, for {full} models: among them the log loss decides"


def _equal(order: Order) -> Iterator[str]:
    """Name models that nothing in the evidence tells apart."""
    if order.expected is None:
        return
    groups: dict[float, list[str]] = {}
    for i in order.foreseen:
        groups.setdefault(round(float(order.expected.angle[i]), 12), []).append(order.table.models[i])
    for models in groups.values():
        if len(models) > 1:
            yield f"{_named(models)} have equal expected accuracies: among them the consensus decides"


def _named(models: Sequence[str]) -> str:
    return ", ".join(models[:NAMED]) + (f" and {len(models) - NAMED} more" if len(models) > NAMED else "")
