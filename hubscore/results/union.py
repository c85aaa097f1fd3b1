"""The union of the runs over the same rows of a data set: the newest values of each model and publisher, in one order.

This file needs numpy and its neighbour alone, and is copied into every published Space as it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hubscore.results.union_pool import Columns, Places, Pool, column, identities

ALL = "all"
"""What an address and a control call the union, in the place of a run's id."""
_BELONG = {
    "expected": ("expected_lo", "expected_hi", "expected_sd"),
    "combined": ("measured_accuracy", "measured_images"),
}
"""Columns that are taken over together with another one."""


@dataclass(frozen=True, eq=False)
class Union:
    """Several runs as one pool.

    Attributes:
        lines: which of the given lines stand in it, best first.
        values: columns that may differ from those of the lines, in that order; NaN where there is no value.
    """

    lines: Places
    values: dict[str, NDArray[Any]]


def union_of(columns: Columns, scores: Mapping[str, Any]) -> Union:
    """Return the union of runs over the same rows.

    Within one publisher the newest value of each score counts for a model, as long as its commit is the same; between
    publishers all stand. Expected accuracies need no pool and stay; consensus, mean rank, ranks, ties, P(best),
    shortlist and tau-b are those of the union. Models are in the order of their combined or expected accuracies; those
    without any stand behind, by consensus, and those of which fewer rows were looked at behind these.

    Args:
        columns: of a leaderboard, the lines of one data set and probe; numbers as floats, texts as objects.
        scores: descriptions by name, as in ``scores.json``.

    Example:
        >>> texts = {name: np.array(values, dtype=object) for name, values in {
        ...     "model": ["a", "b", "a"], "run": ["1", "1", "2"], "date": ["2026-01", "2026-01", "2026-02"]}.items()}
        >>> made = union_of({**texts, "score_x": np.array([1.0, 2.0, 3.0])}, {"x": {"family": "coding"}})
        >>> made.lines.tolist(), made.values["consensus"].tolist()
        ([2, 1], [0.75, 0.25])
    """
    sets = newest(columns)
    picked = np.array([lines[0] for lines in sets], dtype=np.int64)
    filled = _filled(columns, sets, picked)
    pool = Pool({name: values[picked] for name, values in columns.items()} | filled, scores, len(picked))
    order = pool.order
    return Union(picked[order], {name: values[order] for name, values in {**filled, **pool.judged()}.items()})


def newest(columns: Columns) -> list[list[int]]:
    """Return the lines of each model and publisher: those that rest on most rows first, then the newest."""
    count = len(columns["model"])
    texts = {
        name: [str(value or "") for value in column(columns, name, count)] for name in ("publisher", "date", "run")
    }
    seen = column(columns, "rows", count, np.inf)
    rows = np.where(np.isnan(seen), np.inf, seen)
    found: dict[tuple[str, str], list[int]] = {}
    for place, key in enumerate(zip(identities(columns), texts["publisher"], strict=True)):
        found.setdefault(key, []).append(place)
    return [
        sorted(lines, key=lambda place: (rows[place], texts["date"][place], texts["run"][place]), reverse=True)
        for lines in found.values()
    ]


def _filled(columns: Columns, sets: list[list[int]], picked: Places) -> dict[str, NDArray[Any]]:
    """Return the columns of values, where the newest line of a model has none from older lines of the same commit."""
    count = len(columns["model"])
    commits, rows = column(columns, "model_revision", count), column(columns, "rows", count, np.nan)
    older = {
        place: [line for line in lines[1:] if commits[line] == commits[lines[0]] and _same(rows[line], rows[lines[0]])]
        for place, lines in enumerate(sets)
        if len(lines) > 1
    }
    filled: dict[str, NDArray[Any]] = {}
    for name in columns:
        if not name.startswith(("score_", "baseline_")) and name not in _BELONG:
            continue
        belong = [one for one in (f"sd_{name[6:]}", *_BELONG.get(name, ())) if one in columns]
        values = {one: columns[one][picked] for one in (name, *belong)}
        for place, lines in older.items():
            if np.isnan(values[name][place]):
                line = next((line for line in lines if not np.isnan(columns[name][line])), None)
                for one in values if line is not None else ():
                    values[one][place] = columns[one][line]
        filled |= values
    return filled


def _same(one: float, other: float) -> bool:
    return bool(one == other or (np.isnan(one) and np.isnan(other)))
