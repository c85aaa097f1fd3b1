"""Facts of models and data sets from the tables of a saved history, of which nothing is believed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any

import numpy as np

from hubscore.recommend.cells import harmless
from hubscore.recommend.history import MOST_FINGERPRINTS, ModelFacts, TaskFacts, TaskVector

WHOLE = frozenset(("parameters", "layers", "classes", "samples"))
"""Facts that are counts; the others are texts."""
LARGEST_COUNT = 10**15


def facts_of(kind: type[ModelFacts] | type[TaskFacts], row: Mapping[str, Any]) -> Any:
    """Return the facts of a row; what cannot be one, a count below 1 or a text with markup, is not known.

    Example:
        >>> facts_of(ModelFacts, {"parameters": -5, "layers": 7, "license": "<b>mit</b>"})
        ModelFacts(revision=None, parameters=None, layers=7, family=None, license=None)
    """
    given = {one.name: _fact(one.name, row.get(one.name)) for one in fields(kind)}
    if kind is TaskFacts:
        marks = row.get("fingerprints")
        found = marks.split()[:MOST_FINGERPRINTS] if isinstance(marks, str) else []
        given["fingerprints"] = tuple(mark for mark in found if harmless(mark))
        given["modality"] = given["modality"] or TaskFacts.modality
        given["dataset"] = given["dataset"] or str(row.get("task", ""))
    return kind(**given)


def vectors_of_tasks(rows: Sequence[Mapping[str, Any]], arrays: Mapping[str, Any]) -> dict[str, TaskVector]:
    """Return what a proxy saw in each data set that one looked at: finite numbers, and names that can be names."""
    found = {}
    for place, row in enumerate(rows):
        vector, proxy = arrays.get(f"task_vector/{place}"), _fact("proxy", row.get("proxy"))
        revision = _fact("proxy_revision", row.get("proxy_revision"))
        known = proxy is not None and (revision is not None or row.get("proxy_revision") is None)
        if known and vector is not None and vector.ndim == 1 and np.isfinite(vector).all():
            found[row["task"]] = TaskVector(proxy, revision, vector)
    return found


def _fact(name: str, value: Any) -> Any:
    if name in WHOLE:
        return value if type(value) is int and 0 < value < LARGEST_COUNT else None
    return value if isinstance(value, str) and harmless(value) else None
