"""Saved lists of candidates: text, JSON (also a saved ranking or plan) and CSV."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path
from typing import Any

from hubscore.errors import UsageError

_SHA = re.compile(r"[0-9a-f]{40}")


def read_list(path: Path) -> tuple[str, ...]:
    """Return the names in a candidate list.

    Args:
        path: ``.json`` (a list, or a saved ranking: its rows at their revisions), ``.csv`` (column ``model``, and ``revision``
            where there is one), anything else one name a line with ``#`` comments.

    Raises:
        UsageError: the file cannot be read as what its ending says, or names nothing.
    """
    readers = {".json": _from_json, ".csv": _from_csv}
    try:
        names = readers.get(path.suffix.lower(), _from_text)(path)
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"Cannot read the candidate list {str(path)!r}", str(error), "one model a line, in UTF-8") from error
    if not names:
        raise UsageError(f"The candidate list {str(path)!r} is empty", "it names no model", "one model a line, for example owner/name")
    return tuple(names)


def _from_text(path: Path) -> list[str]:
    lines = path.read_text(encoding="utf-8-sig").splitlines()
    return [name for line in lines if (name := line.partition("#")[0].strip())]


def _from_csv(path: Path) -> list[str]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        table = csv.DictReader(file)
        columns = table.fieldnames or []
        if "model" not in columns:
            there = ", ".join(columns) or "nothing"
            raise UsageError(f"The candidate list {str(path)!r} has no column 'model'", f"there is {there}", "name the column 'model'")
        return [_at(row["model"], row.get("revision")) for row in table if row["model"]]


def _from_json(path: Path) -> list[str]:
    try:
        data: Any = json.loads(path.read_text(encoding="utf-8-sig"))
    except ValueError as error:
        raise UsageError(f"The candidate list {str(path)!r} is no valid JSON", str(error), 'write ["owner/name", ...]') from error
    rows = data.get("rows") if isinstance(data, dict) else data
    if not isinstance(rows, list):
        raise UsageError(f"The candidate list {str(path)!r} holds no list", "a list or a saved ranking is needed", '["owner/name", ...]')
    return [_from_row(row, path) for row in rows]


def _from_row(row: Any, path: Path) -> str:
    if isinstance(row, str):
        return row
    if isinstance(row, dict) and isinstance(row.get("model"), str):
        return _at(row["model"], row.get("revision"))
    raise UsageError(f"The candidate list {str(path)!r} has an entry without a model", json.dumps(row)[:80], '{"model": "owner/name"}')


def _at(model: str, revision: Any) -> str:
    """Pin ``model`` where the list says at which commit; a local folder is always read as it is now."""
    if isinstance(revision, str) and _SHA.fullmatch(revision):
        return f"{model.partition('@')[0]}@{revision}"
    return model.strip()
