"""What scores that are defined over a set of networks share."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from hubscore.errors import Advice, Undefined
from hubscore.numerics.workspace import Floats

ROUNDING = 1e-12


class Term(NamedTuple):
    """One part of a score over a set, before networks are compared."""

    name: str
    """In plain words, for messages."""
    values: Floats
    """Shape (networks,)."""
    top: float = math.inf
    """The most it can be, where networks that are too good for the samples meet."""


def min_max(title: str, terms: Sequence[Term]) -> list[Floats]:
    """Stretch each term to 0..1 over the networks.

    A term that is the same for every network is 0/0. To leave it out would give its weight to the others, and the score
    would be another one under the same name.

    Args:
        title: of the score, for messages.
        terms: all over the same networks.

    Returns:
        The terms, each of shape (networks,).

    Raises:
        Undefined: fewer than two networks, or a term that is the same for every network; the message names it.

    Example:
        >>> terms = Term("fit", np.array([1.0, 3.0, 2.0])), Term("size", np.array([7.0, 9.0, 7.0]))
        >>> [list(term.tolist()) for term in min_max("Score", terms)]
        [[0.0, 1.0, 0.5], [0.0, 1.0, 0.0]]
    """
    if len(terms[0].values) < 2:
        raise Undefined(
            f"{title} is undefined",
            "it compares the networks of a set, and there is one",
            "rank two checkpoints or more",
        )
    levels = [_level(term) for term in terms if not _differs(term.values)]
    if levels:
        raise Undefined(
            f"{title} is undefined",
            f"{' and '.join(levels)} for every network of the set",
            advice=(Advice.REDUCE, Advice.SAMPLES),
        )
    return [(term.values - term.values.min()) / np.ptp(term.values) for term in terms]


def _differs(values: Floats) -> bool:
    return bool(
        np.ptp(values) > ROUNDING * np.abs(values).max()
    )  # else networks differ by rounding, as saturated probabilities do


def _level(term: Term) -> str:
    value = float(term.values.max())
    return f"{term.name} is {f'saturated at {term.top:g}' if value >= term.top else f'the same ({value:.6g})'}"
