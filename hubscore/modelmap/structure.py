"""What a table of similarities says: neighbours, a tree, a plane."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

import numpy as np

from hubscore.errors import Undefined
from hubscore.modelmap.model_map import ModelMap
from hubscore.similarity.attribution import attribution_distance
from hubscore.types import Json


@dataclass(frozen=True)
class Distances:
    """Symmetric distances, 0 on the diagonal, of the networks that have one to some other.

    Attributes:
        names: the networks, in the order of the map.
        values: shape (k, k); the similarity of a network to itself less the mean similarity of the two.
        left_out: networks without a defined similarity to any other.
        filled: pairs without a similarity, put at the largest distance.
    """

    names: tuple[str, ...]
    values: np.ndarray
    left_out: tuple[str, ...]
    filled: int

    @property
    def notes(self) -> tuple[str, ...]:
        """What to say beside a picture."""
        notes = []
        if self.left_out:
            notes.append(f"not drawn, without a similarity to any other: {', '.join(self.left_out)}")
        if self.filled:
            notes.append(f"{self.filled} pairs without a similarity are drawn at the largest distance")
        return tuple(notes)


def distances(model_map: ModelMap) -> Distances:
    """Return distances for drawing.

    Raises:
        Undefined: fewer than two networks have a similarity to another.
    """
    table = model_map.similarities
    table = (table + table.T) / 2
    np.fill_diagonal(table, np.nan)
    known = np.isfinite(table)
    keep = known.any(axis=1)
    if keep.sum() < 2:
        reasons = sorted({why for found in model_map.undefined.values() for why in found.values()})
        why = f"no two of its {len(model_map)} models can be compared" + (f" ({reasons[0]})" if reasons else "")
        raise Undefined("The model map cannot be drawn", why, "add models: --add ID, or use another --method")
    table = table[np.ix_(keep, keep)]
    missing = ~np.isfinite(table)
    far = np.maximum(model_map.method.best - table, 0.0)
    far[missing] = np.nanmax(far)
    np.fill_diagonal(far, 0.0)
    names = np.array(model_map.names, dtype=object)
    return Distances(tuple(names[keep]), far, tuple(names[~keep]), int(missing.sum() - len(far)) // 2)


@dataclass(frozen=True)
class Tree:
    """An agglomerative tree.

    Attributes:
        names: the networks, as the links number them.
        links: shape (k - 1, 4), as :func:`scipy.cluster.hierarchy.linkage` gives them.
        order: of the leaves, from one side to the other.
    """

    names: tuple[str, ...]
    links: np.ndarray
    order: tuple[int, ...]

    @property
    def newick(self) -> str:
        """The tree as Newick text, with the heights as branch lengths."""
        from scipy.cluster.hierarchy import to_tree

        def text(node: Any, above: float) -> str:
            length = f":{above - node.dist:.6g}"
            if node.is_leaf():
                name = str(self.names[node.id]).replace("'", "''")
                return f"'{name}'{length}"
            return f"({text(node.left, node.dist)},{text(node.right, node.dist)}){length}"

        root = to_tree(self.links)
        newick = text(root, root.dist)
        return newick.rpartition(":")[0] + ";"


def tree(table: Distances) -> Tree:
    """Join the two groups that are nearest on average, again and again (UPGMA); leaves that are near stand side by
    side.
    """
    from scipy.cluster.hierarchy import leaves_list, linkage
    from scipy.spatial.distance import squareform

    links = linkage(squareform(table.values, checks=False), method="average", optimal_ordering=len(table.names) > 2)
    return Tree(table.names, links, tuple(int(leaf) for leaf in leaves_list(links)))


@dataclass(frozen=True)
class Plane:
    """Networks as points.

    Attributes:
        names: the networks.
        points: shape (k, 2).
        kept: share of the squared distances' positive spectrum that two axes show, 0 to 1.
    """

    names: tuple[str, ...]
    points: np.ndarray
    kept: float


def plane(table: Distances) -> Plane:
    """Place networks such that distances in the plane resemble those of the map (classical multidimensional
    scaling).
    """
    k = len(table.names)
    centring = np.eye(k) - 1 / k
    squares, axes = np.linalg.eigh(-0.5 * centring @ table.values**2 @ centring)
    squares, axes = squares[::-1], axes[:, ::-1]
    positive = np.maximum(squares, 0.0)
    axes = axes * np.where(
        axes[np.abs(axes).argmax(axis=0), np.arange(k)] < 0, -1.0, 1.0
    )  # one of two mirror images, always the same
    points = np.zeros((k, 2))
    points[:, : min(k, 2)] = axes[:, :2] * np.sqrt(positive[:2])
    return Plane(table.names, points, float(positive[:2].sum() / positive.sum()) if positive.any() else 0.0)


def neighbours(model_map: ModelMap, model: str, k: int | None = None) -> list[Json]:
    """Return the other networks, the nearest first; those without a similarity come last, with the reason.

    Args:
        model_map: with the network.
        model: its name.
        k: how many; all by default.

    Returns:
        ``rank``, ``model``, ``similarity``, ``distance`` (of the attribution paper's Eq. 1 for attribution maps, else
        what the similarity lacks of its largest value), ``reason`` where there is none, ``family`` and ``revision``.

    Raises:
        UsageError: there is no such network.
    """
    model = model_map.named(model)
    place = model_map.place(model)
    row = model_map.similarities[place]
    order = sorted(
        (other for other in range(len(model_map)) if other != place),
        key=lambda other: (-np.nan_to_num(row[other], nan=-np.inf), other),
    )
    return [
        _neighbour(model_map, model, model_map.names[other], row[other], rank)
        for rank, other in enumerate(order[:k], 1)
    ]


def _neighbour(model_map: ModelMap, model: str, other: str, value: float, rank: int) -> Json:
    known = bool(np.isfinite(value))
    facts = model_map.models[other]
    return {
        "rank": rank,
        "model": other,
        "similarity": round(float(value), 6) if known else None,
        "distance": _distance(model_map, float(value)) if known else None,
        "family": facts.get("family"),
        "revision": facts.get("revision"),
        "reason": None if known else model_map.reason(model, other),
    }


def _distance(model_map: ModelMap, value: float) -> float | None:
    if model_map.method.name != "attribution":
        return round(max(0.0, model_map.method.best - value), 6)
    try:
        return round(attribution_distance(value), 6)
    except Undefined:
        return None


def missing_values(model_map: ModelMap) -> list[str]:
    """Say how many pairs have no similarity, and why the first of them has none."""
    pairs = [
        (a, b)
        for place, a in enumerate(model_map.names)
        for b in model_map.names[place + 1 :]
        if model_map.reason(a, b) or model_map.reason(b, a)
    ]
    if not pairs:
        return []
    total, (a, b) = len(model_map) * (len(model_map) - 1) // 2, pairs[0]
    reason = model_map.reason(a, b) or model_map.reason(b, a)
    return [f"{len(pairs)} of {total} pairs have no similarity; {a} and {b}: {reason}"]


def rows(model_map: ModelMap) -> list[Json]:
    """Return one line per network, with its nearest one, in the order of the map."""
    lines = []
    for name, facts in model_map.models.items():
        near = next(iter(neighbours(model_map, name, 1)), {})
        lines.append(
            {
                "model": name,
                "family": facts.get("family"),
                "nearest": near.get("model") if near.get("similarity") is not None else None,
                "similarity": near.get("similarity"),
            }
        )
    return lines


def short_names(names: Sequence[str]) -> list[str]:
    """Return names for pictures: folders become their last parts, as many as it takes to tell them apart.

    Example:
        >>> short_names(["/zoo/models/a/net", "/zoo/models/b/net", "org/vit"])
        ['a/net', 'b/net', 'org/vit']
    """
    parts = [
        re.split(r"[/\\]+", name.rstrip("/\\")) if PurePath(name).is_absolute() or name.count("/") > 1 else [name]
        for name in names
    ]
    for depth in range(2, max(map(len, parts), default=2) + 1):
        short = ["/".join(part[-depth:]) for part in parts]
        if len(set(short)) == len(short):
            return short
    return list(names)
