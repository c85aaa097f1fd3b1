"""Pictures of a model map: tree, heat map, plane, and attribution maps side by side."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from hubscore.errors import UsageError
from hubscore.modalities.registry import items_of
from hubscore.modelmap.model_map import ModelMap
from hubscore.modelmap.structure import Distances, Tree, distances, plane, short_names, tree
from hubscore.report.label_placement import place_labels
from hubscore.text import clean

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Picture = Literal["heat", "tree", "plane", "maps"]
PICTURES = ("heat", "tree", "plane", "maps")
STYLE: dict[Any, Any] = {
    "font.family": "sans-serif",
    "font.size": 9.0,
    "svg.fonttype": "none",
    "svg.hashsalt": "hubscore",
    "text.parse_math": False,  # a model may be called a$b
    "axes.spines.top": False,
    "axes.spines.right": False,
}
INK, FAINT = "#1b1f27", "#8a8f98"
COLOURS = ("#1f77b4", "#d95f02", "#2ca02c", "#9467bd", "#c2185b", "#7f6000", "#17828c", "#5c6bc0", "#b71c1c", "#558b2f")
LINE = 0.24
"""Inches a line of text needs."""


def draw(
    model_map: ModelMap, kind: Picture = "heat", *, models: Sequence[str] = (), images: Sequence[int] = ()
) -> Figure:
    """Draw a map.

    Args:
        model_map: with at least two networks that can be compared.
        kind: ``heat`` (with the tree beside it), ``tree``, ``plane`` or ``maps``.
        models: for ``maps``, whose; all by default, at most 12.
        images: for ``maps``, which of the probe's images, counted from 0; the first 8 by default.

    Returns:
        The picture, unsaved.

    Raises:
        Undefined: no two networks can be compared.
        UsageError: an unknown kind, network or image, or a map without maps.
    """
    import matplotlib

    if kind not in PICTURES:
        raise UsageError(f"There is no picture '{kind}'", f"there are {', '.join(PICTURES)}", "--picture heat")
    with matplotlib.rc_context(STYLE):
        if kind == "maps":
            return _maps(model_map, models, images)
        found = distances(model_map)
        return {"heat": _heat, "tree": _tree, "plane": _plane}[kind](model_map, found)


def encoded(figure: Figure, ending: str) -> bytes:
    """Return a picture as the bytes of a PNG or SVG file; the same map gives the same bytes."""
    import matplotlib

    buffer = io.BytesIO()
    with matplotlib.rc_context(STYLE):
        metadata = {"Date": None} if ending == "svg" else {"Software": None}
        figure.savefig(buffer, format=ending, dpi=110, facecolor="white", metadata=metadata)
    return buffer.getvalue()


def _figure(width: float, height: float) -> Figure:
    from matplotlib.figure import Figure

    return Figure(figsize=(width, height), layout="constrained")


def _title(model_map: ModelMap) -> str:
    seen = f"{model_map.probe.get('images')} {items_of(model_map.probe.get('modality'))}"
    return clean(f"{len(model_map)} models on {seen} of {data_name(model_map)}, by {model_map.method.words}")


def data_name(model_map: ModelMap) -> str:
    """Return the data set's id, or the last part of its folder."""
    dataset = str(model_map.probe["dataset"])
    return dataset.rstrip("/").rpartition("/")[2] if dataset.startswith(("/", "~", ".")) else dataset


def family_colours(model_map: ModelMap) -> dict[str, str]:
    """Return a colour for each architecture family, the largest families first; beyond ten they share grey."""
    families = [str(facts.get("family") or "other") for facts in model_map.models.values()]
    known = sorted(set(families), key=lambda family: (-families.count(family), family))
    return {family: COLOURS[place] if place < len(COLOURS) else FAINT for place, family in enumerate(known)}


def _colour(model_map: ModelMap, name: str, colours: dict[str, str]) -> str:
    return colours[str(model_map.models[name].get("family") or "other")]


