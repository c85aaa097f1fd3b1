"""Shares of a count, such as accuracies."""

from __future__ import annotations

from math import sqrt

from hubscore.errors import UsageError


def standard_error(accuracy: float, images: int) -> float:
    """Return how far an accuracy over this many test images strays by chance; differences below two or three of it are
    ties.

    Args:
        accuracy: between 0 and 1.
        images: how many test images stand behind it.

    Returns:
        The binomial standard error with two successes and two failures added, so that it is not 0 at an accuracy of 1.

    Raises:
        UsageError: no images, or an accuracy outside 0 to 1.

    Source:
        Agresti and Coull, The American Statistician 1998.

    Example:
        >>> round(standard_error(0.8, 300), 3)
        0.023
    """
    if images < 1 or not 0 <= accuracy <= 1:
        raise UsageError(
            f"There is no standard error of {accuracy:g} over {images} images", "", "pass an accuracy in 0..1"
        )
    share = (accuracy * images + 2) / (images + 4)
    return sqrt(share * (1 - share) / (images + 4))
