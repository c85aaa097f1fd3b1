"""What one text is, and the bytes that it travels as: JSON of a string, of two strings, or of words and a number."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from hubscore.text import amount


@dataclass(frozen=True)
class WordInText:
    """One word in its sentence: a row of a task that labels words.

    Attributes:
        words: the sentence.
        index: which of them the row is about.
    """

    words: tuple[str, ...]
    index: int

    def __str__(self) -> str:
        return f"{self.words[self.index]} in: {' '.join(self.words)}"


Text = str | tuple[str, str] | WordInText
"""A decoded item: a text, a pair of texts, or a word in its sentence."""


@dataclass(frozen=True)
class TextFile:
    """The feature of a column that names text files, as ``datasets``' Image is of one that names images."""

    decode: bool = True


def to_bytes(item: Text) -> bytes:
    """Return an item as the bytes that it travels as.

    Example:
        >>> to_bytes("hello"), to_bytes(("a", "b")), to_bytes(WordInText(("new", "york"), 1))
        (b'"hello"', b'["a", "b"]', b'{"words": ["new", "york"], "index": 1}')
    """
    if isinstance(item, WordInText):
        return _json({"words": item.words, "index": item.index})
    return _json(item)


def sentence_bytes(words: Sequence[str]) -> bytes:
    """Return a sentence of words as bytes: one text, until :func:`word_bytes` makes one of its words the item.

    Example:
        >>> from_bytes(sentence_bytes(["new", "york"]))
        'new york'
    """
    return _json({"words": words})


def word_bytes(sentence: bytes, index: int, labels: int) -> bytes:
    """Return a word of a sentence as bytes.

    Args:
        sentence: as bytes.
        index: of the word.
        labels: how many labels the sentence has.

    Raises:
        ValueError: it has more or fewer words than labels, or the word is empty.

    Example:
        >>> word_bytes(sentence_bytes(["new", "york"]), 1, 3)
        Traceback (most recent call last):
        ValueError: 3 labels for 2 words
    """
    words = json.loads(sentence)["words"]
    if len(words) != labels:
        raise ValueError(f"{amount(labels, 'label', 'labels')} for {amount(len(words), 'word', 'words')}")
    if not words[index].strip():
        raise ValueError("the word is empty")
    return _json({"words": words, "index": index})


def from_bytes(data: bytes) -> Text:
    """Undo :func:`to_bytes`.

    Raises:
        ValueError: the bytes are of no text.

    Example:
        >>> from_bytes(b'["a", "b"]')
        ('a', 'b')
    """
    value = json.loads(data)
    if isinstance(value, str):
        return value
    if isinstance(value, list) and len(value) == 2 and _are_texts(value):
        return value[0], value[1]
    if isinstance(value, dict) and isinstance(words := value.get("words"), list) and _are_texts(words):
        if "index" not in value:
            return " ".join(words)
        index = value["index"]
        if isinstance(index, int) and 0 <= index < len(words):
            return WordInText(tuple(words), index)
    raise ValueError("not a text, a pair of texts or a word in its sentence")


def parts_of(item: Text) -> tuple[str, ...]:
    """Return the strings that an item is made of.

    Example:
        >>> parts_of("hello"), parts_of(WordInText(("new", "york"), 1))
        (('hello',), ('new', 'york'))
    """
    if isinstance(item, str):
        return (item,)
    return item.words if isinstance(item, WordInText) else item


def _are_texts(values: Sequence[Any]) -> bool:
    return all(isinstance(value, str) for value in values)


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()
