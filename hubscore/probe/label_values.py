"""What single values of a label column mean: which say that there is no label, and when numbers are classes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from hubscore.text import amount

FEW = 20
"""This many whole numbers stored as floats are classes in any case; more are when they count up without a gap."""
PER_CLASS = 10
"""Rows per number that more than :data:`FEW` need to be classes."""

_FAR = (999, 9999, -99, -999, -9999)
_EMPTY = ("", "nan", "<na>", "nat")
_MARKS = ("-1", "-1.0")


def without_marks(values: Sequence[Any]) -> tuple[list[Any], list[str]]:
    """Return values with none where a row has no label, and notes on what was read so.

    A null, an empty text and a NaN never are labels. -1 is none beside two other values or more that are not negative.

    Example:
        >>> without_marks([2, 1, -1, None])
        ([2, 1, None, None], ['-1 was read as no label (1 row); --target classification makes it a class'])
        >>> without_marks([-1, 1, -1])[0]
        [-1, 1, -1]
    """
    plain = [None if is_empty(value) else value for value in values]
    given = set(plain) - {None}
    marks = {value for value in given if str(value).strip() in _MARKS}
    if not marks:
        return plain, []
    others = given - marks
    if len(others) < 2:
        return plain, ["-1 was read as a class, as fewer than two classes would be left without it"]
    if any(str(value).strip().startswith("-") for value in others):
        return plain, ["-1 was read as a class, as other values are negative too"]
    kept = [None if value in marks else value for value in plain]
    rows = amount(sum(value in marks for value in plain), "row", "rows")
    if others in ({0, 1}, {"0", "1"}):  # a negative class beside a neutral and a positive one looks the same
        left = "which leaves the classes 0 and 1"
        return kept, [f"-1 was read as no label ({rows}), {left}; --target classification makes it the third class"]
    return kept, [f"-1 was read as no label ({rows}); --target classification makes it a class"]


def numbers_in_text(values: Sequence[Any]) -> list[float | None] | None:
    """Return the numbers of a column of texts that a NaN or a fraction with zeros shows to be of numbers.

    Example:
        >>> numbers_in_text(["1.0", "NaN", "2.0"]), numbers_in_text(["1", "cat"])
        ([1.0, None, 2.0], None)
    """
    given = [value for value in values if isinstance(value, str) and value.strip()]
    if not any(value.strip().lower() in _EMPTY for value in given):
        return None
    try:
        return [None if is_empty(value) else float(value) for value in values]
    except ValueError:
        return None


def whole_classes(values: Sequence[Any]) -> bool:
    """Whether floats are classes: whole, and few, which is what classes with a gap become in many tables.

    Example:
        >>> whole_classes([0.0, 1.0, None, 1.0, 0.0]), whole_classes([0.5, 1.0])
        (True, False)
    """
    counts = Counter(float(value) for value in values if value is not None)
    if not counts or not all(number.is_integer() for number in counts):
        return False
    if len(counts) <= FEW:
        return sum(counts.values()) >= 2 * len(counts)
    return _count_up(counts)


def _count_up(counts: Counter[Any]) -> bool:
    """Whether numbers count up from 0 or 1 without a gap, and each has rows enough to be a class."""
    counted = max(counts) - min(counts) == len(counts) - 1 and min(counts) in (0, 1)
    return counted and sum(counts.values()) >= PER_CLASS * len(counts)


def marks_doubted(values: Sequence[Any]) -> list[str]:
    """Say that a number far from all others was read as a class where it may stand for none.

    Example:
        >>> marks_doubted([0, 1, 999, 1]), marks_doubted([0, 1, 99])
        (['999 was read as a class (1 row): leave the field empty if it means no label'], [])
    """
    counts = Counter(value for value in values if value is not None)
    marks = [
        mark for mark in _FAR if mark in counts and all(abs(one) < abs(mark) // 10 for one in counts if one != mark)
    ]
    rows = {mark: amount(counts[mark], "row", "rows") for mark in marks}
    return [f"{mark} was read as a class ({rows[mark]}): leave the field empty if it means no label" for mark in marks]


def numbers_doubted(values: Sequence[Any]) -> list[str]:
    """Say that many whole numbers were read as classes where they may be measured: ages, years, prices.

    Example:
        >>> numbers_doubted([0, 1, 2] * 5), len(numbers_doubted(list(range(18, 80)) * 2))
        ([], 1)
    """
    counts = Counter(value for value in values if value is not None)
    if len(counts) <= FEW or _count_up(counts):
        return []
    spread = f"{min(counts)} to {max(counts)}"
    return [f"{len(counts)} whole numbers from {spread} were read as classes; --target regression keeps them numbers"]


def is_empty(value: Any) -> bool:
    """Whether a value is no label in any column."""
    if value is None or value != value:
        return True
    return isinstance(value, str) and value.strip().lower() in _EMPTY
