"""Strings for people: Hub text made harmless, numbers and times made short."""

from __future__ import annotations

import json
import math
import shlex
import unicodedata
from typing import Any

_STRIPPED = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
DASH = "-"
_DEEPEST = 100
_NESTED = f"it is nested deeper than {_DEEPEST} levels"


def clean(text: object) -> str:
    r"""Return text on one line without control, direction or invisible characters.

    Model names, licences and class names come from strangers: an escape sequence could rewrite the terminal, a
    direction mark could make one name look like another.

    Example:
        >>> clean("good\x1b[2K\u202ename\n2")
        'good[2Kname 2'
    """
    told = str(text)
    if told.isprintable():  # nothing to take out, which the pictures in a page, of a million characters, show quickly
        return " ".join(told.split())
    spaced = "".join(" " if character in "\t\n\r\v\f\x85\u2028\u2029" else character for character in told)
    kept = "".join(character for character in spaced if unicodedata.category(character) not in _STRIPPED)
    return " ".join(kept.split())


def printable(line: str) -> str:
    r"""Return a line as :func:`clean` does, but with its spaces: for a diff, where each of them counts.

    Example:
        >>> printable("+  a:\tb\x1b[2J\r")
        '+  a:    b[2J'
    """
    return "".join(character for character in line.expandtabs(4) if unicodedata.category(character) not in _STRIPPED)


def deep_clean(value: Any) -> Any:
    """Clean every string in plain JSON values, keys included."""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, dict):
        return {clean(key): deep_clean(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [deep_clean(item) for item in value]
    return value


def without_password(address: str) -> str:
    """Return an address without the name and password that may stand in it.

    Example:
        >>> without_password("https://me:secret@hub.example:8090/x@y"), without_password("not an address")
        ('https://hub.example:8090/x@y', 'not an address')
    """
    scheme, colon, rest = address.partition("://")
    place, slash, path = rest.partition("/")
    return f"{scheme}{colon}{place.rpartition('@')[2]}{slash}{path}"


def option(name: str, *values: object) -> str:
    """Write an option as it is typed: names of columns and folders may hold spaces and quotes.

    Example:
        >>> option("--split", "test"), option("--label-column", "# my label")
        ('--split test', "--label-column '# my label'")
    """
    return shlex.join([name, *map(str, values)])


def amount(count: int, one: str, several: str) -> str:
    """Write how many there are of something.

    Example:
        >>> amount(1, "row", "rows"), amount(1200, "row", "rows")
        ('1 row', '1,200 rows')
    """
    return f"{count:,} {one if count == 1 else several}"


def number(value: float | None) -> str:
    """Write a score with three decimals, or three digits and an exponent where that says nothing.

    Example:
        >>> number(0.81264), number(-1234.5), number(1e-9), number(None)
        ('0.813', '-1234', '1.00e-09', '-')
    """
    if value is None or math.isnan(value):
        return DASH
    size = abs(value)
    if size >= 1e6 or 0 < size < 5e-4:
        return f"{value:.2e}"
    return f"{value:.0f}" if size >= 1000 else f"{value:.1f}" if size >= 100 else f"{value:.3f}"


def count(value: float | None) -> str:
    """Write a count the way model cards do.

    Example:
        >>> count(25_557_032), count(999), count(None)
        ('25.6M', '999', '-')
    """
    if value is None:
        return DASH
    for size, letter in ((1e12, "T"), (1e9, "B"), (1e6, "M"), (1e3, "k")):
        if value >= 0.9995 * size:
            return f"{value / size:.3g}{letter}"
    return f"{value:.0f}"


def duration(seconds: float) -> str:
    """Write a time span in its largest sensible unit.

    Example:
        >>> duration(3.2), duration(75), duration(7300)
        ('3.2 s', '1 min 15 s', '2 h 1 min')
    """
    if seconds < 60:
        return f"{seconds:.1f} s" if seconds < 9.95 else f"{seconds:.0f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest} s" if minutes < 10 and rest else f"{minutes} min"
    return f"{minutes // 60} h {minutes % 60} min"


def byte_size(count: float) -> str:
    """Return a number of bytes in decimal units, as disks and the Hub count them.

    Example:
        >>> byte_size(512), byte_size(4_200_000), byte_size(1.2e10)
        ('512 bytes', '4.2 MB', '12 GB')
    """
    for unit, size in (("TB", 1e12), ("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if count >= size:
            return f"{count / size:,.{0 if count >= 10 * size else 1}f} {unit}"
    return f"{count:.0f} bytes"


def csv_cell(cell: Any) -> Any:
    """Return a cell of a CSV file that no spreadsheet runs as a formula; only strings change.

    Example:
        >>> csv_cell("=HYPERLINK()"), csv_cell("mit"), csv_cell(-0.5)
        ("'=HYPERLINK()", 'mit', -0.5)
    """
    text = clean(cell) if isinstance(cell, str) else cell
    return f"'{text}" if isinstance(text, str) and text.startswith(("=", "+", "-", "@")) else text


def parse_json(text: str | bytes) -> Any:
    """Return what a JSON text from somebody else holds.

    Raises:
        ValueError: it is damaged, or nested deeper than whoever walks through it could follow.

    Example:
        >>> parse_json('{"a": [1]}')
        {'a': [1]}
    """
    try:
        found = json.loads(text)
    except RecursionError:
        raise ValueError(_NESTED) from None
    level = [found]
    for _ in range(_DEEPEST):
        level = [
            child
            for node in level
            for child in (node.values() if isinstance(node, dict) else node if isinstance(node, list) else ())
            if isinstance(child, (dict, list))
        ]
        if not level:
            return found
    raise ValueError(_NESTED)
