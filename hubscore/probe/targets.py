"""From label columns to targets, and the functions ``g`` that turn annotations into the vectors PARC compares."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
from datasets import ClassLabel

from hubscore.errors import DatasetError
from hubscore.probe.columns import Kind, kind_of
from hubscore.probe.label_texts import numbers_of, read_label_texts
from hubscore.probe.label_values import marks_doubted, numbers_doubted, whole_classes, without_marks
from hubscore.text import amount
from hubscore.types import Target

_WORDS: Mapping[Kind, tuple[str, str]] = {
    "text": ("string", "strings"),
    "int": ("integer", "integers"),
    "bool": ("truth value", "truth values"),
    "float": ("whole float", "whole floats"),
}


@dataclass(frozen=True)
class Labels:
    """The labels of every row.

    Attributes:
        target: what they are.
        values: ``(n,)`` integers into ``classes``, ``(n, q)`` 0/1 for multilabel, or floats for regression.
        classes: class names.
        missing: ``(n,)`` True where a row has no label; its value means nothing.
        kind: what the column holds, for people: ``12 strings``.
        notes: what was guessed of its values, for people.
    """

    target: Target
    values: np.ndarray
    classes: tuple[str, ...]
    missing: np.ndarray
    kind: str = ""
    notes: tuple[str, ...] = ()


def read_labels(column: pa.ChunkedArray, feature: object, *, name: str, target: Target | None = None) -> Labels:
    """Turn a label column into classes, 0/1 vectors or numbers.

    Without ``target`` type and values decide: class labels, strings, integers, booleans and a few whole floats are
    classes, and so are lists where each row has one label, as one-hot lists do; other lists are several labels per row,
    other floats a regression. A null, an empty string, a NaN and a -1 beside other classes mean that the row has no
    label. ``notes`` of the result say what was guessed so.

    Args:
        column: the values, one per row.
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
    wanted = None if target == "annotation" else target
    if kind in ("list", "classes", "vector"):
        return _lists(values, feature, name, wanted)
    if wanted == "multilabel" and kind != "text":
        raise _unlike(name, wanted, "regression" if kind == "float" else "classification")
    if isinstance(feature, ClassLabel):
        return _numbers(values.to_pylist(), name) if wanted == "regression" else _class_labels(values, feature)
    return _scalars(values.to_pylist(), kind, name, wanted)


def one_hot(labels: np.ndarray, classes: int) -> np.ndarray:
    """Return ``g`` for classification: the class as a 0/1 vector.

    Args:
        labels: shape (n,), integers in 0..classes-1.
        classes: how many.

    Returns:
        Shape (n, classes), float, one 1 per row.

    Source: PARC, Bolya et al., NeurIPS 2021, Sec. 3.

    Example:
        >>> one_hot(np.array([1, 0]), 2)
        array([[0., 1.],
               [1., 0.]])
    """
    vectors: np.ndarray = np.eye(classes)[labels]
    return vectors


