"""Whether a published record says the same as a ranking, whatever was left out of it for privacy."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any

from hubscore.results.names import NAMELESS, public_name
from hubscore.results.runs import Run

_ROW = ("rank", "revision", "consensus", "consensus_ci", "rank_ci", "tie_group", "scores", "expected", "expected_ci")
_TOLD = ("combined", "rows", "declares_this_data")
"""What records of earlier versions lack where there is none."""
_MEASURED = ("accuracy", "images", "train_images")
_PROBE = ("fingerprint", "target", "samples")
_NAMED = ("config", "split", "revision")
_SCORE = ("title", "direction", "family", "averaged")


def same_run(mine: Run, there: Run) -> bool:
    """Whether a ranking and a published record agree in all that a card tells: rows, consensus, scores and data set.

    Args:
        mine: the ranking as it was saved.
        there: the record; names may have been left out of it.
    """
    if _digest(mine.data) != _digest(there.data):
        return False
    rows = zip(
        mine.data.get("rows") or (), there.data.get("rows") or (), strict=True
    )  # as many, since the digests agree
    if not all(_called(there.get("model"), mine) for mine, there in rows):
        return False
    probe, told = mine.data.get("probe") or {}, there.data.get("probe") or {}
    if told.get("redacted"):
        return True
    return told.get("dataset") in _names(probe) and all(probe.get(key) == told.get(key) for key in _NAMED)


def _called(name: Any, row: Mapping[str, Any]) -> bool:
    return name in (row["model"], public_name(row)) or NAMELESS.fullmatch(str(name)) is not None


def _names(probe: Mapping[str, Any]) -> tuple[str, ...]:
    """Return how a data set may be called in a record: a folder by its last name."""
    name = str(probe.get("dataset"))
    return (name,) if probe.get("revision") else (name, re.split(r"[/\\]", name.rstrip("/\\"))[-1])


def _digest(data: Mapping[str, Any]) -> str:
    probe, scores = data.get("probe") or {}, data.get("scores") or {}
    told = {
        "rows": [_row(row) for row in data.get("rows") or ()],
        "ordered_by": (data.get("record") or {}).get("ordered_by"),
        "probe": {key: probe.get(key) for key in _PROBE},
        "scores": {
            name: {key: facts.get(key) for key in _SCORE}
            for name, facts in scores.items()
            if isinstance(facts, Mapping)
        },
    }
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


def _row(row: Mapping[str, Any]) -> dict[str, Any]:
    measured = row.get("measured") or {}
    return {
        **{key: row.get(key) for key in _ROW},
        **{key: row.get(key) or None for key in _TOLD},
        "measured": [measured.get(key) for key in _MEASURED],
    }
