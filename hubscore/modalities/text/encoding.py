"""The encoding of a text file: UTF-8 where it is, UTF-16 by its marks, Windows-1252 where that is likely."""

from __future__ import annotations

import codecs

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig", ""),
    (codecs.BOM_UTF32_LE, "utf-32", "UTF-32"),
    (codecs.BOM_UTF32_BE, "utf-32", "UTF-32"),
    (codecs.BOM_UTF16_LE, "utf-16", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16", "UTF-16"),
)
_SEEN = 1_000_000
"""Bytes that a guess looks at."""

MOST_FOREIGN = 0.3
"""Share of letters outside ASCII above which a text of one byte per letter is not in a Western language."""


def decode_text(data: bytes) -> tuple[str, str]:
    """Return the text of a file, and what to say of its encoding where it is not UTF-8.

    Raises:
        ValueError: the encoding cannot be told.

    Example:
        >>> decode_text("Bär".encode())
        ('Bär', '')
        >>> decode_text("Dackel, Bär und Otter".encode("latin-1"))[0]
        'Dackel, Bär und Otter'
    """
    for mark, name, title in _MARKS:
        if data.startswith(mark):
            return data.decode(name), f"read as {title}" if title else ""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return _not_utf8(data)
    if "\0" not in text[:_SEEN]:
        return text, ""
    wide = _without_mark(data)
    if wide is None:
        raise ValueError("it holds zero bytes, so it is not a text file")
    return data.decode(wide), "read as UTF-16"


def _not_utf8(data: bytes) -> tuple[str, str]:
    wide = _without_mark(data)
    if wide is not None:
        return data.decode(wide), "read as UTF-16"
    if b"\0" in data[:_SEEN]:
        raise ValueError("it holds zero bytes, so it is not a text file")
    text = data.decode("utf-8", errors="replace")
    bad, good = text.count("\ufffd"), sum(letter > "\x7f" for letter in text) - text.count("\ufffd")
    if good > 10 * bad:
        return text, f"{bad} {'byte is not UTF-8 and was' if bad == 1 else 'bytes are not UTF-8 and were'} replaced"
    high = sum(byte > 127 for byte in data[:_SEEN])
    letters = high + sum(65 <= byte <= 90 or 97 <= byte <= 122 for byte in data[:_SEEN])
    try:
        text = data.decode("cp1252")
    except UnicodeDecodeError:
        text = ""
    if not text or high > MOST_FOREIGN * letters:
        raise ValueError("it is not UTF-8, and its encoding cannot be told")
    return text, "it is not UTF-8, and was read as Windows-1252 (Latin-1): save it as UTF-8 if names look wrong"


def _without_mark(data: bytes) -> str | None:
    """Tell UTF-16 without a mark by its zero bytes."""
    seen = data[: min(len(data) // 2 * 2, _SEEN)]
    if not seen or len(data) % 2:
        return None
    even, odd = seen[::2].count(0), seen[1::2].count(0)
    if odd > 0.7 * len(seen) / 2 and even == 0:
        return "utf-16-le"
    return "utf-16-be" if even > 0.7 * len(seen) / 2 and odd == 0 else None
