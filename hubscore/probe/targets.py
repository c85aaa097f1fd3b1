"""From label columns to targets, and the functions ``g`` that turn annotations into the vectors PARC compares."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from datasets import ClassLabel

from hubscore.errors import DatasetError
from hubscore.probe.columns import kind_of
from hubscore.types import Target


@dataclass(frozen=True)
class Labels:
    """The labels of every row.

    Attributes:
        target: what they are.
        values: ``(n,)`` integers into ``classes``, ``(n, q)`` 0/1 for multilabel, or floats for regression.
        classes: class names.
        missing: ``(n,)`` True where a row has no label; its value means nothing.
    """

    target: Target
    values: np.ndarray
    classes: tuple[str, ...]
    missing: np.ndarray


def read_labels(column: pa.ChunkedArray, feature: object, *, name: str, target: Target | None = None) -> Labels:
    """Turn a label column into classes, 0/1 vectors or numbers.

    Without ``target`` the type decides: class labels, strings, integers and booleans are classes, lists of them are
    several labels a row, floats are a regression. A null, an empty string, a NaN and a class label of -1 mean that the
    row has no label.

    Args:
        column: the values, one a row.
        feature: the column's feature.
        name: the column's name, for messages.
        target: what to read them as.

    Returns:
        The labels.

    Raises:
        DatasetError: the values cannot be read as this target.
    """
    values = _plain(column, feature)
    kind = kind_of(feature)
    found: Target = (
        "multilabel" if kind in ("list", "classes") else "regression" if kind == "float" else "classification"
    )
    wanted = found if target in (None, "annotation") else target
    if (wanted == "multilabel") != (found == "multilabel") or (wanted == "regression" and kind == "text"):
        raise DatasetError(
            f"Column {name!r} cannot be read as {wanted}", f"its values look like {found}", f"--target {found}"
        )
    if wanted == "multilabel":
        return _several(values, feature)
    return _numbers(values, name) if wanted == "regression" else _classes(values, feature, name)


def one_hot(labels: np.ndarray, classes: int) -> np.ndarray:
    """Return ``g`` for classification: the class as a 0/1 vector.

    Args:
        labels: shape (n,), integers in 0..classes-1.
        classes: how many.

    Returns:
        Shape (n, classes), float, one 1 a row.

    Source: PARC, Bolya et al., NeurIPS 2021, Sec. 3.

    Example:
        >>> one_hot(np.array([1, 0]), 2)
        array([[0., 1.],
               [1., 0.]])
    """
    vectors: np.ndarray = np.eye(classes)[labels]
    return vectors


def multi_hot(label_sets: Sequence[Sequence[int]], classes: int) -> np.ndarray:
    """Return ``g`` for several labels a row: 1 for each class that is there.

    Args:
        label_sets: n sequences of integers in 0..classes-1; one may be empty.
        classes: how many.

    Returns:
        Shape (n, classes), float, 0 or 1.

    Example:
        >>> multi_hot([[0, 2], []], 3)
        array([[1., 0., 1.],
               [0., 0., 0.]])
    """
    vectors = np.zeros((len(label_sets), classes))
    for vector, labels in zip(vectors, label_sets, strict=True):
        vector[list(labels)] = 1.0
    return vectors


def class_vectors(labels: Labels) -> np.ndarray:
    """Return ``g`` for labels that are classes: one-hot, or the 0/1 vectors as they are."""
    return one_hot(labels.values, len(labels.classes)) if labels.values.ndim == 1 else labels.values.astype(float)


def _plain(column: pa.ChunkedArray, feature: object) -> pa.Array:
    """Return one array of plain values; class names become their numbers where the feature knows them."""
    values = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    if pa.types.is_dictionary(values.type):
        values = values.dictionary_decode()
    if isinstance(feature, ClassLabel) and not pa.types.is_integer(values.type):
        return feature.cast_storage(values)
    return values


def _classes(values: pa.Array, feature: object, name: str) -> Labels:
    if isinstance(feature, ClassLabel):
        numbers = values.fill_null(-1).to_numpy(zero_copy_only=False).astype(int)
        return Labels(
            "classification", numbers, tuple(map(str, feature.names)), (numbers < 0) | (numbers >= feature.num_classes)
        )
    listed = _without_fractions(values.to_pylist(), name)
    missing = np.array([value is None or value == "" for value in listed])
    kept = sorted({value for value, absent in zip(listed, missing, strict=True) if not absent})
    number = {value: index for index, value in enumerate(kept)}
    numbers = np.array(
        [number.get(value, -1) if not absent else -1 for value, absent in zip(listed, missing, strict=True)], dtype=int
    )
    return Labels("classification", numbers, tuple(map(str, kept)), missing)


def _without_fractions(values: list[Any], name: str) -> list[Any]:
    """Read floats as integers, which is what integers with gaps become in many tables."""
    if not any(isinstance(value, float) for value in values):
        return values
    whole = [
        None if value is None or np.isnan(value) else int(value) if float(value).is_integer() else value
        for value in values
    ]
    if any(isinstance(value, float) for value in whole):
        raise DatasetError(
            f"Column {name!r} cannot be read as classification", "its values are fractions", "--target regression"
        )
    return whole


def _numbers(values: pa.Array, name: str) -> Labels:
    numbers = np.array([np.nan if value is None else float(value) for value in values.to_pylist()])
    if np.isinf(numbers).any():
        raise DatasetError(
            f"Column {name!r} holds infinite values", "a regression needs finite ones", "remove those rows"
        )
    return Labels("regression", numbers, (), np.isnan(numbers))


def _several(values: pa.Array, feature: object) -> Labels:
    """Read lists of classes; lists of one length that hold only 0 and 1 are 0/1 vectors already."""
    rows = values.to_pylist()
    missing = np.array([row is None for row in rows])
    rows = [row or [] for row in rows]
    inner = getattr(feature, "feature", None)
    lengths = {len(row) for row, absent in zip(rows, missing, strict=True) if not absent}
    if isinstance(inner, ClassLabel):
        return Labels(
            "multilabel", multi_hot(rows, inner.num_classes).astype(int), tuple(map(str, inner.names)), missing
        )
    if len(lengths) == 1 and max(lengths) > 1 and all(value in (0, 1) for row in rows for value in row):
        width = max(lengths)
        vectors = np.array([row if row else [0] * width for row in rows], dtype=int)
        return Labels("multilabel", vectors, tuple(map(str, range(width))), missing)
    names = sorted({value for row in rows for value in row if value is not None})
    number: Mapping[Any, int] = {value: index for index, value in enumerate(names)}
    sets = [[number[value] for value in row if value is not None] for row in rows]
    return Labels("multilabel", multi_hot(sets, len(names)).astype(int), tuple(map(str, names)), missing)
