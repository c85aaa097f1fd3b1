"""How far an accuracy strays from one fine-tuning to the next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import fmean, median


@dataclass(frozen=True)
class ErrorsOf:
    """Standard errors of accuracies.

    Attributes:
        by_model: 0 or more.
        source: what they were taken from, in words.
        shared_images: whether they are of the draw of test images that all models share: then differences of two
            accuracies stray less than if they were independent.
    """

    by_model: Mapping[str, float]
    source: str
    shared_images: bool = False

    @property
    def typical(self) -> float:
        """The median over models."""
        return median(self.by_model.values())

    @property
    def tied_within(self) -> float:
        """Two accuracies closer than this, in the median, cannot be told apart."""
        return 2 * self.typical * (1 if self.shared_images else sqrt(2))


def pooled_deviation(runs: Mapping[str, Sequence[float]]) -> float | None:
    r"""Return the standard deviation of one run, pooled over models.

    .. math:: s^2 = \frac{\sum_m \sum_r (a_{mr} - \bar a_m)^2}{\sum_m (k_m - 1)}

    Args:
        runs: accuracies by model; models with one run say nothing.

    Returns:
        0 or more; none where no model has two runs.

    Example:
        >>> round(pooled_deviation({"a": [0.80, 0.84], "b": [0.50, 0.50], "c": [0.9]}), 3)
        0.02
    """
    several = [values for values in runs.values() if len(values) > 1]
    if not several:
        return None
    squares = sum((value - fmean(values)) ** 2 for values in several for value in values)
    return sqrt(squares / sum(len(values) - 1 for values in several))


def error_of_mean(errors: Sequence[float]) -> float:
    """Return the standard error of the mean of independent values with these standard errors.

    Example:
        >>> round(error_of_mean([0.03, 0.04]), 3)
        0.025
    """
    return sqrt(sum(error**2 for error in errors)) / len(errors)
