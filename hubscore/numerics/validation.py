"""What people pass, checked: arrays, where what is not fit is said by column or row, and the numbers among a score's
options.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from numbers import Integral, Real
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hubscore.errors import Undefined, UsageError
from hubscore.numerics.arrays import as_array
from hubscore.types import Target

Floats = NDArray[np.float64]
ASYMMETRY = 1e-5
"""Of a kernel's largest entry: what single precision explains."""
LEAST, MOST = 1e-140, 1e140
"""Magnitudes whose squares, and the ratios of these, are numbers."""
_NO_NUMBERS = {"U": "words", "S": "words", "c": "complex numbers", "M": "dates", "m": "spans of time"}
"""What arrays hold that must not be taken for numbers, by numpy's letter for it."""
TARGETS = ("classification", "multilabel", "regression", "annotation")


def matrix(name: str, values: ArrayLike) -> Floats:
    """Return a float64 matrix, or say which column is not fit."""
    array = _floats(name, values)
    if array.ndim != 2 or not array.size:
        raise UsageError(
            f"Cannot use {name} of shape {array.shape}",
            "it must be (samples, columns), both at least 1",
            f"reshape {name}",
        )
    finite = np.isfinite(array)
    if not finite.all():
        row, column = np.argwhere(~finite)[0]
        count = int((~finite).any(axis=0).sum())
        raise UsageError(
            f"Cannot use {name}: column {column} is {array[row, column]} in row {row}",
            f"{count} of {array.shape[1]} columns hold values that are not finite",
            "drop those rows, or skip this checkpoint",
        )
    return array


def is_in_reach(array: Floats) -> bool:
    """Whether the squares of what an array holds are numbers."""
    largest = float(np.abs(array).max())
    return not largest or LEAST <= largest <= MOST


def check_reach(name: str, array: Floats) -> Floats:
    """Return an array whose squares are numbers.

    Raises:
        UsageError: they overflow or vanish.
    """
    if not is_in_reach(array):
        largest = float(np.abs(array).max())
        why = "scores take squares, which overflow or vanish there"
        raise UsageError(f"Cannot use {name} of up to {largest:.3g}", why, f"divide {name} by {largest:.3g}")
    return array


def _floats(name: str, values: ArrayLike) -> Floats:
    """Return numbers as float64.

    Raises:
        UsageError: they are none: words, complex numbers, rows of several lengths.
    """
    try:
        given = as_array(values)
        if given.dtype.kind not in _NO_NUMBERS:
            return np.asarray(given.tolist() if given.dtype.kind == "O" else given, dtype=np.float64)
        why = f"they hold {_NO_NUMBERS[given.dtype.kind]}"
    except (TypeError, ValueError) as error:  # numpy's, for words among numbers and for ragged rows
        why = _ragged(values) or str(error)
    raise UsageError(f"Cannot use {name}", why, f"pass {name}= as numbers of shape (samples, columns)")


def _ragged(rows: Any) -> str:
    """Say that rows have several lengths, where they do."""
    if not isinstance(rows, Iterable):
        return ""
    sizes = {len(row) if hasattr(row, "__len__") and not isinstance(row, str) else 0 for row in rows}
    return f"rows have from {min(sizes)} to {max(sizes)} values" if len(sizes) > 1 else ""


def kernel_matrix(values: ArrayLike) -> Floats:
    """Return a float64 matrix with a row and a column per sample, exactly symmetric, or say why it is no kernel.

    Raises:
        UsageError: it is not square, holds a value that is not finite, or differs from its transpose by more than the
            rounding of single precision.
    """
    kernel = check_reach("kernel", matrix("kernel", values))
    if kernel.shape[0] != kernel.shape[1]:
        why = "it must be (samples, samples): how alike each two samples are"
        raise UsageError(
            f"Cannot use kernel of shape {kernel.shape}", why, "pass kernel=rows @ rows.T, or features=rows"
        )
    apart = np.abs(kernel - kernel.T)
    row, column = np.unravel_index(int(apart.argmax()), kernel.shape)
    if apart[row, column] > ASYMMETRY * np.abs(kernel).max():
        there = f"row {row} and column {column} hold {kernel[row, column]:.6g}, and the other way round"
        why = f"{there} {kernel[column, row]:.6g}"
        raise UsageError("Cannot use kernel: it is not symmetric", why, "pass kernel=(kernel + kernel.T) / 2")
    return kernel if not apart.any() else (kernel + kernel.T) / 2


def probabilities(probs: Floats) -> Floats:
    """Return rows that are distributions, or say which row is none."""
    if probs.min() < 0 or not np.allclose(probs.sum(axis=1), 1, atol=1e-3):
        row = int(np.argmax(np.abs(probs.sum(axis=1) - 1) + (probs.min(axis=1) < 0)))
        raise UsageError(
            f"Row {row} of probs is not a distribution",
            f"it sums to {probs[row].sum():.6g}",
            "pass logits= if these are logits",
        )
    return probs


def are_probabilities(values: Floats) -> bool:
    """Whether every row is a distribution, up to the rounding of 16-bit floats, as a softmax gives it.

    Example:
        >>> are_probabilities(np.array([[0.2, 0.8], [1.0, 0.0]])), are_probabilities(np.array([[0.2, 0.9]]))
        (True, False)
    """
    return bool(values.min() >= 0 and np.abs(values.sum(axis=1) - 1).max() <= 5e-3)


