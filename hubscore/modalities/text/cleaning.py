"""What is no text, with the reason, and what of a text no tokenizer can read."""

from __future__ import annotations

import re
from typing import Any

from hubscore.modalities.text.encoding import decode_text

MOST_CHARACTERS = 200_000
"""Characters of a text that are kept: more than any network here looks at."""

_SURROGATES = re.compile("[\ud800-\udfff]")


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
    if not value.strip():
        raise ValueError("the text is empty")
    return _SURROGATES.sub("\ufffd", value[:MOST_CHARACTERS])


def text_of_file(data: bytes) -> str:
    """Return the text of a file.

    Raises:
        ValueError: the encoding cannot be told.
    """
    text, _ = decode_text(data)
    return text
