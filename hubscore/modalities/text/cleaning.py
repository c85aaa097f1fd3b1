"""What is no text, with the reason; what of a text no tokenizer can read; and what is worth saying of texts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from hubscore.modalities.text.items import Text, parts_of

MOST_CHARACTERS = 200_000
"""Characters of a text that are kept: more than any network here looks at."""
MOST_WORDS = 20_000
"""Words of a sentence whose words have labels."""

_SURROGATES = re.compile("[\ud800-\udfff]")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_HTML = re.compile(r"</?[a-zA-Z][a-zA-Z0-9]*(?:\s[^<>]{0,500})?/?>|&(?:amp|lt|gt|quot|nbsp|#\d{1,5});")


def checked(value: Any) -> str:
    r"""Return a text as it is kept: no longer than :data:`MOST_CHARACTERS`, and of whole characters.

    Raises:
        ValueError: it is none, with the reason.

    Example:
        >>> checked("hello"), checked("broken \ud83d")
        ('hello', 'broken �')
        >>> checked("  ")
        Traceback (most recent call last):
        ValueError: the text is empty
    """
    if not isinstance(value, str):
        raise ValueError(f"not a text but a value of type {type(value).__name__}")
    text = value[:MOST_CHARACTERS]
    if not _without_control(text).strip():
        blank = value.strip() and len(value) <= MOST_CHARACTERS
        raise ValueError("the text holds nothing but control characters" if blank else "the text is empty")
    return _SURROGATES.sub("\ufffd", text)


def checked_words(values: Sequence[Any]) -> list[str]:
    """Return the words of a sentence.

    Raises:
        ValueError: there are none, or one is no text.

    Example:
        >>> checked_words(["New", None])
        Traceback (most recent call last):
        ValueError: word 2 is not a text but a value of type NoneType
    """
    if not values:
        raise ValueError("the sentence has no words")
    if len(values) > MOST_WORDS:
        raise ValueError(f"the sentence has {len(values):,} words, and at most {MOST_WORDS:,} are read")
    for number, value in enumerate(values, 1):
        if not isinstance(value, str):
            raise ValueError(f"word {number} is not a text but a value of type {type(value).__name__}")
    words = [_SURROGATES.sub("\ufffd", value[:MOST_CHARACTERS]) for value in values]
    if not any(map(str.strip, words)):
        raise ValueError("the text is empty")
    return words


def notes_on(items: Iterable[Text]) -> list[str]:
    r"""Say how many texts hold HTML, control characters or what is no character, and how many were cut.

    Example:
        >>> notes_on(["<b>bold</b>", "plain", "a bell\x07"])
        ['1 of 3 texts holds HTML, which stays in it', '1 of 3 texts holds control characters, which stay in it']
    """
    html = control = broken = cut = total = 0
    for item in items:
        total += 1
        parts = parts_of(item)
        html += any(_HTML.search(part[:MOST_CHARACTERS]) is not None for part in parts)
        control += any(_CONTROL.search(part) is not None for part in parts)
        broken += any("\ufffd" in part for part in parts)
        cut += any(len(part) >= MOST_CHARACTERS for part in parts)
    notes = []
    if html:
        notes.append(f"{_hold(html, total)} HTML, which stays in {_them(html)}")
    if control:
        notes.append(f"{_hold(control, total)} control characters, which stay in {_them(control)}")
    if broken:
        notes.append(f"{_hold(broken, total)} characters that could not be read, shown as \ufffd")
    if cut:
        were = "is" if cut == 1 else "are"
        notes.append(f"{cut} of {total} texts {were} longer than {MOST_CHARACTERS:,} characters; the rest is not read")
    return notes


def _hold(count: int, total: int) -> str:
    return f"{count} of {total} texts {'holds' if count == 1 else 'hold'}"


def _them(count: int) -> str:
    return "it" if count == 1 else "them"


def _without_control(text: str) -> str:
    return _CONTROL.sub("", text) if not text[:200].strip() or _CONTROL.match(text) else text
