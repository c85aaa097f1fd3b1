"""The coefficients of a calibration, and the errors that its predictions of held-out data sets have."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from hubscore.calibration.pairs import Pairs
from hubscore.calibration.predict import formula, level_terms, own_terms
from hubscore.calibration.record import Fit
from hubscore.calibration.rows import GROWTH, rows_missing
from hubscore.numerics.workspace import Floats

PLAIN = np.array([0.0, 1.0, 0.0, 0.0])
"""What the level is drawn to: that fine-tuning reaches what the probe does, but for a constant."""
SHRINKAGES = (0.1, 1.0, 10.0, 100.0, 1000.0)
"""Strengths of that, tried by leaving data sets out. A few data sets cannot tell four coefficients."""
LEAST = 1e-9
"""Spread below which numbers are the same."""
DIGITS = 6
"""Of what is saved: more than the truth can tell, and the same on every machine."""
Groups = Callable[[Pairs], Iterator[tuple[str, NDArray[np.bool_]]]]


@dataclass(frozen=True)
class Errors:
    """Standard deviations of two errors, in radians.

    Attributes:
        between: shared by all models of a data set.
        within: of one model on one data set.
    """

    between: float
    within: float


def fit(pairs: Pairs, *, weights: bool = False) -> Fit:
    """Fit level and slopes, with the errors that they have on data sets that took no part in the fit.

    Args:
        pairs: ground truth on two data sets or more.
        weights: fit how much accuracy and log loss count for who is ahead, instead of the same for both.
    """
    made = coefficients(pairs, weights=weights)
    errors = errors_of(pairs.angle - held_out(pairs, weights=weights), pairs)
    return replace(made, sd_between=round(errors.between, DIGITS), sd_within=round(errors.within, DIGITS))


def coefficients(pairs: Pairs, *, weights: bool = False) -> Fit:
    """Fit level and slopes alone; both errors are 0."""
    shrinkage = choose_shrinkage(pairs)
    a, b, c, d = (round(float(value), DIGITS) for value in level(pairs, shrinkage))
    b_within, c_within = (round(float(value), DIGITS) for value in slopes(pairs, free=weights))
    return Fit(
        a=a,
        b=b,
        c=c,
        d=d,
        b_within=b_within,
        c_within=c_within,
        sd_between=0.0,
        sd_within=0.0,
        shrinkage=shrinkage,
        datasets=len(pairs.targets),
        models=len(np.unique(pairs.model)),
        rows=len(pairs),
    )


def level(pairs: Pairs, shrinkage: float) -> Floats:
    """Return a, b, c and d: ridge regression of the data sets' mean angles on their mean evidence, drawn to
    :data:`PLAIN`.

    Args:
        pairs: ground truth.
        shrinkage: of coefficients of evidence in units of its standard deviation over all pairs.
    """
    return _drawn(_means(pairs), shrinkage)


class _Means(NamedTuple):
    """Every data set's mean evidence and mean angle, and the standard deviation of evidence over all pairs."""

    columns: Floats
    angle: Floats
    scale: Floats

    def without(self, place: int) -> _Means:
        return _Means(np.delete(self.columns, place, axis=0), np.delete(self.angle, place), self.scale)


def _means(pairs: Pairs) -> _Means:
    columns = level_terms(pairs.accuracy, pairs.loss, pairs.classes)
    angle = pairs.angle - GROWTH * rows_missing(pairs.classes, pairs.samples)
    parts = [own for _, own in pairs.by_target()]
    scale = columns.std(axis=0)
    scale[scale < LEAST] = 1.0
    return _Means(
        np.array([columns[own].mean(axis=0) for own in parts]), np.array([angle[own].mean() for own in parts]), scale
    )


def _drawn(means: _Means, shrinkage: float) -> Floats:
    """Solve the ridge regression."""
    centre = means.columns.mean(axis=0)
    standard = ((means.columns - centre) / means.scale)[:, 1:]
    left = means.angle - means.columns @ PLAIN
    penalty = shrinkage * len(left) * np.eye(3)
    slope = np.linalg.solve(standard.T @ standard + penalty, standard.T @ (left - left.mean())) / means.scale[1:]
    return np.asarray(PLAIN + np.array([left.mean() - centre[1:] @ slope, *slope]))


def choose_shrinkage(pairs: Pairs) -> float:
    """Return the strength with which the levels of data sets left out are predicted best; the strongest of equals."""
    means = _means(pairs)
    if len(means.angle) < 3:
        return SHRINKAGES[-1]

    def missed(shrinkage: float) -> float:
        places = range(len(means.angle))
        predicted = [means.columns[place] @ _drawn(means.without(place), shrinkage) for place in places]
        return float(((means.angle - predicted) ** 2).sum())

    return min(reversed(SHRINKAGES), key=missed)


def slopes(pairs: Pairs, *, free: bool = False) -> Floats:
    """Return what differences of evidence between the models of one data set are worth, in radians.

    Both kinds of evidence count the same in units of their standard deviation within data sets, as in the order
    z(accuracy) + z(-log loss); only their common slope is fitted.

    Args:
        pairs: ground truth.
        free: fit both slopes; one that comes out negative is 0.
    """
    evidence = _centred(own_terms(pairs.accuracy, pairs.loss, pairs.classes), pairs)
    angle = _centred(pairs.angle[:, None], pairs)[:, 0]
    spread = np.maximum(evidence.std(axis=0), LEAST)
    if free:
        found = np.linalg.lstsq(evidence / spread, angle, rcond=None)[0]
        if (found >= 0).all():
            return np.asarray(found / spread)
        kept = (found >= 0).astype(float)
    else:
        kept = np.ones(2)
    both = (evidence / spread) @ kept
    return np.asarray(max(float(both @ angle), 0.0) / max(float(both @ both), LEAST) * kept / spread)


def _centred(columns: Floats, pairs: Pairs) -> Floats:
    """Take off each data set's mean."""
    columns = columns.copy()
    for _, own in pairs.by_target():
        columns[own] -= columns[own].mean(axis=0)
    return columns


def held_out(pairs: Pairs, by: Groups = Pairs.by_target, *, weights: bool = False) -> Floats:
    """Return every pair's angle as predicted by the fit of the other data sets, or of the other families.

    The angles are before they are bent into range.
    """
    angles = np.empty(len(pairs))
    for _, out in by(pairs):
        made = coefficients(pairs.at(~out), weights=weights)
        for _, own in pairs.by_target():
            angles[own & out] = predicted_angles(made, pairs, own)[out[own]]
    return angles


def predicted_angles(made: Fit, pairs: Pairs, own: NDArray[np.bool_]) -> Floats:
    """Return the angles of the models of one data set, as one pool."""
    classes, samples = int(pairs.classes[own][0]), round(float(pairs.samples[own].mean()))
    return formula(made, pairs.accuracy[own], pairs.loss[own], classes, samples)


def errors_of(residuals: Floats, pairs: Pairs) -> Errors:
    """Split residuals into the part that a data set's models share and a model's own.

    Args:
        residuals: truth minus prediction, in radians.
        pairs: whose.
    """
    own = [residuals[chosen] for _, chosen in pairs.by_target()]
    within = sum(((values - values.mean()) ** 2).sum() for values in own) / sum(len(values) - 1 for values in own)
    shared = np.mean([values.mean() ** 2 - within / len(values) for values in own])
    return Errors(float(np.sqrt(max(shared, 0.0))), float(np.sqrt(max(within, 1e-8))))
