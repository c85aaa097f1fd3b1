"""From the evidence of a pool of models to their expected accuracies."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import compress

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hubscore.calibration.prediction import LEVEL, Prediction
from hubscore.calibration.record import Fit, Ranges, Widening
from hubscore.calibration.rows import ROWS, rows_missing
from hubscore.calibration.scale import bounded, to_accuracy, to_angle
from hubscore.calibration.widening import Pool, errors_of
from hubscore.errors import UsageError
from hubscore.numerics.workspace import Floats

Bools = NDArray[np.bool_]
ROW_FACTOR = 1.5
"""By how much more than the binomial law the angles vary, over the number of classes: with random features and labels,
they deviate by 1.5 to 1.76 times what it gives for the accuracy of two classes, and by 0.9 to 1.0 times for ten.
"""
MOST = 100.0
"""Degrees of freedom of errors that are known from many rows."""


def level_terms(accuracy: Floats, loss: Floats, classes: int | Floats) -> Floats:
    """Return what the level weighs: 1, arcsin sqrt(accuracy), 1 - loss / ln C and ln C, shape (models, 4)."""
    log = np.broadcast_to(np.log(np.asarray(classes, dtype=np.float64)), accuracy.shape)
    return np.stack([np.ones_like(accuracy), to_angle(accuracy), 1 - loss / log, log], axis=1)


def own_terms(accuracy: Floats, loss: Floats, classes: int | Floats) -> Floats:
    """Return what says who is ahead: accuracy and -sqrt(loss / ln C), shape (models, 2).

    Where all accuracies are near 1, the root of the loss still tells models apart, and as far as fine-tuning does.
    """
    return np.stack([accuracy, -np.sqrt(loss / np.log(np.asarray(classes, dtype=np.float64)))], axis=1)


def formula(fit: Fit, accuracy: Floats, loss: Floats, classes: int, samples: int = ROWS) -> Floats:
    """Return the angles that a fit predicts of a pool, before they are bent into range.

    The level comes from the pool's mean evidence, who is ahead of whom from each model's own: which of two models is
    ahead does not depend on the others. In a pool of one of 400 rows this is
    ``a + b x + c y + d ln C``.

    Args:
        fit: with the coefficients.
        accuracy: of the probes, shape (models,), at least one.
        loss: likewise.
        classes: of the probe.
        samples: rows of the probe.
    """
    level = _means(level_terms(accuracy, loss, classes)) @ np.array([fit.a, fit.b, fit.c, fit.d])
    terms = own_terms(accuracy, loss, classes)
    own = terms - _means(terms)
    return np.asarray(
        level + fit.e * rows_missing(classes, samples) + fit.b_within * own[:, 0] + fit.c_within * own[:, 1]
    )


def _means(columns: Floats) -> Floats:
    """Return the mean of each column, the same to the last bit whatever the order of the models."""
    return np.array([math.fsum(column) / len(column) for column in columns.T])


def predict(
    fits: tuple[Fit | None, Fit | None],
    ranges: Ranges,
    widening: Widening,
    accuracy: ArrayLike,
    loss: ArrayLike,
    *,
    classes: int,
    samples: int,
    input_sizes: Sequence[float | None] | None = None,
    layers: ArrayLike = False,
    foreign: str | None = None,
) -> Prediction:
    """Predict the accuracies of a pool.

    Args:
        fits: for evidence of features alone, and with layers; where there is none, the other serves, less surely.
        ranges: what the truth covered.
        widening: of the interval outside it.
        accuracy: and all that follows as in :meth:`hubscore.calibration.calibration.Calibration.predict`.
        loss: likewise.
        classes: likewise.
        samples: likewise.
        input_sizes: likewise.
        layers: likewise.
        foreign: why the truth is of another kind than the pool, in words.
    """
    accuracy, loss = np.atleast_1d(np.asarray(accuracy, float)), np.atleast_1d(np.asarray(loss, float))
    _check(accuracy, loss, classes, samples, input_sizes)
    deep = np.broadcast_to(np.asarray(layers, dtype=bool), accuracy.shape)
    angle, within, between, rows = (np.full(accuracy.shape, np.nan) for _ in range(4))
    df, notes = MOST, dict[str, None]()
    for place, chosen in enumerate((~deep, deep)):
        mine = chosen & np.isfinite(accuracy) & np.isfinite(loss)
        if not mine.any():
            continue
        fit, other = _fit_of(fits, place)
        angle[mine] = bounded(formula(fit, accuracy[mine], loss[mine], classes, samples))
        sizes = None if input_sizes is None else list(compress(input_sizes, mine))
        errors = errors_of(fit, ranges, widening, Pool(int(mine.sum()), classes, samples, sizes, foreign or other))
        within[mine], between[mine] = errors.within, errors.between
        rows[mine] = rows_error(fit, accuracy[mine], classes, samples)
        df, notes = min(df, freedom(fit)), notes | dict.fromkeys(errors.notes)
    low, high = interval(angle, np.hypot(within, between), df)
    return Prediction(angle, to_accuracy(angle), low, high, within, between, df, tuple(notes), rows)


def rows_error(fit: Fit, accuracy: Floats, classes: int, samples: int) -> Floats:
    """Return how far other rows of the data would move the angles of a pool against each other, shape (models,).

    The share of right answers varies as a binomial one; leaving one out, and the log loss that goes with it, widen
    that.

    Args:
        fit: with the coefficients.
        accuracy: of the probes, shape (models,).
        classes: of the probe.
        samples: rows of the probe.
    """
    share = (accuracy * samples + 1) / (samples + 2)
    binomial = np.sqrt(share * (1 - share) / samples)
    return np.asarray((1 + ROW_FACTOR / classes) * abs(fit.b_within) * binomial, dtype=np.float64)


def _fit_of(fits: tuple[Fit | None, Fit | None], place: int) -> tuple[Fit, str | None]:
    """Return the fit of a kind of evidence; or the other one, and that it is another."""
    own, other = fits[place], fits[1 - place]
    if own is not None:
        return own, None
    if other is None:
        raise ValueError("a calibration has at least one fit")
    words = ("features and layers", "features alone")
    return other, f"calibrated on evidence of {words[place]}, and asked with that of {words[1 - place]}"


def freedom(fit: Fit) -> float:
    """Return the degrees of freedom of a fit's interval: Satterthwaite's, where the shared error is known from the
    data sets less one, and a model's own from many rows.

    Example:
        >>> round(freedom(Fit(0, 1, 0, 0, 1, 0, sd_between=0.05, sd_within=0.0, datasets=13)), 3)
        12.0
    """
    shared, own = fit.sd_between**2, fit.sd_within**2
    return min(MOST, (shared + own) ** 2 / (shared**2 / max(fit.datasets - 1, 1) + own**2 / MOST))


def interval(angle: Floats, spread: Floats, df: float) -> tuple[Floats, Floats]:
    """Return the ends of the 90 % interval of accuracies, with Student's t.

    Args:
        angle: predicted.
        spread: standard deviation of both errors together, in radians.
        df: degrees of freedom.
    """
    from scipy.special import stdtrit

    half = float(stdtrit(df, (1 + LEVEL) / 2)) * spread
    return to_accuracy(angle - half), to_accuracy(angle + half)


def _check(
    accuracy: Floats, loss: Floats, classes: int, samples: int, input_sizes: Sequence[float | None] | None
) -> None:
    """Refuse what no probe gives.

    Raises:
        UsageError: naming it.
    """
    if accuracy.ndim != 1 or accuracy.shape != loss.shape:
        what = f"Cannot predict from {accuracy.shape} accuracies and {loss.shape} losses"
        raise UsageError(what, "", "pass one of each for every model, NaN where there is none")
    if input_sizes is not None and len(input_sizes) != len(accuracy):
        what = f"Cannot predict for {len(accuracy)} models with {len(input_sizes)} input sizes"
        raise UsageError(what, "", "pass one for every model, None where it is not known")
    if np.any((accuracy < 0) | (accuracy > 1)):
        raise UsageError("Cannot predict from an accuracy outside 0 to 1", "", "pass shares, not percent")
    if np.any((loss < 0) | np.isinf(loss)):
        raise UsageError("Cannot predict from a negative or infinite log loss", "", "pass kernel_probe_loss in nats")
    if not (classes >= 2 and samples >= 2 and math.isfinite(samples)):
        what = f"Cannot predict an accuracy for {classes} classes and {samples} rows"
        raise UsageError(what, "", "label rows of at least two classes")
