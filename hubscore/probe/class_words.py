"""Names of numbered classes that stand in a column of words beside them: ``label_text`` beside ``label``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pyarrow as pa
from datasets import Features

from hubscore.probe.columns import kind_of, leaves
from hubscore.probe.label_names import is_like_label
from hubscore.probe.rows import Rows
from hubscore.probe.targets import Labels

_NUMBER = re.compile(r"[+-]?\d+(?:\.0*)?")


def named_by_words(rows: Rows, column: str, label: str, labels: Labels) -> tuple[Labels, str | None]:
    """Give numbered classes the words of another column as names, where each number has one word in all rows and each
    word one number.

    Args:
        rows: the split.
        column: the input column, which names no classes.
        label: the label column.
        labels: of every row.

    Returns:
        The labels, and the column of their names; the labels as they are and none where no column names the classes.
    """
    if labels.target != "classification" or not all(map(_NUMBER.fullmatch, labels.classes)):
        return labels, None
    for name in _companions(rows.features, column, label):
        if words := one_to_one(rows.column(name), labels):
            return replace(labels, classes=words, kind=f"{labels.kind} with the words of {name} as their names"), name
    return labels, None


def one_to_one(column: pa.ChunkedArray, labels: Labels) -> tuple[str, ...]:
    """Return the word of each class, none where a class has several, several have the same, or words are numbers too.

    Example:
        >>> labels = Labels("classification", np.array([0, 1, 0]), ("0", "1"), np.zeros(3, bool))
        >>> one_to_one(pa.chunked_array([["cat", "dog", "cat"]]), labels)
        ('cat', 'dog')
        >>> one_to_one(pa.chunked_array([["cat", "dog", "dog"]]), labels)
        ()
    """
    values = pa.concat_arrays(column.chunks) if column.num_chunks else pa.array([], column.type)
    encoded = values if pa.types.is_dictionary(values.type) else values.dictionary_encode()
    codes = encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64)[~labels.missing]
    classes = labels.values[~labels.missing]
    words = [str(word).strip() for word in encoded.dictionary.to_pylist()]
    word_of = np.full(len(labels.classes), -1)
    word_of[classes] = codes
    if (word_of < 0).any() or (word_of[classes] != codes).any():
        return ()
    found = tuple(words[code] for code in word_of)
    if len(set(found)) < len(found) or not all(found) or all(map(_NUMBER.fullmatch, found)):
        return ()
    return found


def _companions(features: Features, column: str, label: str) -> Iterator[str]:
    """Yield columns of texts that may name the classes of a label, those that are called after it first."""
    inputs = {column, *column.split(",")}
    texts = [name for name, feature in leaves(features) if kind_of(feature) == "text" and name not in {*inputs, label}]
    yield from sorted(
        (name for name in texts if is_like_label(name) or name.lower().startswith(label.lower())),
        key=lambda name: not name.lower().startswith(label.lower()),
    )
