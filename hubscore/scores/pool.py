"""What scores that are defined over a set of networks share."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from hubscore.errors import Undefined
from hubscore.scores.workspace import Floats

ROUNDING = 1e-12


def min_max(title: str, terms: Sequence[Floats]) -> list[Floats]:
    """Stretch each term to 0..1 over the networks; a term on which all agree is 0 for all, since it prefers none.

    Args:
        title: of the score, for messages.
        terms: each of shape (networks,).

    Returns:
        The terms, each of shape (networks,).

    Raises:
        Undefined: fewer than two networks, or networks that agree on every term.

    Example:
        >>> [list(term.tolist()) for term in min_max("Score", [np.array([1.0, 3.0, 2.0]), np.array([7.0, 7.0, 7.0])])]
        [[0.0, 1.0, 0.5], [0.0, 0.0, 0.0]]
    """
    if len(terms[0]) < 2:
        raise Undefined(f"{title} is undefined", "it compares the networks of a set, and there is one", "rank two checkpoints or more")
    spans = [_span(term) for term in terms]
    if not any(spans):
        raise Undefined(
            f"{title} is undefined", "its terms are the same for every network of the set", "add samples, or another checkpoint"
        )
    return [(term - term.min()) / span if span else np.zeros_like(term) for term, span in zip(terms, spans, strict=True)]


def _span(term: Floats) -> float:
    span = float(np.ptp(term))
    return span if span > ROUNDING * np.abs(term).max() else 0.0  # else networks differ by rounding, as saturated probabilities do
