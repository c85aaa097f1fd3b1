"""The measures of a transfer table as one picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hubscore.bench.transfer_measures import Line, Measured
from hubscore.report.map_pictures import COLOURS, FAINT, INK, STYLE
from hubscore.report.transfer_tables import VARIES
from hubscore.text import amount, clean

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

ROW = 0.22
"""Inches of height for a score."""
SHADES = {
    "combined accuracy": COLOURS[2],
    "expected accuracy": COLOURS[2],
    "consensus": COLOURS[0],
    "score": COLOURS[0],
    "baseline": FAINT,
    "ceiling": COLOURS[1],
}


def draw_measures(made: Measured) -> Figure:
    """Draw mean PC and weighted tau of every order, its groups as small dots and the deviation over probes as a bar."""
    import matplotlib
    from matplotlib.figure import Figure

    lines = made.lines[::-1]
    with matplotlib.rc_context(STYLE):
        figure = Figure(figsize=(9.0, ROW * len(lines) + 1.4), layout="constrained")
        left, right = figure.subplots(1, 2, sharey=True)
        _dots(left, lines, "pearson", "mean PC")
        _dots(right, lines, "weighted_tau", "mean weighted tau")
        left.set_yticks(range(len(lines)), [clean(line.name) for line in lines], fontsize=8)
        left.set_ylim(-0.7, len(lines) - 0.3)
        counts = (
            amount(len(made.groups), "group", "groups"),
            amount(sum(made.transfers.values()), "transfer", "transfers"),
            amount(made.probes, "probe", "probes"),
        )
        title = f"Orders against real fine-tuning, varying {VARIES[made.vary]}: {', '.join(counts)}"
        figure.suptitle(title, x=0.01, ha="left", fontsize=10, color=INK)
    return figure


def _dots(axes: Axes, lines: tuple[Line, ...], measure: str, title: str) -> None:
    for place, line in enumerate(lines):
        spread, colour = line.mean[measure], SHADES[line.kind]
        each = [found[measure].mean for found in line.by_group.values()]
        known = [value for value in each if value is not None]
        axes.scatter(known, [place] * len(known), s=7, color=colour, alpha=0.3, linewidths=0)
        if spread.mean is not None:
            axes.errorbar(spread.mean, place, xerr=spread.deviation or None, color=colour, fmt="o", markersize=4.5)
    axes.axvline(0, color="#d0d4da", linewidth=0.8, zorder=0)
    axes.set_title(title, loc="left", fontsize=8.5, color=INK, pad=3)
    axes.set_xlim(-1.03, 1.03)
    axes.tick_params(colors="#4a515c", labelsize=8)
    axes.spines[:].set_color("#d0d4da")
    axes.grid(axis="y", color="#eef0f3", linewidth=0.6)
