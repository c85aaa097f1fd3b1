"""What people pass, checked: arrays, where what is not fit is said by column or row, and the numbers among a score's
options.
"""

from __future__ import annotations

import math
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
TARGETS = ("classification", "multilabel", "regression", "annotation")


def matrix(name: str, values: ArrayLike) -> Floats:
    """Return a float64 matrix, or say which column is not fit."""
    array = np.asarray(as_array(values), dtype=np.float64)
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


def kernel_matrix(values: ArrayLike) -> Floats:
    """Return a float64 matrix with a row and a column per sample, exactly symmetric, or say why it is no kernel.

    Raises:
        UsageError: it is not square, holds a value that is not finite, or differs from its transpose by more than the
            rounding of single precision.
    """
    kernel = matrix("kernel", values)
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
    """Return (target, classes, labels): integer codes for classification, float64 otherwise."""
    if labels is None:
        return target, None, None
    values = as_array(labels)
    if target is not None and target not in TARGETS:
        raise UsageError(f"Unknown target '{target}'", f"there are {', '.join(TARGETS)}", "pass one of them")
    if target is None and values.ndim == 1 and values.dtype.kind in "iub":
        target = "classification"
    if target is None:
        raise UsageError(
            f"Cannot tell what labels of type {values.dtype} and shape {values.shape} are",
            "only integers of shape (n,) are taken as classes",
            'pass target="classification", "multilabel", "regression" or "annotation"',
        )
    if target == "classification":
        if values.ndim != 1:
            raise UsageError(f"Classes need labels of shape (n,), not {values.shape}", "", 'pass target="multilabel"')
        if values.dtype.kind == "f" and not np.isfinite(values).all():
            raise UsageError("Cannot use labels: some are not finite", "", "drop those rows")
        classes, codes = np.unique(values, return_inverse=True)
        return target, classes, codes.astype(np.int64)
    columns = matrix("labels", values[:, None] if values.ndim == 1 else values)
    if target == "multilabel" and not np.isin(columns, (0, 1)).all():
        raise UsageError(
            "Multilabel labels must be 0 or 1",
            "other values were found",
            'pass target="annotation" for real-valued vectors',
        )
    return target, None, columns


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
