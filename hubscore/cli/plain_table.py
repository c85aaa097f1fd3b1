"""The table that people see of rows which have none of their own: no name is broken, what is empty is left out."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from hubscore.text import clean

if TYPE_CHECKING:
    from rich.table import Table

SHORT = 10
"""Digits of a commit that people read."""
_COMMIT = re.compile("[0-9a-f]{40}")


def plain_table(rows: Sequence[Mapping[str, Any]], width: int, id_key: str) -> tuple[Table, tuple[str, ...]]:
    """Return a table of the columns that fit, in their order, and the titles of those that do not.

    Args:
        rows: flat mappings with the same keys, one at least.
        width: columns of the terminal.
        id_key: what is shown whatever the width.
    """
    from hubscore.cli.fitting_table import fitting_table

    columns: dict[str, list[str]] = {}
    numbers: set[str] = set()
    for key in rows[0]:
        values = [row.get(key) for row in rows]
        cells = [_read(value) for value in values]
        if any(cells) or key == id_key:
            columns[_title(key)] = cells
            numbers |= (
                {_title(key)} if all(value is None or isinstance(value, (int, float)) for value in values) else set()
            )
    first = _title(id_key)
    worth = [first, *(title for title in columns if title != first)]
    table = fitting_table(columns, width, worth=worth, always=(first,), left=columns.keys() - numbers)
    shown = {str(column.header) for column in table.columns}
    return table, tuple(title for title in columns if title not in shown)


def cell(value: Any) -> str:
    """Return a value as a word."""
    if value is None:
        return ""
    if isinstance(value, (dict, list, tuple)):
        return clean(json.dumps(value, default=str, separators=(",", ":")))
    return clean(value)


def _title(key: str) -> str:
    return key.upper().replace(" ", "_")


def _read(value: Any) -> str:
    """Return a value as people read it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    word = cell(value)
    return word[:SHORT] if _COMMIT.fullmatch(word) else word
