"""The curve over layers as a picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from hubscore.layers.result import LayerSelection
from hubscore.modalities.registry import items_of
from hubscore.report.map_pictures import COLOURS, FAINT, INK, STYLE
from hubscore.text import clean

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

ROW = 1.5
"""Inches of height for a score."""


def draw_layers(found: LayerSelection) -> Figure:
    """Draw every score over the layers, one above the other, each on its own scale, the recommended layer marked in
    all.
    """
    import matplotlib
    from matplotlib.figure import Figure

    names = [name for name in found.directions if any(name in layer.scores for layer in found.layers)]
    with matplotlib.rc_context(STYLE):
        figure = Figure(
            figsize=(max(6.0, 0.42 * len(found.layers) + 2.2), ROW * (len(names) + 1) + 1.3), layout="constrained"
        )
        rows = figure.subplots(len(names) + 1, 1, sharex=True, squeeze=False)[:, 0]
        for place, (name, axes) in enumerate(zip(names, rows, strict=False)):
            turned = " (lower is better)" if found.directions[name] == "lower" else ""
            _line(axes, found, found.curve(name), f"{clean(name)}{turned}", COLOURS[place % len(COLOURS)])
        _line(rows[-1], found, [layer.percentile for layer in found.layers], "mean percentile", INK)
        rows[-1].set_ylim(-0.03, 1.03)
        labels = [clean(layer.name) for layer in found.layers]
        rows[-1].set_xticks(np.arange(len(labels)), labels, rotation=45, ha="right", fontsize=8)
        figure.suptitle(_title(found), x=0.01, ha="left", fontsize=10, color=INK)
    return figure


def _line(axes: Axes, found: LayerSelection, values: list[float | None], title: str, colour: str) -> None:
    heights = np.array([np.nan if value is None else value for value in values])
    axes.plot(np.arange(len(heights)), heights, color=colour, marker="o", markersize=4, linewidth=1.4)
    for place, layer in enumerate(found.layers):
        if layer.name == found.recommended:
            axes.axvline(place, color=FAINT, linewidth=1.0, linestyle=(0, (3, 3)), zorder=0)
    axes.set_title(title, loc="left", fontsize=8.5, color=colour, pad=3)
    axes.tick_params(colors="#4a515c", labelsize=8)
    axes.spines[:].set_color("#d0d4da")
    axes.margins(x=0.03, y=0.15)


def _title(found: LayerSelection) -> str:
    where = f"{found.record['images']} {items_of(found.record.get('modality'))} of {data_name(found)}"
    best = f"recommended: {found.recommended} (an estimate)" if found.recommended else "no layer is recommended"
    return f"{clean(model_name(found))} on {clean(where)}\n{clean(best)}"


def data_name(found: LayerSelection) -> str:
    """Return the data set's id, or the last part of its folder."""
    return short(str(found.record["dataset"]))


def model_name(found: LayerSelection) -> str:
    """Return the network's id, or the last part of its folder."""
    return short(found.model)


def short(name: str) -> str:
    """Return an id as it is, and of a folder the last part."""
    return name.rstrip("/").rpartition("/")[2] if name.startswith(("/", "~", ".")) else name
