"""A ranking on axes of matplotlib: the estimate that orders the models, with its interval or against their size."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from hubscore.errors import UsageError
from hubscore.text import clean, count
from hubscore.types import Ranking, Row

if TYPE_CHECKING:
    from matplotlib.axes import Axes

KINDS = ("estimate", "size")
FIRST, OTHER = "#2563eb", "#8a919c"
"""Of the shortlist, and of the others."""


class _Dot(NamedTuple):
    row: Row
    value: float
    low: float
    high: float


def draw_ranking(ranking: Ranking, kind: str = "estimate", ax: Axes | None = None) -> Axes:
    """Draw the estimate that orders the models; see :meth:`hubscore.Ranking.plot`.

    Raises:
        UsageError: another kind, or no model has an estimate or, for ``"size"``, a size.
    """
    if kind not in KINDS:
        raise UsageError(f"There is no plot {kind!r}", f"there are {' and '.join(KINDS)}", 'ranking.plot("estimate")')
    dots, title = _dots(ranking)
    if kind == "size":
        dots = [dot for dot in dots if dot.row.parameters]
    if not dots:
        why = "no model has an estimate" if kind == "estimate" else "no model has an estimate and a known size"
        raise UsageError("There is nothing to draw", why, "ranking.to_pandas()")
    if ax is None:
        import matplotlib.pyplot as plt

        height = max(2.0, 0.3 * len(dots) + 1.0) if kind == "estimate" else 4.2
        _, ax = plt.subplots(figsize=(7.0, height), layout="constrained")
    if kind == "estimate":
        _with_intervals(ax, dots, title)
    else:
        _against_size(ax, dots, title)
    ax.spines[["top", "right"]].set_visible(False)
    return ax


def _dots(ranking: Ranking) -> tuple[list[_Dot], str]:
    """Return the estimates, best first, and what they are."""
    if any(row.expected is not None for row in ranking.rows):
        found = [(row, row.expected, row.expected_ci) for row in ranking.rows]
        title = "expected accuracy (an estimate)"
    else:
        found = [(row, row.consensus, row.consensus_ci) for row in ranking.rows]
        title = "consensus of the scores (an estimate)"
    return [_Dot(row, value, *(bounds or (value, value))) for row, value, bounds in found if value is not None], title


def _colours(dots: list[_Dot]) -> list[str]:
    return [FIRST if dot.row.shortlist or dot.row.tie_group == dots[0].row.tie_group else OTHER for dot in dots]


def _with_intervals(ax: Axes, dots: list[_Dot], title: str) -> None:
    places = range(len(dots))
    for place, dot, colour in zip(places, dots, _colours(dots), strict=True):
        ax.plot([dot.low, dot.high], [place, place], color=colour, linewidth=2, alpha=0.45, solid_capstyle="round")
    ax.scatter([dot.value for dot in dots], list(places), c=_colours(dots), s=28, zorder=3)
    ax.set_yticks(list(places), [clean(dot.row.model) for dot in dots], fontsize=8)
    ax.set_ylim(len(dots) - 0.5, -0.5)
    ax.set_xlabel(title)


def _against_size(ax: Axes, dots: list[_Dot], title: str) -> None:
    sizes = [float(dot.row.parameters or 0) for dot in dots]
    ax.set_xscale("log")
    for size, dot, colour in zip(sizes, dots, _colours(dots), strict=True):
        ax.plot([size, size], [dot.low, dot.high], color=colour, linewidth=1.2, alpha=0.3)
        if colour == FIRST:
            name = clean(dot.row.model).rpartition("/")[2]
            ax.annotate(name, (size, dot.value), xytext=(5, 4), textcoords="offset points", fontsize=7.5)
    ax.scatter(sizes, [dot.value for dot in dots], c=_colours(dots), s=28, zorder=3)
    ax.xaxis.set_major_formatter(lambda value, _: count(int(value)))
    ax.margins(x=0.15)
    ax.set_xlabel("parameters")
    ax.set_ylabel(title)
