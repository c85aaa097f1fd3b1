"""The formula's coefficients, and the errors that its predictions of held-out data sets have."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hubscore.calibration.pairs import Pairs
from hubscore.calibration.predict import design
from hubscore.calibration.record import Fit
from hubscore.numerics.workspace import Floats

ROUNDS = 50
"""Of fitting coefficients and errors in turn, at most; they settle after ten or so."""
SETTLED = 1e-7
"""Radians by which the errors change no more."""
DIGITS = 6
"""Of what is saved: more than the truth can tell, and the same on every machine."""
FEW = 5
"""Data sets below which the share of the number of classes cannot be told from the other differences between them."""
Groups = Callable[[Pairs], Iterator[tuple[str, NDArray[np.bool_]]]]


@dataclass(frozen=True, eq=False)
class Errors:
    """Standard deviations of two errors, in radians.

    Attributes:
        between: shared by all models of a data set.
        within: of one model on one data set.
    """

    between: float
    within: float


def coefficients(pairs: Pairs) -> Floats:
    """Return a, b, c and d by least squares with a random intercept for every data set.

    Differences within a data set are known better than those between data sets, so the mean of a data set is taken off
    by as much as its own error is known to be large (quasi-demeaning), and both errors are re-estimated until they
    settle. With fewer than five data sets, or one number of classes, d is 0.

    Source:
        Swamy and Arora (1972), "The exact finite sample properties of the estimators of coefficients in the error
        components regression models".
    """
    columns, angle = design(pairs.accuracy, pairs.loss, pairs.classes), pairs.angle
    used = [0, 1, 2, 3] if len(pairs.targets) >= FEW and len(np.unique(pairs.classes)) > 2 else [0, 1, 2]
    found, errors = np.zeros(4), Errors(0.0, 1.0)
    for _ in range(ROUNDS):
        left, right = _quasi_demeaned(columns[:, used], angle, pairs, errors)
        found[used] = np.linalg.lstsq(left, right, rcond=None)[0]
        before, errors = errors, errors_of(angle - columns @ found, pairs, spent=len(used) - 2)
        if abs(errors.between - before.between) + abs(errors.within - before.within) < SETTLED:
            break
    return found


def _quasi_demeaned(columns: Floats, angle: Floats, pairs: Pairs, errors: Errors) -> tuple[Floats, Floats]:
    """Take off each data set's mean as far as its own error reaches."""
    columns, angle = columns.copy(), angle.copy()
    for _, own in pairs.by_target():
        share = 1 - errors.within / np.sqrt(errors.within**2 + own.sum() * errors.between**2)
        columns[own] -= share * columns[own].mean(axis=0)
        angle[own] -= share * angle[own].mean()
    return columns, angle


def errors_of(residuals: Floats, pairs: Pairs, *, spent: int = 0) -> Errors:
    """Split residuals into the part that a data set's models share and a model's own.

    Args:
        residuals: truth minus prediction, in radians.
        pairs: whose.
        spent: how many coefficients the residuals' own differences within data sets were fitted with.
    """
    own = [residuals[chosen] for _, chosen in pairs.by_target()]
    free = max(sum(len(values) - 1 for values in own) - spent, 1)
    within = sum(((values - values.mean()) ** 2).sum() for values in own) / free
    shared = np.mean([values.mean() ** 2 - within / len(values) for values in own])
    return Errors(float(np.sqrt(max(shared, 0.0))), float(np.sqrt(max(within, 1e-8))))


def held_out(pairs: Pairs, by: Groups = Pairs.by_target) -> Floats:
    """Return every pair's angle as predicted by the fit of the other data sets, or of the other families.

    The angles are before they are bent into range.
    """
    columns, angles = design(pairs.accuracy, pairs.loss, pairs.classes), np.empty(len(pairs))
    for _, own in by(pairs):
        angles[own] = columns[own] @ coefficients(pairs.at(~own))
    return angles


def fit(pairs: Pairs) -> Fit:
    """Fit the formula, with the errors that it has on data sets that took no part in the fit."""
    a, b, c, d = (round(float(value), DIGITS) for value in coefficients(pairs))
    errors = errors_of(pairs.angle - held_out(pairs), pairs)
    return Fit(
        a=a,
        b=b,
        c=c,
        d=d,
        sd_between=round(errors.between, DIGITS),
        sd_within=round(errors.within, DIGITS),
        datasets=len(pairs.targets),
        models=len(np.unique(pairs.model)),
        rows=len(pairs),
    )