def _tree(model_map: ModelMap, found: Distances) -> Figure:
    made, labels = tree(found), [clean(name) for name in short_names(found.names)]
    figure = _figure(9, max(2.6, LINE * len(labels) + 1.1))
    axes = figure.add_subplot()
    _branches(axes, made)
    colours = family_colours(model_map)
    axes.yaxis.tick_right()
    axes.set_yticks(np.arange(len(made.order)), [labels[leaf] for leaf in made.order])
    for text, leaf in zip(axes.get_yticklabels(), made.order, strict=True):
        text.set_color(_colour(model_map, found.names[leaf], colours))
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    axes.set_xlabel(f"distance: {model_map.method.best:g} - similarity")
    axes.set_title(_title(model_map), loc="left", fontsize=10, color=INK)
    _legend(figure, colours)
    return figure


def _branches(axes: Axes, made: Tree) -> None:
    """Draw the tree with its root to the left and its leaves, at heights 0, 1, ... in their order, to the right."""
    from scipy.cluster.hierarchy import dendrogram

    lines = dendrogram(made.links, no_plot=True)
    for heights, places in zip(lines["dcoord"], lines["icoord"], strict=True):
        axes.plot(heights, (np.array(places) - 5) / 10, color="#55606e", linewidth=1.1, solid_capstyle="butt")
    low, top = float(made.links[:, 2].min()), float(made.links[:, 2].max()) or 1.0
    right = (
        low - 0.2 * (top - low) if low > 0.3 * top and top > low else 0.0
    )  # where all are far apart, the long stems are cut
    axes.set_xlim(top + 0.04 * (top - right), right - 0.01 * (top - right))
    axes.set_ylim(len(made.order) - 0.5, -0.5)


def _legend(figure: Figure, colours: dict[str, str]) -> None:
    from matplotlib.lines import Line2D

    if len(colours) < 2:
        return
    handles = [
        Line2D([], [], marker="o", linestyle="", color=colour, label=clean(family))
        for family, colour in list(colours.items())[:10]
    ]
    figure.legend(
        handles=handles,
        loc="outside lower center",
        ncols=min(6, len(handles)),
        frameon=False,
        fontsize=8.5,
        handletextpad=0.2,
        columnspacing=1.4,
    )


def _heat(model_map: ModelMap, found: Distances) -> Figure:
    made, labels = tree(found), [clean(name) for name in short_names(found.names)]
    order, colours = list(made.order), family_colours(model_map)
    side = max(3.0, LINE * len(order))
    figure = _figure(side + 0.085 * max(map(len, labels)) + 3.2, side + 0.065 * max(map(len, labels)) + 1.2)
    left, axes = figure.subplots(1, 2, width_ratios=(1, max(2.0, side / 1.2)))
    _branches(left, made)
    left.set_axis_off()
    picture = axes.imshow(
        _shown(model_map, found)[np.ix_(order, order)], cmap=_colourmap(), aspect="auto", interpolation="nearest"
    )
    ticks = np.arange(len(order))
    axes.yaxis.tick_right()
    axes.set_xticks(ticks, [labels[leaf] for leaf in order], rotation=90)
    axes.set_yticks(ticks, [labels[leaf] for leaf in order])
    for text, leaf in zip([*axes.get_xticklabels(), *axes.get_yticklabels()], order * 2, strict=True):
        text.set_color(_colour(model_map, found.names[leaf], colours))
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    if len(order) <= 12:
        _numbers(axes, picture)
    bar = figure.colorbar(picture, ax=[left, axes], location="top", shrink=0.35, aspect=30, pad=0.02)
    bar.set_label("similarity (grey: none, or the model itself)", fontsize=8.5)
    bar.outline.set_visible(False)
    bar.ax.locator_params(nbins=5)
    figure.suptitle(_title(model_map), fontsize=10, color=INK, x=0.01, ha="left")
    _legend(figure, colours)
    return figure


def _shown(model_map: ModelMap, found: Distances) -> np.ndarray:
    """Return the mean similarity of every two networks of a picture, NaN on the diagonal and where there is none."""
    places = [model_map.place(name) for name in found.names]
    table: np.ndarray = model_map.similarities[np.ix_(places, places)]
    table = (table + table.T) / 2
    np.fill_diagonal(table, np.nan)
    return table


def _colourmap() -> Any:
    import matplotlib

    return matplotlib.colormaps["viridis"].with_extremes(bad="#d9dce1")


