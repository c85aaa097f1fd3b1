"""How well predicted classes match the true ones, beyond the share of right ones."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from hubscore.errors import UsageError


def macro_f1(predicted: ArrayLike, labels: ArrayLike) -> float:
    r"""Return the mean F1 over classes, in which a rare class counts as much as a frequent one.

    .. math:: \frac{1}{C} \sum_c \frac{2 TP_c}{2 TP_c + FP_c + FN_c}

    over the classes that occur among labels or predictions, as scikit-learn's ``f1_score(average="macro")``.

    Args:
        predicted: classes, shape (n,), n at least 1.
        labels: true classes, shape (n,).

    Returns:
        0 to 1, higher is better.

    Raises:
        UsageError: there are no labels, or not one prediction for each.

    Example:
        >>> round(macro_f1([0, 0, 0, 1], [0, 0, 1, 1]), 4)
        0.7333
    """
    guessed, true = np.asarray(predicted), np.asarray(labels)
    if guessed.shape != true.shape or true.ndim != 1 or not len(true):
        what = f"Cannot compare predictions of shape {guessed.shape} with labels of shape {true.shape}"
        raise UsageError(what, "", "pass one prediction for each label, at least one")
    classes, places = np.unique(np.concatenate([guessed, true]), return_inverse=True)
    first, second = places[: len(true)], places[len(true) :]
    hits = np.bincount(second[first == second], minlength=len(classes))
    total = np.bincount(first, minlength=len(classes)) + np.bincount(second, minlength=len(classes))
    return float((2 * hits / total).mean())
