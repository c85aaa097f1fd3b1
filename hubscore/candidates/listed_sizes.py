"""Input sizes in a list of candidates: pixels per side, by row."""

from __future__ import annotations

import math
from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from hubscore.errors import UsageError

COLUMN = "input_size"
LEAST, MOST = 8, 4096


def parse_size(value: Any, path: Path, place: str) -> int | None:
    """Return the pixels per side that a cell asks for; none where it is empty.

    Args:
        value: the cell: text or a number; tables write whole numbers beside empty cells as ``96.0``.
        path: the table, for the error.
        place: where in it, for the error.

    Raises:
        UsageError: it is no whole number from 8 to 4096.

    Example:
        >>> parse_size("96", Path("models.csv"), "line 2"), parse_size("", Path("models.csv"), "line 3")
        (96, None)
    """
    text = "" if value is None else str(value).strip()
    if not text:
        return None
    try:
        size = float(text)
    except ValueError:
        size = math.nan
    if isinstance(value, bool) or not (size.is_integer() and LEAST <= size <= MOST):
        raise UsageError(
            f"Cannot read {str(path)!r}",
            f"{place}, column {COLUMN!r}: {text!r} is no whole number of pixels from {LEAST} to {MOST}",
            "write pixels per side there, such as 224, or leave it empty",
        )
    return int(size)


def check_columns(columns: Sequence[str], path: Path) -> None:
    """Refuse a table whose column of sizes has nearly the right name; its sizes would be passed over without a word.

    Raises:
        UsageError: there is such a column.
    """
    if COLUMN in columns:
        return
    plain = {"".join(filter(str.isalnum, name.lower())): name for name in columns if name}
    near = get_close_matches("inputsize", list(plain), n=1, cutoff=0.8)
    if near:
        raise UsageError(
            f"The candidate list {str(path)!r} has no column {COLUMN!r}",
            f"there is {plain[near[0]]!r}, which is nearly that",
            f"name the column {COLUMN!r}",
        )