def _numbers(axes: Axes, picture: Any) -> None:
    values = picture.get_array()
    for (row, column), value in np.ndenumerate(np.ma.filled(values.astype(float), np.nan)):
        if np.isfinite(value):
            dark = picture.norm(value) < 0.6
            axes.text(
                column, row, f"{value:.2f}", ha="center", va="center", fontsize=7.5, color="white" if dark else INK
            )


def _plane(model_map: ModelMap, found: Distances) -> Figure:
    placed, labels, colours = (
        plane(found),
        [clean(name) for name in short_names(found.names)],
        family_colours(model_map),
    )
    figure = _figure(10, 8)
    axes = figure.add_subplot()
    shades = [_colour(model_map, name, colours) for name in placed.names]
    axes.scatter(placed.points[:, 0], placed.points[:, 1], c=shades, s=34, zorder=3, edgecolors="white", linewidths=0.6)
    axes.set_aspect("equal", adjustable="datalim")
    axes.margins(0.16, 0.08)
    axes.tick_params(colors=FAINT, labelsize=8)
    axes.spines[:].set_color("#d0d4da")
    axes.set_xlabel(
        f"two axes of a classical scaling; they hold {100 * placed.kept:.0f} % of the squared distances", color=FAINT
    )
    axes.set_title(_title(model_map), loc="left", fontsize=10, color=INK)
    _legend(figure, colours)
    place_labels(figure, axes, placed.points, labels, shades)
    return figure


def _maps(model_map: ModelMap, models: Sequence[str], images: Sequence[int]) -> Figure:
    names, total = list(models or model_map.names[:12]), int(model_map.probe["images"])
    chosen = list(images) or list(range(min(8, total)))
    for image in chosen:
        if not 0 <= image < total:
            raise UsageError(f"There is no image {image}", f"the map has images 0 to {total - 1}", "--images 0,1,2")
    rows = [model_map.maps(name) for name in names]
    pictures, labels = model_map.pictures(), [clean(name) for name in short_names(names)]
    figure = _figure(1.15 * len(chosen) + 0.085 * max(map(len, labels)) + 0.3, 1.15 * (len(names) + 1) + 0.4)
    figure.set_layout_engine("constrained", w_pad=0.02, h_pad=0.02, wspace=0.0, hspace=0.0)
    grid = figure.subplots(len(names) + 1, len(chosen), squeeze=False)
    for column, image in enumerate(chosen):
        grid[0, column].imshow(pictures[image], interpolation="nearest", aspect="auto")
        grid[0, column].set_title(f"image {image}", fontsize=8, color=FAINT)
        for row, maps in enumerate(rows, 1):
            grid[row, column].imshow(
                strength(maps[image : image + 1][0]), cmap=_map_colours(), vmin=0, vmax=1, aspect="auto"
            )
    for axes in grid.ravel():
        axes.set_xticks([])
        axes.set_yticks([])
        axes.spines[:].set_visible(False)
        axes.set_box_aspect(1)
    figure.suptitle(
        clean(model_map.method.attribution.replace("_", " ") + " maps, each image by itself; grey: never seen"),
        fontsize=9,
        color=FAINT,
    )
    for row, label in enumerate(["image", *labels]):
        grid[row, 0].set_ylabel(label, rotation=0, ha="right", va="center", fontsize=8.5)
    return figure


def strength(attribution: np.ndarray) -> np.ndarray:
    """Return how strongly each pixel of a map (c, h, w) counts, 0 to 1: its length over channels, the strongest
    hundredth cut off.

    NaN stays where the network never saw the pixel.
    """
    lengths = np.sqrt(np.square(attribution.astype(np.float64)).sum(axis=0))
    seen = lengths[np.isfinite(lengths)]
    top = float(np.quantile(seen, 0.99)) if seen.size else 0.0
    return np.clip(lengths / top, 0.0, 1.0) if top > 0 else np.where(np.isfinite(lengths), 0.0, np.nan)


def _map_colours() -> Any:
    import matplotlib

    return matplotlib.colormaps["magma"].with_extremes(bad="#c9ced6")
