"""What came of ordering checkpoints by a score that were then really fine-tuned: the table of docs/truth.md."""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_name("measured.json")
"""Made by ``benchmarks/truth.py``, never by hand."""
COMPARED = ("size", "consensus")
"""The orders that a score is compared with; one that does worse than the first misleads."""


@dataclass(frozen=True)
class Measured:
    """How well a column ordered checkpoints, in the mean over data sets.

    Attributes:
        weighted_tau: with the accuracies after fine-tuning; none where it is defined on no data set.
        interval: 95 % of it, over the draw of data sets.
        pearson: linear correlation with the accuracies.
        points_lost: accuracy in points that its first choice falls short of the best; none where it lacks checkpoints.
        share: of the checkpoints that have a value, 0 to 1.
    """

    weighted_tau: float | None
    interval: tuple[float | None, float | None]
    pearson: float | None
    points_lost: float | None
    share: float = 1.0


def measured(name: str) -> Measured | None:
    """Return what was measured of a score, baseline or the consensus; none of one that was not there.

    Example:
        >>> found = measured("consensus")
        >>> found is not None and found.share
        1.0
    """
    found = _table()["orders"].get(name)
    if found is None:
        return None
    low, high = found["interval"]
    return Measured(found["weighted_tau"], (low, high), found["pearson"], found["points_lost"], found["share"])


def misleads(name: str) -> bool:
    """Whether the order by a score did worse than the order by size, so that nobody should sort by it there."""
    found, size = measured(name), measured(COMPARED[0])
    known = found is not None and size is not None
    return known and _least(found) < _least(size)


def sentence(name: str) -> str | None:
    """Say in words what was measured of a score; none of one that was not there.

    Example:
        >>> print(sentence("pactran_gauss"))  # doctest: +ELLIPSIS
        On ... data sets, up to ... checkpoints that were really fine-tuned on each (docs/truth.md): weighted tau ...
    """
    found = measured(name)
    if found is None or found.weighted_tau is None:
        return None
    table = _table()
    where = (
        f"On {table['datasets']} data sets, up to {table['models']} checkpoints that were really fine-tuned on each"
        " (docs/truth.md)"
    )
    share = "" if found.share > 0.995 else f", over the {found.share:.0%} that have it"
    others = "; ".join(f"{_called(other)} {_values(one)}" for other in COMPARED if (one := measured(other)))
    verdict = " Do not sort by it on data like these: the order by size did better." if misleads(name) else ""
    return f"{where}{share}: {_values(found, interval=True)}. For comparison: {others}.{verdict}"


def _values(found: Measured, *, interval: bool = False) -> str:
    low, high = found.interval
    bounds = f" [{low:.2f}, {high:.2f}]" if interval and low is not None and high is not None else ""
    lost = "" if found.points_lost is None else f", first choice loses {found.points_lost:.1f} points"
    pearson = "" if found.pearson is None else f", Pearson {found.pearson:.2f}"
    return f"weighted tau {found.weighted_tau or 0.0:.2f}{bounds}{pearson}{lost}"


def _called(name: str) -> str:
    return "the order by size" if name == "size" else f"the {name}"


def _least(found: Measured | None) -> float:
    return -1.0 if found is None or found.weighted_tau is None else found.weighted_tau


@functools.cache
def _table() -> Mapping[str, Any]:
    table: Mapping[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
    return table
