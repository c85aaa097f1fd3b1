"""The first lines of a CSV file as rows of fields: which separator they have, and whether quotes enclose fields."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Sequence
from typing import Literal

SEEN = 200
"""Lines that are looked at to tell separator and header."""

Quoting = Literal[0, 3]
"""``csv.QUOTE_MINIMAL`` or ``csv.QUOTE_NONE``."""


def first_rows(text: str, separator: str) -> list[list[str]]:
    """Return the first lines' fields; the last line may be cut off and does not count when there are many."""
    start = (
        "".join(text.splitlines(keepends=True)[:SEEN])
        if len(text) < 10_000_000
        else text[:2_000_000].rpartition("\n")[0]
    )
    reader = csv.reader(
        io.StringIO(start, newline=""), delimiter=separator, skipinitialspace=True, quoting=quoting_of(start, separator)
    )
    rows = []
    try:
        for row in reader:
            if any(value.strip() for value in row):
                rows.append(row)
            if len(rows) >= SEEN:
                break
    except csv.Error:
        pass
    return rows[:-1] if len(rows) > 20 else rows


def separator_of(text: str, usual: str) -> str:
    """Return the separator that gives every line the same number of fields, two at least; the usual one in doubt.

    Raises:
        ValueError: the lines are plain text.
    """
    widths: dict[str, int] = {}
    whole: set[str] = set()
    for one in dict.fromkeys((usual, *",;\t|^", *(" " if usual == " " else ""))):
        rows = first_rows(text, one)
        if (width := table_width(rows)) > 1:
            widths[one] = width
            whole |= {one} if len(rows[0]) == width else set()
    if whole:  # a header with a name for each field speaks for a separator more than one without
        widths = {one: widths[one] for one in whole}
    if not widths and usual == " " and len(text.splitlines()) > 1:
        raise ValueError("it is no table: its lines hold different numbers of words")
    if not widths or (usual in widths and usual != " "):
        return usual
    return max(widths, key=lambda one: (one != " ", widths[one]))


def table_width(rows: Sequence[Sequence[str]]) -> int:
    """Return how many fields nine of ten rows have, and the first, which may have one less; 1 where they differ.

    Example:
        >>> table_width([["text", "label"], ["one", "0"]]), table_width([["a title"], ["text", "label", "id"]])
        (2, 1)
    """
    most, times = Counter(map(len, rows)).most_common(1)[0] if rows else (1, 0)
    return most if rows and len(rows[0]) in (most, most - 1) and times >= 0.9 * (len(rows) - 1) else 1


def quoting_of(text: str, separator: str) -> Quoting:
    """Say whether quotes enclose fields: not where every line has as many fields without that, and some line has a
    field whose quote does not end, as in tables of sentences with tabs.
    """
    if '"' not in text:
        return csv.QUOTE_MINIMAL
    width, odd = 0, False
    for found in re.finditer(r"[^\r\n]*\S[^\r\n]*", text):  # one line after the other, of any number
        line = found[0]
        fields = line.count(separator) + 1
        width = width or fields
        if fields != width or width < 2:
            return csv.QUOTE_MINIMAL
        odd = odd or (line.count('"') % 2 == 1 and _stays_open(line, separator))
    # A text with a line break may look the same by chance, above all with commas: there quotes are tried first.
    letters = odd and (separator == "\t" or not _reads(text, separator, width))
    return csv.QUOTE_NONE if letters else csv.QUOTE_MINIMAL


def _stays_open(line: str, separator: str) -> bool:
    """Whether a quote at the start of a field is not closed in a line; within a field (12" vinyl) it is a letter."""
    return not _reads(line, separator)


def _reads(text: str, separator: str, width: int | None = None) -> bool:
    """Whether quotes are closed where a field ends, and all rows have so many fields, where a number is given."""
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=separator, skipinitialspace=True, strict=True)
    try:
        return all(len(row) in (0, width or len(row)) for row in rows)
    except csv.Error:
        return False
