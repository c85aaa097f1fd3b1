"""Which number orders the models where nobody says: what the evidence speaks for."""

from __future__ import annotations

from hubscore.errors import UsageError

ORDERS = ("merged", "history", "regression", "trans", "meta")
"""What may order the models: Fennec's merged score, the plain mean of past standings, a ridge regression, or one
part of the merge.
"""
PLACED = ("merged", "regression", "trans")
"""The orders that depend on where a proxy places the data set."""
CALLED = {
    "merged": "Fennec's merged score",
    "history": "the plain mean of past standings",
    "regression": "ridge regression on places and meta features",
    "trans": "TRANS alone",
    "meta": "META alone",
}


def choose_order(by: str | None) -> tuple[str, str]:
    """Return what orders the models, and that it does, in a sentence.

    The plain mean of past standings is the default, with a proxy and without: where one fine-tuning of the zoo spoke
    for Fennec's merged score, a second spoke for the mean (docs/recommend.md).

    Args:
        by: one of :data:`ORDERS`; the mean where none.

    Raises:
        UsageError: there is no such order.
    """
    if by is not None:
        check_order(by)
        return by, f"Ordered by {CALLED[by]}, as asked for"
    return "history", f"Ordered by {CALLED['history']}, the default: nothing beat it everywhere"


def check_order(by: str | None) -> None:
    """Refuse an order that there is not.

    Raises:
        UsageError: it is so.
    """
    if by is not None and by not in ORDERS:
        raise UsageError(f"Models cannot be ordered by '{by}'", f"there are {', '.join(ORDERS)}", "--by history")
