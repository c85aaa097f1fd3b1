"""Lists that a table holds as text, as ``DataFrame.to_csv`` writes them: ``['cat', 'dog']``."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from hubscore.text import parse_json

PEEK = 20
"""Values that are looked at before all of a column are."""
LONGEST = 100_000
"""Characters of a text that is read as a list."""

_NUMBER = r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?"
_ARRAY = re.compile(rf"\[\s*(?:'[^'\n]*'|{_NUMBER})(?:\s+(?:'[^'\n]*'|{_NUMBER}))+\s*\]")
_ENTRY = re.compile(rf"'([^'\n]*)'|({_NUMBER})")


def list_in_text(text: str) -> list[Any] | None:
    """Return the list of plain values that a text writes out, or none.

    Example:
        >>> list_in_text("['cat', 'dog']"), list_in_text("[1 0 1]"), list_in_text("[deleted]")
        (['cat', 'dog'], [1, 0, 1], None)
    """
    text = text.strip()
    if not (text.startswith("[") and text.endswith("]")) or len(text) > LONGEST:
        return None
    try:
        if _ARRAY.fullmatch(text):  # as numpy writes it, without commas
            return [_number(number) if number else word for word, number in _ENTRY.findall(text)]
        found = ast.literal_eval(text) if "'" in text else parse_json(text)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return None
    plain = isinstance(found, list) and all(isinstance(one, (str, int, float)) for one in found)
    return found if plain else None


def read_lists(table: pa.Table) -> tuple[pa.Table, list[str]]:
    """Return a table with lists in place of texts that write them out, where all texts of a column do; and notes."""
    notes = []
    for place, name in enumerate(table.column_names):
        column = table[name]
        if not (pa.types.is_string(column.type) or pa.types.is_large_string(column.type)):
            continue
        if not (_lists(column.drop_null().slice(0, PEEK).to_pylist())):
            continue
        found = _lists(column.to_pylist())
        try:
            lists = pa.array(found) if found else None
        except (pa.ArrowException, OverflowError):  # of several kinds, or numbers of too many digits
            continue
        if lists is not None:
            table = table.set_column(place, name, lists)
            notes.append(f"the texts in {name} write out lists, and were read as such")
    return table, notes


def _lists(values: Sequence[str | None]) -> list[list[Any] | None] | None:
    """Return the lists that texts write out; none where one of them does not, or all are empty."""
    found: list[list[Any] | None] = []
    for value in values:
        one = list_in_text(value) if value else None
        if value and one is None:
            return None
        found.append(one)
    return found if any(found) else None


def _number(text: str) -> int | float:
    whole = text.removesuffix(".")
    return int(whole) if whole.lstrip("+-").isdigit() else float(text)
