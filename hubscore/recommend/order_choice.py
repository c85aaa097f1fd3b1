"""Which number orders the models where nobody says: what the evidence speaks for."""

from __future__ import annotations

from hubscore.errors import UsageError
from hubscore.recommend.fitted import Fitted
from hubscore.recommend.history import Kind

ORDERS = ("merged", "history", "regression", "trans", "meta")
"""What may order the models: Fennec's merged score, the plain mean of past standings, a ridge regression, or one
part of the merge.
"""
CALLED = {
    "merged": "Fennec's merged score",
    "history": "the plain mean of past standings",
    "regression": "ridge regression on places and meta features",
    "trans": "TRANS alone",
    "meta": "META alone",
}


def choose_order(by: str | None, fitted: Fitted, *, placed: bool) -> tuple[str, str]:
    """Return what orders the models, and that it does, in a sentence.

    Nothing beat the plain mean of past standings everywhere (docs/recommend.md). Fennec's merged score did as well or
    better where a proxy placed the data set, the history holds measured accuracies and META knows architectures by
    their vectors: there it is the default, and the mean everywhere else.

    Args:
        by: one of :data:`ORDERS`; chosen where none.
        fitted: the history without the data set.
        placed: whether a proxy placed the data set in the transfer space.

    Raises:
        UsageError: there is no such order.
    """
    if by is not None:
        check_order(by)
        return by, f"Ordered by {CALLED[by]}, as asked for"
    lacking = _lacking(fitted, placed=placed)
    if lacking:
        return "history", f"Ordered by {CALLED['history']}, the default {lacking}: nothing beat it everywhere"
    why = "a proxy placed the data set, and the history has measured accuracies and architecture vectors"
    return "merged", f"Ordered by {CALLED['merged']}: {why}"


def check_order(by: str | None) -> None:
    """Refuse an order that there is not.

    Raises:
        UsageError: it is so.
    """
    if by is not None and by not in ORDERS:
        raise UsageError(f"Models cannot be ordered by '{by}'", f"there are {', '.join(ORDERS)}", "--by history")


def _lacking(fitted: Fitted, *, placed: bool) -> str:
    """Return what the merged score lacks, in words; empty where it has all."""
    if not placed:
        return "without a proxy that looked at the data set"
    if (fitted.history.kinds == Kind.ESTIMATED).any():
        return "in histories of estimates"
    return "" if fitted.features.centres is not None else "without architecture vectors of half the models"
