"""What the texts of a label column stand for: classes, several labels with a mark between them, or numbers."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from hubscore.probe.label_values import is_empty, numbers_in_text
from hubscore.text import amount
from hubscore.types import Target

MARKS = {"|": "bars", ";": "semicolons", ",": "commas", " ": "spaces"}
"""What stands between several labels of a row, the likeliest first."""

NAMED = 3
"""This many labels are named in a note."""

_COMMA_NUMBER = re.compile(r"[+-]?\d+(?:,\d+)?|[+-]?\d{1,3}(?:,\d{3})+(?:\.\d+)?")
"""A number whose comma may stand before decimals or thousands."""
_PERCENT = re.compile(r"([+-]?(?:\d+(?:[.,]\d+)?|[.,]\d+))\s*%")
_UNSURE = frozenset("n/a na #n/a null none nil nd ? - -- unknown undefined unlabeled unlabelled missing tbd".split())


@dataclass(frozen=True)
class LabelTexts:
    """The texts of a label column as what they stand for.

    Attributes:
        values: one a row: a text, a number, a list of texts, or none where there is no label.
        kind: what they are.
        notes: what was guessed.
    """

    values: list[Any]
    kind: Literal["text", "float", "list"] = "text"
    notes: list[str] = field(default_factory=list)


def read_label_texts(values: Sequence[Any], wanted: Target | None) -> LabelTexts:
    """Say what texts stand for.

    Args:
        values: the texts.
        wanted: what a person says that they are; by the values without it.

    Example:
        >>> read_label_texts(["12.5 %", "50 %"], "regression").values
        [12.5, 50.0]
        >>> read_label_texts(["cat|dog", "cat", "dog|owl", "owl"], None).values
        [['cat', 'dog'], ['cat'], ['dog', 'owl'], ['owl']]
        >>> read_label_texts(["cat", "cat ", "dog"], None).values
        ['cat', 'cat', 'dog']
    """
    given = [value.strip() if isinstance(value, str) else value for value in values]
    lost = len({value for value in values if value and value.strip()}) - len(set(filter(None, given)))
    notes = ["spaces around the labels were taken away, which makes some of them the same"] if lost > 0 else []
    if wanted in (None, "multilabel") and (ones := _zeros_and_ones(given)) is not None:
        return LabelTexts(ones, "list", notes)
    if wanted == "multilabel":
        mark = next((mark for mark in MARKS if any(mark in value for value in filter(None, given))), "|")
        example = next((value for value in given if value and len(_parts(value, mark)) > 1), None)
        if example is not None:
            notes.append(f"labels were split at {MARKS[mark]} ({example!r} is {' and '.join(_parts(example, mark))})")
        return LabelTexts(_split(given, mark), "list", notes)
    shares = _shares(given) if wanted in (None, "regression") else None
    if shares is not None and (wanted is not None or _are_fractions(shares)):
        notes.append("percent signs were left out: 50 % is the number 50")
        given = shares
    numbers = numbers_in_text(given) if wanted != "regression" else numbers_of(given)
    if numbers is None and wanted is None and _are_fractions(given):
        numbers = numbers_of(given)
        notes.append("texts that are numbers were read as numbers; --target classification makes each a class")
    if numbers is not None:
        return LabelTexts(numbers, "float", notes)
    if wanted is not None:
        return LabelTexts(given, "text", notes)
    several = {value for value in given if value}
    for mark, name in MARKS.items():
        if mark != " " and _are_several(several, mark):
            example = next(value for value in given if value and len(_parts(value, mark)) > 1)
            read = f"labels with {name} between them were read as several a row ({example!r} is"
            parts = " and ".join(_parts(example, mark))
            return LabelTexts(
                _split(given, mark), "list", [*notes, f"{read} {parts}); --target classification keeps them whole"]
            )
    return LabelTexts(given, "text", [*notes, *_doubts(given, several)])


def _split(values: Iterable[Any], mark: str) -> list[list[str] | None]:
    return [None if is_empty(value) else _parts(value, mark) for value in values]


def _parts(value: str, mark: str) -> list[str]:
    """Return the labels in a text, each once."""
    return list(dict.fromkeys(part.strip() for part in value.split(mark) if part.strip()))


def _are_several(values: set[str], mark: str) -> bool:
    """Whether a mark separates labels: there are fewer of these than of the texts that they make up, or all of them
    also stand alone.
    """
    together = {value: parts for value in values if len(parts := _parts(value, mark)) > 1}
    if not together or (mark == "," and (_are_numbers(values) or _are_compounds(values))):
        return False
    found = {part for value in values for part in _parts(value, mark)}
    alone = values - set(together)
    return len(found) < len(values) or {part for parts in together.values() for part in parts} <= alone


def _are_compounds(values: Iterable[str]) -> bool:
    """Whether all texts have as many parts between commas, as ``Paris, France`` and surnames with first names have."""
    return len({value.count(",") for value in values}) == 1


def _are_numbers(values: Iterable[str]) -> bool:
    """Whether all texts are numbers, where commas may stand before decimals or thousands."""
    return all(map(_COMMA_NUMBER.fullmatch, values))


def _zeros_and_ones(values: Sequence[Any]) -> list[list[int] | None] | None:
    """Return rows of zeros and ones, three at least and as many in each, that texts write out: ``0,1,0``."""
    first = next((value for value in values if not is_empty(value)), "")
    mark = next((mark for mark in MARKS if mark in first), "|")
    if first.count(mark) < 2:
        return None
    rows = [None if is_empty(value) else [part.strip() for part in value.split(mark)] for value in values]
    width = first.count(mark) + 1
    if any(len(row) != width or not set(row) <= {"0", "1"} for row in rows if row is not None):
        return None
    return [None if row is None else list(map(int, row)) for row in rows]


def numbers_of(values: Iterable[Any]) -> list[float | None] | None:
    """Return the numbers that texts are, none where one is no number."""
    try:
        return [None if is_empty(value) else float(value) for value in values]
    except ValueError:
        return None


def _shares(values: Sequence[Any]) -> list[str | None] | None:
    """Return the numbers before percent signs, as texts; none where a value has no such sign.

    Example:
        >>> _shares(["12.5 %", "7,5%", None]), _shares(["12.5 %", "7"])
        (['12.5', '7.5', None], None)
    """
    found = [None if is_empty(value) else _PERCENT.fullmatch(str(value)) for value in values]
    if not any(found) or any(one is None and not is_empty(value) for one, value in zip(found, values, strict=True)):
        return None
    return [None if one is None else one[1].replace(",", ".") for one in found]


def _are_fractions(values: Sequence[Any]) -> bool:
    """Whether texts are measured numbers: some are fractions, and hardly two rows have the same."""
    numbers = numbers_of(values)
    known = [number for number in numbers or () if number is not None]
    return 2 * len(set(known)) > len(known) and any(number != int(number) for number in known if abs(number) < 1e300)


def _doubts(values: Sequence[Any], classes: set[str]) -> list[str]:
    """Say which classes may not be meant as such."""
    notes, counts = [], Counter(value for value in values if value)
    if unsure := sorted(name for name in classes if name.lower() in _UNSURE):
        listed = ", ".join(f"{name!r} ({amount(counts[name], 'row', 'rows')})" for name in unsure[:NAMED])
        were = "was read as a class" if len(unsure) == 1 else "were read as classes"
        notes.append(f"{listed} {were}: leave those fields empty if they mean no label")
    alike: dict[str, list[str]] = {}
    for name in sorted(classes):
        alike.setdefault(name.casefold(), []).append(name)
    if same := [names for names in alike.values() if len(names) > 1]:
        listed = "; ".join(" and ".join(names) for names in same[:NAMED])
        notes.append(f"classes that differ in capitals alone are different ones: {listed}")
    for mark, name in MARKS.items():
        whole = [value for value in classes if len(_parts(value, mark)) > 1]
        alone = mark != " " or all(part in classes for value in whole for part in _parts(value, mark))
        if whole and mark == "," and _are_numbers(classes):
            either = "write decimals with a point for a regression; --target multilabel splits them"
            notes.append(f"numbers with commas in them were read as classes ({min(whole)!r}): {either}")
            break
        if whole and alone and mark != ",":
            notes.append(
                f"labels with {name} in them were kept whole ({min(whole)!r}): --target multilabel splits them"
            )
            break
    return notes
