"""Model map: which networks look at the data alike, as a tree, a heat map and points in a plane."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from map_command import commands, left_out
from markup import columns, nothing, table
from notices import heading
from page import Page
from plot import Axis, Mark, legend, scatter
from text import h

_MOST = 400
_LETTERS = 60


@dataclass(frozen=True)
class Map:
    """One model map, checked.

    Attributes:
        title: what was compared, on which data.
        models: names, in the order of the other fields.
        families: of the models, for colours; empty where unknown.
        matrix: how unlike each two models are, or how alike.
        alike: whether larger numbers in the matrix mean more alike.
        linkage: ``[first, second, height, size]`` of every join, as scipy writes it; empty where there is no tree.
        coordinates: ``[x, y]`` of every model; empty where there is no plane.
        fingerprint: of the probe.
    """

    title: str
    models: tuple[str, ...]
    families: tuple[str, ...]
    matrix: tuple[tuple[float, ...], ...]
    alike: bool
    linkage: tuple[tuple[float, ...], ...]
    coordinates: tuple[tuple[float, ...], ...]
    fingerprint: str


def render(page: Page) -> str:
    """Return the pictures of the chosen map, or how to make one."""
    maps = readable(page)
    top = heading(page, "Likeness of networks on one data set's probe; it says nothing about which one is better.")
    path = chosen_map(page, maps)
    if path is None:
        others = ["Above you can open the maps of other rows."] if maps else []
        what = "This compares the same models on the same rows by where they look, and puts the pictures here:"
        others += [h(more)] if (more := left_out(page)) else []
        return top + nothing(
            "No model map was published for these rows.", what, f"<pre>{commands(page)}</pre>", *others
        )
    drawn = maps[path]
    probe = page.chosen.rows["fingerprint"].iloc[0] if len(page.chosen.rows) else ""
    other = (
        ""
        if probe == drawn.fingerprint
        else '<p class="warn">This map was made with other rows than those named above.</p>'
    )
    return top + f"<h3>{h(drawn.title)}</h3>{other}{_families(drawn)}{_tree(drawn)}{_heat(drawn)}{_plane(page, drawn)}"


def readable(page: Page) -> dict[str, Map]:
    """Return every map that can be drawn, by its path."""
    found = {path: read_map(page.file(path)) for path in page.results.maps()}
    return {path: drawn for path, drawn in found.items() if drawn is not None}


def chosen_map(page: Page, maps: dict[str, Map]) -> str | None:
    """Return the path of the map to show: the one asked for, else one of this probe, else none."""
    if page.state.map in maps:
        return page.state.map
    probe = page.chosen.rows["fingerprint"].iloc[0] if len(page.chosen.rows) else ""
    return next((path for path, drawn in maps.items() if probe and drawn.fingerprint == probe), None)


def read_map(content: Any) -> Map | None:
    """Check what a file holds; none where it is not a map of two to four hundred models."""
    if not isinstance(content, dict):
        return None
    models = tuple(str(name) for name in content.get("models") or () if isinstance(name, str))
    matrix = _numbers(content.get("matrix"), len(models), len(models), gaps=True)
    if not 2 <= len(models) <= _MOST or not matrix:
        return None
    probe = content.get("probe") if isinstance(content.get("probe"), dict) else {}
    facts = {**probe, **{key: value for key, value in content.items() if isinstance(value, str)}}
    measure = facts.get("similarity") or facts.get("measure") or "likeness"
    families = content.get("families")
    named = families if isinstance(families, list) and len(families) == len(models) else [""] * len(models)
    return Map(
        title=str(facts.get("title") or f"{measure} on {facts.get('dataset') or 'a probe'}"),
        models=models,
        families=tuple(str(name or "") for name in named),
        matrix=matrix,
        alike=facts.get("kind") == "similarity"
        or (facts.get("kind") != "distance" and not matrix[0][0] <= matrix[0][1]),
        linkage=_joins(_numbers(content.get("linkage"), len(models) - 1, 4), len(models)),
        coordinates=_numbers(content.get("coordinates"), len(models), 2),
        fingerprint=str(facts.get("fingerprint") or ""),
    )


def _numbers(rows: Any, height: int, width: int, *, gaps: bool = False) -> tuple[tuple[float, ...], ...]:
    """Return a table of numbers, NaN for the gaps that may be; empty where it is not such a table."""
    if not isinstance(rows, list) or len(rows) != height:
        return ()
    good = all(
        isinstance(row, list) and len(row) >= width and all(_finite(cell, gaps) for cell in row[:width]) for row in rows
    )
    return (
        tuple(tuple(math.nan if value is None else float(value) for value in row[:width]) for row in rows)
        if good
        else ()
    )


def _finite(value: Any, gap: bool) -> bool:
    return (value is None and gap) or (isinstance(value, (int, float)) and math.isfinite(value))


def _joins(linkage: tuple[tuple[float, ...], ...], count: int) -> tuple[tuple[float, ...], ...]:
    """Return a linkage whose every join names two clusters that exist and were not joined before."""
    used: set[int] = set()
    for i, (one, other, _, _) in enumerate(linkage):
        pair = {int(one), int(other)}
        if len(pair) != 2 or pair & used or not all(0 <= member < count + i for member in pair):
            return ()
        used |= pair
    return linkage


def leaves(drawn: Map) -> list[int]:
    """Return the models in the order in which the tree shows them, neighbours together."""
    if not drawn.linkage:
        return list(range(len(drawn.models)))
    members: dict[int, list[int]] = {i: [i] for i in range(len(drawn.models))}
    for i, (one, other, _, _) in enumerate(drawn.linkage):
        members[len(drawn.models) + i] = members.pop(int(one)) + members.pop(int(other))
    return next(iter(members.values()))


def _tree(drawn: Map) -> str:
    if not drawn.linkage:
        return '<p class="dim">This map has no tree.</p>'
    order = leaves(drawn)
    height = 100 / len(order)
    top = max(join[2] for join in drawn.linkage) or 1.0
    at: dict[int, tuple[float, float]] = {leaf: (0.0, (row + 0.5) * height) for row, leaf in enumerate(order)}
    lines = []
    for i, (one, other, far, _) in enumerate(drawn.linkage):
        (x1, y1), (x2, y2), x = at[int(one)], at[int(other)], 100 * far / top
        lines.append(f"M{100 - x1:.2f} {y1:.2f}H{100 - x:.2f}V{y2:.2f}H{100 - x2:.2f}")
        at[len(drawn.models) + i] = (x, (y1 + y2) / 2)
    names = "".join(f"<li>{_dot(drawn, leaf)}{h(drawn.models[leaf])}</li>" for leaf in order)
    return (
        '<h3>Tree</h3><p class="dim">Networks that join further to the right are more alike; colours are'
        f' families.</p><div class="tree" style="--n:{len(order)}"><svg viewBox="0 0 100 100"'
        f' preserveAspectRatio="none" aria-hidden="true"><path d="{"".join(lines)}"/></svg><ol aria-label="Models in'
        f' the order of the tree">{names}</ol></div>'
    )


def _families(drawn: Map) -> str:
    """Return which colour is which family."""
    keys = [(f'<i class="family" style="--hue:{hue}"></i>', name) for name, hue in _hues(drawn.families).items()]
    keys += [('<i class="family"></i>', "family not known")] if keys and "" in drawn.families else []
    return legend(keys, "Colours of families")


def _dot(drawn: Map, model: int) -> str:
    hue = _hues(drawn.families).get(drawn.families[model])
    colour = "" if hue is None else f' style="--hue:{hue}"'
    return f'<i class="family"{colour} title="{h(drawn.families[model])}"></i>'


def _hues(families: Sequence[str]) -> dict[str, int]:
    names = sorted(set(families) - {""})
    return {name: round(220 + 360 * i / max(len(names), 1)) % 360 for i, name in enumerate(names)}


def _heat(drawn: Map) -> str:
    order = leaves(drawn)[:_LETTERS]
    values = [drawn.matrix[i][j] for i in order for j in order if i != j and not math.isnan(drawn.matrix[i][j])] or [
        0.0
    ]
    low, spread = min(values), (max(values) - min(values)) or 1.0
    body = "".join(
        "<tr><th"
        f' scope="row">{h(_short(drawn.models[i]))}</th>{"".join(_cell(drawn, i, j, low, spread) for j in order)}</tr>'
        for i in order
    )
    cut = (
        f" The first {_LETTERS} of {len(drawn.models)} in the order of the tree."
        if len(drawn.models) > _LETTERS
        else ""
    )
    words = (
        f"How {'alike' if drawn.alike else 'unlike'} every two networks are; the stronger the colour, the more"
        f" alike.{cut}"
    )
    names = columns((h(_short(drawn.models[i])) for i in order), slanted=True)
    return f'<h3>Heat map</h3><p class="dim">{words}</p>{table("matrix", names, body, label="Heat map")}'


def _cell(drawn: Map, i: int, j: int, low: float, spread: float) -> str:
    if i == j:
        return '<td class="dim">&middot;</td>'
    if math.isnan(drawn.matrix[i][j]):
        return '<td class="none" title="undefined for this pair">-</td>'
    near = (drawn.matrix[i][j] - low) / spread
    near = near if drawn.alike else 1 - near
    told = f"{drawn.models[i]} and {drawn.models[j]}: {drawn.matrix[i][j]:.3f}"
    return f'<td class="plus" style="--s:{0.6 * near:.2f}" title="{h(told)}">{_two(drawn.matrix[i][j])}</td>'


def _two(value: float) -> str:
    told = f"{value:.2f}"
    return told.replace("0.", ".", 1) if abs(value) < 1 else told if abs(value) < 10 else f"{value:.3g}"


def _short(name: str) -> str:
    return name.rpartition("/")[2]


def _plane(page: Page, drawn: Map) -> str:
    if not drawn.coordinates:
        return '<p class="dim">This map has no plane.</p>'
    xs, ys = ([point[axis] for point in drawn.coordinates] for axis in (0, 1))
    places = dict(zip(page.chosen.rows["model"], page.chosen.rows["place"], strict=True))
    hues = _hues(drawn.families)
    marks = [
        Mark(
            x,
            y,
            f"{name}{f', estimated rank {places[name]}' if name in places else ''}",
            name,
            named=True,
            pinned=name in page.state.pins,
            hue=hues.get(family),
        )
        for name, family, x, y in zip(drawn.models, drawn.families, xs, ys, strict=True)
    ]
    picture = scatter(marks, Axis.around("", xs), Axis.around("", ys), label="Models in a plane: near means alike")
    about = "Near means alike; directions mean nothing. Point at a dot for its name, press it to keep the name; arrow keys go from dot to dot."
    return f'<h3>Plane</h3><p class="dim">{about}</p><div class="bare">{picture}</div>'
