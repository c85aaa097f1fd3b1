"""The second stage of a ranking: its first models in the order that a short, real fine-tuning gives them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from hubscore.calibration.scale import bounded, to_accuracy, to_angle
from hubscore.numerics.workspace import Floats
from hubscore.ranking.reordered import judge_reordered
from hubscore.types import Measured, Ranking, Row

COMBINED = (
    "They are ordered by their combined accuracy: on the scale arcsin sqrt, expected and measured accuracies are"
    " weighted by the inverse of their squared errors, after what the measured ones lie below or above the expected"
    " ones on average is taken off, since a short fine-tuning reaches less than a full one. Combined accuracies are"
    " estimates of what full fine-tuning reaches; measured ones are measurements."
)


RECIPE_ERROR = 0.05
"""By how much, in radians, a short fine-tuning strays from a full one beyond the level that all models share: estimated
from 222 pairs on nine data sets, sampling errors taken off, by ``benchmarks/finetune_top.py``.
"""


def measurement_error(images: int) -> float:
    """Return the error of a short measurement, taken for one of full fine-tuning, in radians of arcsin sqrt(accuracy).

    ``sqrt(1 / 4n + r²)``: the draw of n images, and r, :data:`RECIPE_ERROR`, for the short recipe.

    Example:
        >>> round(measurement_error(100), 4)
        0.0707
    """
    return math.hypot(1 / (2 * math.sqrt(images)), RECIPE_ERROR)


def combine(
    expected: Sequence[float | None], errors: Sequence[float | None], measured: Sequence[Measured]
) -> tuple[Floats, Floats]:
    """Combine what was expected of some models with what a short fine-tuning measured of them.

    On the scale x = arcsin sqrt(accuracy), where the draw of n images has the error 1 / (2 sqrt n) everywhere, ``x =
    x_expected + w (x_measured - d - x_expected)`` with ``w = e² / (e² + s²)``: e is the error of the expectation, s
    that of the measurement, :func:`measurement_error`.
    The offset d is the mean of measured minus expected: how much less (or more) the short recipe reaches than the full
    one, and how wrong the expectations are in common. It is the same for all and cancels in their order, as long as
    their weights are the same; taken off, a combined value is comparable with the expected ones of the other models.

    Args:
        expected: accuracies after full fine-tuning, 0 to 1; none where none can be predicted.
        errors: of each expectation, relative to the other models, in radians; none likewise.
        measured: by the short fine-tuning.

    Returns:
        Angles x and their standard deviations against models that were not measured, ``sqrt(w s² + w e² / k)`` for k
        models: of a single one the offset takes all that was measured, and e is left. Shape (models,). A model without
        an expectation has its measurement alone; where no model has one, nothing is taken off.

    Source: inverse-variance weighting; Anscombe's variance-stabilising transform of a proportion.

    Example:
        >>> one, two = (Measured(accuracy=a, images=100, epochs=2, seconds=1.0, train_images=300) for a in (0.5, 0.7))
        >>> angles, errors = combine([0.8, 0.8], [0.05, 0.05], [one, two])
        >>> to_accuracy(angles).round(3).tolist(), errors.round(4).tolist()
        ([0.772, 0.827], [0.0456, 0.0456])
    """
    noise = np.array([measurement_error(one.images) for one in measured])
    found = to_angle([one.accuracy for one in measured])
    pairs = [
        (math.nan, math.nan) if value is None or error is None else (value, error)
        for value, error in zip(expected, errors, strict=True)
    ]
    values, spread = (np.array(column) for column in zip(*pairs, strict=True))
    known = ~np.isnan(values)
    offset = float((found - to_angle(values))[known].mean()) if known.any() else 0.0
    prior = np.where(known, to_angle(values), found - offset)
    weight = np.where(known, spread**2 / (spread**2 + noise**2), 1.0)
    unsure = float((weight * spread**2)[known].sum()) / max(int(known.sum()), 1) ** 2
    return prior + weight * (found - offset - prior), np.sqrt(weight * noise**2 + unsure)


def first_models(ranking: Ranking, top: int) -> tuple[Row, ...]:
    """Return the rows to fine-tune: the shortlist first, then the next ones of the order."""
    return tuple(sorted(ranking.rows, key=lambda row: not row.shortlist)[:top])


def apply_measurements(ranking: Ranking, chosen: Sequence[Row], measured: Mapping[str, Measured]) -> Ranking:
    """Return the ranking with its first models in the order of their combined accuracies.

    Where rows have expected accuracies, worlds are drawn anew, from the combined values and their smaller errors: ties,
    rank intervals, P(best) and the shortlist follow from them.

    Args:
        ranking: as the scores gave it.
        chosen: from :func:`first_models`; those that could not be fine-tuned come behind those that could.
        measured: by model.

    Returns:
        The measured models first, best first, then the other chosen ones, then the rest, as they were. A model whose
        card declares the data set as training data does not come first: it may have been trained on what was measured.
    """
    rows = [row for row in chosen if row.model in measured]
    if not rows:
        return ranking
    angles, errors = combine(
        [row.expected for row in rows], [row.expected_sd for row in rows], [measured[row.model] for row in rows]
    )
    values = to_accuracy(bounded(angles)).tolist()  # no two of them tied at 1
    known = {row.model: (float(x), float(e)) for row, x, e in zip(rows, angles, errors, strict=True)}
    made = [replace(row, measured=measured[row.model], combined=value) for row, value in zip(rows, values, strict=True)]
    made.sort(key=lambda row: -known[row.model][0])
    first = next((row for row in made if not row.declares_this_data), made[0])
    named = {row.model for row in chosen}
    behind = [row for row in chosen if row.model not in measured]
    rest = [row for row in ranking.rows if row.model not in named]
    ordered = [first, *(row for row in made if row is not first), *behind, *rest]
    return replace(ranking, rows=judge_reordered(ordered, known, ranking.record.seeds.get("ranking", 0)))
