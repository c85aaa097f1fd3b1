"""How well a calibration does on data sets, and on families, that took no part in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.stats import pearsonr, weightedtau

from hubscore.calibration.fit import Groups, fit, predicted_angles
from hubscore.calibration.pairs import Pairs
from hubscore.calibration.predict import freedom, interval
from hubscore.calibration.scale import bounded, to_accuracy
from hubscore.numerics.workspace import Floats


@dataclass(frozen=True)
class Checks:
    """What held-out data sets, or families, say of a calibration; every number is a mean.

    Attributes:
        mean_absolute_error: of the expected accuracies, 0 to 1, over pairs.
        coverage: share of the true accuracies inside the 90 % intervals, over pairs.
        weighted_tau: of the order by expected accuracy, over data sets; none with fewer than three models.
        pearson: of the expected and the true accuracies, likewise.
        points_lost: accuracy that the first choice falls short of the best, 0 to 1, over data sets.
        by_target: the same numbers of every data set.
    """

    mean_absolute_error: float
    coverage: float
    weighted_tau: float | None
    pearson: float | None
    points_lost: float
    by_target: Mapping[str, Mapping[str, float | None]]

    def to_json(self) -> dict[str, float | None]:
        """Return the means."""
        names = ("mean_absolute_error", "coverage", "weighted_tau", "pearson", "points_lost")
        return {name: _rounded(getattr(self, name)) for name in names}


def check(pairs: Pairs, by: Groups = Pairs.by_target, *, weights: bool = False) -> Checks:
    """Leave every data set (or family) out once: fit coefficients and errors on the rest, and predict it.

    Args:
        pairs: ground truth.
        by: what is left out together: :meth:`Pairs.by_target` or :meth:`Pairs.by_family`.
        weights: as in :func:`~hubscore.calibration.fit.fit`.
    """
    angle, low, high = (np.empty(len(pairs)) for _ in range(3))
    for _, out in by(pairs):
        made = fit(pairs.at(~out), weights=weights)
        spread = np.full(len(pairs), np.hypot(made.sd_within, made.sd_between))
        for _, own in pairs.by_target():
            angle[own & out] = bounded(predicted_angles(made, pairs, own))[out[own]]
        low[out], high[out] = interval(angle[out], spread[out], freedom(made))
    return judge(pairs, angle, low, high)


def judge(pairs: Pairs, angle: Floats, low: Floats, high: Floats) -> Checks:
    """Compare predictions with the truth, data set by data set.

    Args:
        pairs: ground truth.
        angle: predicted, shape (pairs,).
        low: lower ends of the intervals of accuracies.
        high: upper ends.
    """
    expected, inside = to_accuracy(angle), (low <= pairs.truth) & (pairs.truth <= high)
    by_target = {
        name: {
            "mean_absolute_error": float(np.abs(expected - pairs.truth)[own].mean()),
            "coverage": float(inside[own].mean()),
            "weighted_tau": _order(weightedtau, angle[own], pairs.truth[own]),
            "pearson": _order(pearsonr, expected[own], pairs.truth[own]),
            "points_lost": float(pairs.truth[own].max() - pairs.truth[own][angle[own].argmax()]),
        }
        for name, own in pairs.by_target()
    }
    return Checks(
        mean_absolute_error=float(np.abs(expected - pairs.truth).mean()),
        coverage=float(inside.mean()),
        weighted_tau=_mean(by_target, "weighted_tau"),
        pearson=_mean(by_target, "pearson"),
        points_lost=_mean(by_target, "points_lost") or 0.0,
        by_target=by_target,
    )


def _order(measure: Callable[[Floats, Floats], Any], values: Floats, truth: Floats) -> float | None:
    if len(values) < 3 or np.ptp(values) == 0 or np.ptp(truth) == 0:
        return None
    return float(measure(values, truth).statistic)


def _mean(by_target: Mapping[str, Mapping[str, float | None]], name: str) -> float | None:
    known = [value for one in by_target.values() if (value := one[name]) is not None]
    return float(np.mean(known)) if known else None


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
