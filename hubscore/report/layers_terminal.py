"""The curve over layers on a terminal, and what must be said with it."""

from __future__ import annotations

import sys

from rich.table import Table
from rich.text import Text

from hubscore.layers.result import CAUTION, LayerSelection
from hubscore.text import DASH, clean, count, number

BAR = 16


def curve_table(found: LayerSelection, width: int) -> Table:
    """Return one line per layer with its scores and a bar for the mean percentile; scores that do not fit are left
    out.
    """
    block = "█" if (getattr(sys.stdout, "encoding", None) or "utf-8").lower().startswith("utf") else "#"
    shown = shown_scores(found, width)
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    table.add_column("LAYER", no_wrap=True, style="bold")
    table.add_column("PARAMS", justify="right")
    for name in shown:
        table.add_column(Text(clean(name)), justify="right", no_wrap=True)
    table.add_column("MEAN PERCENTILE", no_wrap=True)
    for layer in found.layers:
        mean = layer.percentile
        bar = Text(DASH) if mean is None else Text(block * max(1, round(BAR * mean)) + f" {mean:.2f}")
        if layer.name == found.recommended:
            bar.append("  recommended", style="bold")
            bar.stylize("green")
        table.add_row(
            Text(clean(layer.name)), count(layer.parameters), *(number(layer.scores.get(name)) for name in shown), bar
        )
    return table


def shown_scores(found: LayerSelection, width: int) -> list[str]:
    """Return the scores for which there is room beside names and bars."""
    room = width - max((len(clean(layer.name)) for layer in found.layers), default=5) - len("PARAMS") - BAR - 24
    shown = []
    for name in found.directions:
        room -= max(len(name), 8) + 2
        if room >= 0:
            shown.append(name)
    return shown


def layer_lines(found: LayerSelection, width: int | None = None) -> list[str]:
    """Return what goes below the curve: remarks, what is recommended and why, what to freeze; without a width, for
    any form of output.
    """
    lines = []
    hidden = [name for name in found.directions if width is not None and name not in shown_scores(found, width)]
    if hidden:
        lines.append(
            f"{len(hidden)} more scores do not fit here ({', '.join(hidden)}): --format json, or --out layers.html"
        )
    lower = [name for name, direction in found.directions.items() if direction == "lower"]
    if lower:
        lines.append(f"Of {', '.join(lower)} lower is better")
    lines += found.notes
    if found.best is None:
        return lines
    lines.append(f"Transfer up to {found.best.name}: {found.rule}.")
    lines.append(f"{CAUTION}.")
    lines.append("To freeze it and all before it (keep BatchNorm and dropout there in evaluation mode as well):")
    return [*lines, *(f"    {line}" for line in found.snippet.splitlines())]