def multi_hot(label_sets: Sequence[Sequence[int]], classes: int) -> np.ndarray:
    """Return ``g`` for several labels per row: 1 for each class that is there.

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


def _unlike(name: str, wanted: Target, found: Target) -> DatasetError:
    what = f"Column {name!r} cannot be read as {wanted}"
    return DatasetError(what, f"its values look like {found}", f"--target {found}")


def _no_numbers(listed: Sequence[Any], name: str) -> DatasetError:
    """Say which text is no number; where most are, it is the texts that want a change."""
    odd = [value for value in listed if value and numbers_of([value]) is None]
    why = f"{amount(len(odd), 'row is', 'rows are')} no number, such as {odd[0]!r}"
    few = 2 * len(odd) < sum(map(bool, listed))
    fix = (
        "write numbers in one unit, and leave the field empty where there is none" if few else "--target classification"
    )
    return DatasetError(f"Column {name!r} cannot be read as regression", why, fix)


def _class_labels(values: pa.Array, feature: ClassLabel) -> Labels:
    """Read numbers of classes that have names; where there are more numbers than names, the names are of others."""
    numbers = values.fill_null(-1).to_numpy(zero_copy_only=False).astype(int)
    beyond = numbers[numbers >= feature.num_classes]
    if len(beyond):
        kept = [None if number < 0 else int(number) for number in numbers]
        named = amount(feature.num_classes, "class", "classes")
        said = f"the data set names {named}, and the column holds numbers up to {beyond.max()}: the names were left out"
        return _classes(kept, "label", ("number", "numbers"), (said,))
    missing = (numbers < 0) | (numbers >= feature.num_classes)
    names = tuple(map(str, feature.names))
    return Labels("classification", numbers, names, missing, amount(len(names), "class", "classes"))


def _scalars(listed: list[Any], kind: Kind, name: str, wanted: Target | None) -> Labels:
    """Read texts, numbers and truth values."""
    said: list[str] = []
    if kind == "text":
        texts = read_label_texts(listed, wanted)
        listed, kind, said = texts.values, texts.kind, texts.notes
        if texts.kind == "list":
            found = _rows_of_labels(listed, None, name, wanted)
            return replace(found, notes=(*said, *found.notes))
    if wanted == "regression":
        if kind == "text":
            raise _no_numbers(listed, name)
        return _numbers(listed, name)
    marked, notes = without_marks(listed) if wanted is None else (listed, [])
    if kind == "float" and wanted is None:
        if not whole_classes(marked):
            return replace(found := _numbers(listed, name), notes=(*said, *found.notes))
        notes.append("whole numbers stored as floats were read as classes; --target regression reads them as numbers")
    elif kind == "int" and wanted is None:
        notes += [*numbers_doubted(marked), *marks_doubted(marked)]
    return _classes(marked, name, _WORDS.get(kind, ("value", "values")), (*said, *notes))


def _classes(listed: list[Any], name: str, words: tuple[str, str], notes: tuple[str, ...] = ()) -> Labels:
    listed = _without_fractions(listed, name)
    missing = np.array([value is None or value == "" for value in listed])
    kept = sorted({value for value, absent in zip(listed, missing, strict=True) if not absent})
    number = {value: index for index, value in enumerate(kept)}
    numbers = np.array(
        [-1 if absent else number[value] for value, absent in zip(listed, missing, strict=True)], dtype=int
    )
    return Labels("classification", numbers, tuple(map(str, kept)), missing, amount(len(kept), *words), notes)


def _without_fractions(values: list[Any], name: str) -> list[Any]:
    """Read floats as integers, which is what integers with gaps become in many tables."""
    if not any(isinstance(value, (float, Decimal)) for value in values):
        return values
    whole = [
        None if value is None or value != value else int(value) if float(value).is_integer() else value
        for value in values
    ]
    if any(isinstance(value, (float, Decimal)) for value in whole):
        raise DatasetError(
            f"Column {name!r} cannot be read as classification", "its values are fractions", "--target regression"
        )
    return whole


def _numbers(listed: list[Any], name: str) -> Labels:
    numbers = np.array([np.nan if value is None else float(value) for value in listed])
    if np.isinf(numbers).any():
        raise DatasetError(
            f"Column {name!r} holds infinite values", "a regression needs finite ones", "remove those rows"
        )
    missing = np.isnan(numbers)
    kind = "numbers" if missing.all() else f"numbers from {np.nanmin(numbers):g} to {np.nanmax(numbers):g}"
    return Labels("regression", numbers, (), missing, kind, _sentinel(numbers[~missing]))


def _sentinel(numbers: np.ndarray) -> tuple[str, ...]:
    """Warn of a -1 among numbers that are never negative otherwise: it may stand for none."""
    marked = int((numbers == -1).sum())
    if not marked or (numbers[numbers != -1] < 0).any():
        return ()
    return (f"{amount(marked, 'label is', 'labels are')} -1 and no other is negative: remove them if they mean none",)


def _lists(values: pa.Array, feature: object, name: str, wanted: Target | None) -> Labels:
    """Read lists of classes or of zeros and ones; where every row has one label, as classes."""
    if wanted == "regression":
        raise _unlike(name, wanted, "multilabel")
    return _rows_of_labels(values.to_pylist(), feature, name, wanted)


def _rows_of_labels(rows: list[Any], feature: object, name: str, wanted: Target | None) -> Labels:
    """Read rows of several labels each, or of zeros and ones."""
    found = _several(rows, feature, name)
    present = ~found.missing
    ones = found.values.sum(axis=1)
    single = bool(present.any()) and bool((ones[present] == 1).all()) and _one_each(rows)
    if wanted == "multilabel" or not single:
        if wanted == "classification":
            raise _unlike(name, wanted, "multilabel")
        return found
    said = f"{found.kind} with one label in every row were read as classes; --target multilabel reads them as lists"
    numbers = np.where(present, found.values.argmax(axis=1), -1)
    return Labels("classification", numbers, found.classes, found.missing, found.kind, (said,))


def _one_each(rows: Sequence[Any]) -> bool:
    """Whether no list names a class twice; lists of zeros and ones are longer."""
    given = [row for row in rows if row is not None]
    return all(len(row) == 1 for row in given) or all(value in (0, 1) for row in given for value in row)


def _several(rows: list[Any], feature: object, name: str) -> Labels:
    """Read lists of classes; lists of one length that hold only 0 and 1 are 0/1 vectors already."""
    missing = np.array([row is None for row in rows])
    rows = [row or [] for row in rows]
    inner = getattr(feature, "feature", None)
    lengths = {len(row) for row, absent in zip(rows, missing, strict=True) if not absent}
    if isinstance(inner, ClassLabel):
        names = tuple(map(str, inner.names))
        vectors = multi_hot(rows, inner.num_classes).astype(int)
        return Labels("multilabel", vectors, names, missing, f"lists of {amount(len(names), 'class', 'classes')}")
    if len(lengths) == 1 and max(lengths) > 1 and all(value in (0, 1) for row in rows for value in row):
        width = max(lengths)
        vectors = np.array([row if row else [0] * width for row in rows]).astype(int)
        return Labels("multilabel", vectors, tuple(map(str, range(width))), missing, f"0/1 lists of length {width}")
    if kind_of(feature) == "vector":
        why = "its lists hold numbers other than 0 and 1, or differ in length"
        raise DatasetError(f"Column {name!r} cannot be read as labels", why, "--label-column NAME, another one")
    known = sorted({value for row in rows for value in row if value is not None})
    number: Mapping[Any, int] = {value: index for index, value in enumerate(known)}
    sets = [[number[value] for value in row if value is not None] for row in rows]
    vectors = multi_hot(sets, len(known)).astype(int)
    kind = f"lists of {amount(len(known), 'label', 'labels')}"
    return Labels("multilabel", vectors, tuple(map(str, known)), missing, kind)