def read_labels(
    labels: ArrayLike | None, target: Target | None
) -> tuple[Target | None, NDArray[Any] | None, NDArray[Any] | None]:
    """Return (target, classes, labels): integer codes for classification, float64 otherwise.

    Raises:
        UsageError: nothing says what the labels are, they are not of that kind, or some are missing.
    """
    if labels is None:
        return target, None, None
    values = _plain_labels(labels)
    if target is not None and target not in TARGETS:
        raise UsageError(f"Unknown target '{target}'", f"there are {', '.join(TARGETS)}", "pass one of them")
    if target is None and values.ndim == 1 and values.dtype.kind in "iubUS":
        target = "classification"
    if target is None:
        raise UsageError(
            f"Cannot tell what labels of type {values.dtype} and shape {values.shape} are",
            "only integers and words of shape (n,) are taken as classes",
            _kinds(values),
        )
    if target == "classification":
        if values.ndim != 1:
            fix = "pass labels.ravel()" if values.shape[1:] == (1,) else 'pass target="multilabel"'
            raise UsageError(f"Classes need labels of shape (n,), not {values.shape}", "", fix)
        if values.dtype.kind == "f" and not np.isfinite(values).all():
            raise UsageError("Cannot use labels: some are not finite", "", "drop those rows")
        if values.dtype.kind == "O":
            kinds = sorted({type(value).__name__ for value in values.tolist()})
            what = f"Cannot use labels of {'several types' if len(kinds) > 1 else 'this type'}"
            raise UsageError(what, ", ".join(kinds), "pass integers, or words")
        classes, codes = np.unique(values, return_inverse=True)
        return target, classes, codes.astype(np.int64)
    columns = check_reach("labels", matrix("labels", values[:, None] if values.ndim == 1 else values))
    if target == "multilabel" and not np.isin(columns, (0, 1)).all():
        raise UsageError(
            "Multilabel labels must be 0 or 1",
            "other values were found",
            'pass target="annotation" for real-valued vectors',
        )
    return target, None, columns


def _plain_labels(labels: ArrayLike) -> NDArray[Any]:
    """Return labels as an array; objects, as pandas has words and categories, as what they all are.

    Raises:
        UsageError: some are missing, or rows have several lengths.
    """
    try:
        words = isinstance(labels, (list, tuple)) and any(isinstance(one, str) for one in labels)
        # numpy makes a word of what is missing beside words: nan
        values = np.asarray(labels, dtype=object) if words else as_array(labels)
    except ValueError as error:  # numpy's, for ragged rows
        raise UsageError("Cannot use labels", _ragged(labels) or str(error), "pass one label a sample") from error
    if values.dtype.kind != "O":
        return values
    for row, value in enumerate(values.tolist()):
        missing = value is None or type(value).__name__ in ("NAType", "NaTType")
        if missing or (isinstance(value, float) and math.isnan(value)):
            raise UsageError(f"Cannot use labels: row {row} has none", "", "drop the rows without a label")
    listed = values.tolist()
    same = all(isinstance(one, str) for one in listed) or all(isinstance(one, Real) for one in listed)
    return np.asarray(listed) if same else values


def _kinds(values: NDArray[Any]) -> str:
    """Return what to type for labels of some shape."""
    if values.ndim == 2 and values.shape[1] == 1:
        return "pass labels.ravel(), and target= where they are no integers"
    if values.ndim == 2 and values.dtype.kind in "iub" and bool((values.sum(axis=1) == 1).all()):
        return 'pass labels.argmax(axis=1) for one class a row, or target="multilabel"'
    if values.ndim == 1 and values.dtype.kind == "f":
        return 'pass target="classification" or "regression"'
    return 'pass target="classification", "multilabel", "regression" or "annotation"'


def integer(name: str, value: Any, fix: Any, *, least: int = 1) -> int:
    """Return an option that counts something.

    Args:
        name: of the option.
        value: what was passed.
        fix: a value that would do.
        least: the smallest.

    Raises:
        UsageError: it is not an integer, or too small.

    Example:
        >>> integer("k", 3, 1)
        3
    """
    if not isinstance(value, Integral) or int(value) < least:
        raise UsageError(
            f"Cannot use {name}={_shown(value)}", f"it must be an integer of at least {least}", f"{name}={fix}"
        )
    return int(value)


def number(name: str, value: Any, fix: Any, *, zero: bool = False) -> float:
    """Return an option that measures something.

    Args:
        name: of the option.
        value: what was passed.
        fix: a value that would do.
        zero: whether 0 will do.

    Raises:
        UsageError: it is not a number, infinite or negative.

    Example:
        >>> number("eps", 1e-4, 1.0)
        0.0001
    """
    if not isinstance(value, Real) or not math.isfinite(value) or value < 0 or (value == 0 and not zero):
        needs = f"it must be {'0 or ' if zero else ''}a positive number"
        raise UsageError(f"Cannot use {name}={_shown(value)}", needs, f"{name}={fix}")
    return float(value)


def known(value: int | None, title: str, missing: str, fix: str = "") -> int:
    """Return a number that somebody should tell, a checkpoint's card or its file.

    Args:
        value: the number, where it is known.
        title: of the score that needs it.
        missing: the reason where it is not.
        fix: what to do about it.

    Raises:
        Undefined: it is not known.

    Example:
        >>> known(18, "Capacity", "the number of layers is not known")
        18
    """
    if value is None:
        raise Undefined(f"{title} is undefined", missing, fix)
    return value


def _shown(value: Any) -> str:
    return repr(value) if isinstance(value, str) else str(value)
