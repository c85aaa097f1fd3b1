"""How far a pool lies outside what the ground truth covered, and how much wider its interval gets for that."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from hubscore.calibration.record import Fit, Range, Ranges, Widening
from hubscore.calibration.rows import rows_missing
from hubscore.numerics.workspace import Floats


@dataclass(frozen=True, eq=False)
class Errors:
    """Standard deviations of a prediction, shape (models,), in radians, and what must be said of them."""

    within: Floats
    between: Floats
    notes: tuple[str, ...]


def doublings_outside(value: float, covered: Range) -> float:
    """Return by how many doublings a value lies outside a range, 0 inside.

    Example:
        >>> doublings_outside(50, (200, 800)), doublings_outside(300, (200, 800)), doublings_outside(1600, (200, 800))
        (2.0, 0.0, 1.0)
    """
    low, high = covered
    return math.log2(low / value) if value < low else math.log2(value / high) if value > high else 0.0


@dataclass(frozen=True)
class Pool:
    """What the errors of a pool's predictions depend on.

    Attributes:
        count: of models.
        classes: of the probe.
        samples: rows of the probe.
        input_sizes: pixels per side of every model, none where not known.
        foreign: why the truth is of another kind than the pool, in words.
    """

    count: int
    classes: int
    samples: int
    input_sizes: Sequence[float | None] | None = None
    foreign: str | None = None


def errors_of(fit: Fit, ranges: Ranges, widening: Widening, pool: Pool) -> Errors:
    """Return the errors of a pool's predictions.

    The error that all models share grows with the correction for the probe's rows, and with every doubling of the
    classes and pixels beyond the ranges. A model's own error grows with its own pixels, where the pool has several
    sizes, and with the sampling error of a leave-one-out accuracy on fewer rows than the truth was compared with:
    in squares ``1 / 4 n - 1 / 4 n_probed``.

    Args:
        fit: with the errors inside the ranges.
        ranges: what is covered.
        widening: outside them.
        pool: of models, and the probe.
    """
    sizes = _doublings_of_sizes(pool, ranges.input_size)
    shared = float(sizes.min()) if pool.count else 0.0
    between = fit.sd_between**2 + (widening.input_size * shared) ** 2
    between += (widening.samples * float(rows_missing(pool.classes, pool.samples))) ** 2
    between += (widening.classes * doublings_outside(pool.classes, ranges.classes)) ** 2
    within = fit.sd_within**2 + (widening.input_size * (sizes - shared)) ** 2
    within += max(0.0, 0.25 / pool.samples - 0.25 / ranges.probed)
    factor = widening.modality if pool.foreign else 1.0
    return Errors(factor * np.sqrt(within), np.full(pool.count, factor * math.sqrt(between)), _notes(ranges, pool))


def _doublings_of_sizes(pool: Pool, covered: Range | None) -> Floats:
    if pool.input_sizes is None or covered is None:
        return np.zeros(pool.count)
    return np.array([doublings_outside(size, covered) if size else 0.0 for size in pool.input_sizes])


def _notes(ranges: Ranges, pool: Pool) -> tuple[str, ...]:
    notes = []
    if pool.foreign:
        notes.append(f"{pool.foreign}: the interval is wider")
    if doublings_outside(pool.samples, ranges.samples):
        notes.append(_outside(f"{pool.samples:,} rows", ranges.samples))
    if doublings_outside(pool.classes, ranges.classes):
        notes.append(_outside(f"{pool.classes:,} classes", ranges.classes))
    covered = ranges.input_size
    if covered is not None:
        beyond = sorted({size for size in pool.input_sizes or () if size and doublings_outside(size, covered)})
        if beyond:
            ends = dict.fromkeys((beyond[0], beyond[-1]))
            notes.append(_outside(f"{' to '.join(f'{size:g}' for size in ends)} pixels", covered))
    return tuple(notes)


def _outside(told: str, covered: Range) -> str:
    return f"{told}, outside {covered[0]:g} to {covered[1]:g}: the interval is wider"
