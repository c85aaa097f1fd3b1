"""LAPACK and BLAS routines of SciPy without the interpreter's lock.

SciPy's own wrappers of these hold the lock, so that threads which score several networks would wait for each other.
SciPy exports the routines themselves for Cython; ctypes calls them from Python, and lets other threads run meanwhile.
Matrices are symmetric here, so that row and column order are the same; only one triangle is read or written.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from ctypes import (
    CFUNCTYPE,
    PYFUNCTYPE,
    byref,
    c_char,
    c_char_p,
    c_double,
    c_float,
    c_int,
    c_int64,
    c_void_p,
    py_object,
    pythonapi,
)
from functools import cache
from typing import Any, NamedTuple

import numpy as np

from hubscore.numerics.workspace import Floats

BLOCK = 64
"""Columns that are reduced at once: work space is made for so many."""


def tridiagonal(matrix: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    """Reduce a symmetric matrix to tridiagonal form (dsytrd).

    Args:
        matrix: shape (m, m).

    Returns:
        Reflections as LAPACK's dormqr takes them, shape (m - 1, m - 1), and their factors, shape (m - 1,); diagonal,
        shape (m,), and subdiagonal, shape (m - 1,).
    """
    size = len(matrix)
    reduced, diagonal = np.array(matrix, dtype=np.float64, order="F"), np.empty(size)
    beside, factors, work = np.empty(size - 1), np.empty(size - 1), np.empty(BLOCK * size)
    _run("dsytrd", "L", size, reduced, size, diagonal, beside, factors, work, work.size)
    return np.asfortranarray(reduced[1:, :-1]), factors, diagonal, beside


def tridiagonal_eigen(diagonal: Floats, beside: Floats) -> tuple[Floats, Floats] | None:
    """Decompose a symmetric tridiagonal matrix by divide and conquer (dstevd).

    Args:
        diagonal: shape (m,).
        beside: subdiagonal, shape (m - 1,).

    Returns:
        Eigenvalues, rising, shape (m,), and eigenvectors, shape (m, m); none where it fails, as it does on a few
        matrices.

    Example:
        >>> values, vectors = tridiagonal_eigen(np.array([1.0, 1.0]), np.array([0.5]))
        >>> values.tolist(), np.round(vectors**2, 3).tolist()
        ([0.5, 1.5], [[0.5, 0.5], [0.5, 0.5]])
    """
    size = len(diagonal)
    values, rest, vectors = diagonal.copy(), np.append(beside, 0.0), np.empty((size, size), order="F")
    work, whole = (
        np.empty(1 + 4 * size + size * size),
        np.empty(3 + 5 * size, dtype=np.int64),
    )  # room for integers of either size
    failed = _run("dstevd", "V", size, values, rest, vectors, size, work, work.size, whole, whole.size)
    return None if failed else (values, vectors)


def factor(matrix: Floats) -> Floats | None:
    """Return the Cholesky factor of a symmetric matrix (dpotrf).

    Args:
        matrix: shape (m, m).

    Returns:
        Lower triangular, shape (m, m); what is above the diagonal is not set. None where the matrix is not positive
        definite.
    """
    lower = np.array(matrix, dtype=np.float64, order="F")
    return None if _run("dpotrf", "L", len(lower), lower, len(lower)) else lower


def solve(lower: Floats, right: Floats) -> Floats:
    """Solve a system whose matrix has this Cholesky factor (dpotrs).

    Args:
        lower: from :func:`factor`, shape (m, m).
        right: shape (m, k).

    Returns:
        Shape (m, k).

    Example:
        >>> solve(factor(np.array([[4.0, 0.0], [0.0, 16.0]])), np.array([[8.0], [8.0]])).tolist()
        [[2.0], [0.5]]
    """
    solved = np.array(right, dtype=np.float64, order="F")
    _run("dpotrs", "L", len(lower), solved.shape[1], lower, len(lower), solved, len(lower))
    return solved


def inner_products(rows: Floats) -> Floats:
    """Return the inner products of rows (dsyrk, ssyrk).

    Args:
        rows: shape (n, k), in double or single precision.

    Returns:
        Shape (n, n); what is below the diagonal is not set.

    Example:
        >>> np.triu(inner_products(np.array([[1.0, 2.0], [3.0, 4.0]]))).tolist()
        [[5.0, 11.0], [0.0, 25.0]]
    """
    name, real = ("ssyrk", c_float) if rows.dtype == np.float32 else ("dsyrk", c_double)
    rows = np.ascontiguousarray(rows, dtype=real)
    n, k = rows.shape
    products = np.zeros((n, n), dtype=real)
    if rows.size:
        _call(name, "L", "T", n, k, real(1), rows, k, real(0), products, n)
    return products


def _run(name: str, *arguments: Any) -> int:
    """Call a routine of LAPACK; returns what it says of failure, 0 for none."""
    info = _routine(name).integer(0)
    _call(name, *arguments, info)
    if info.value < 0:
        raise ValueError(f"argument {-info.value} of {name} has an illegal value")
    return info.value


def _call(name: str, *arguments: Any) -> None:
    routine = _routine(name)
    routine.function(*(_pointer(argument, routine.integer) for argument in arguments))


def _pointer(argument: Any, integer: type[c_int | c_int64]) -> Any:
    if isinstance(argument, np.ndarray):
        return c_void_p(argument.ctypes.data)
    if isinstance(argument, str):
        return byref(c_char(argument.encode()))
    return byref(integer(argument) if isinstance(argument, int) else argument)


class _Routine(NamedTuple):
    function: Callable[..., None]
    integer: type[c_int | c_int64]
    """SciPy may be built with integers of 64 bits; the signature says so."""


@cache
def _routine(name: str) -> _Routine:
    from scipy.linalg import cython_blas, cython_lapack

    capsule = (cython_blas if name.endswith("syrk") else cython_lapack).__pyx_capi__[name]
    signature: bytes = PYFUNCTYPE(c_char_p, py_object)(("PyCapsule_GetName", pythonapi))(capsule)
    address = PYFUNCTYPE(c_void_p, py_object, c_char_p)(("PyCapsule_GetPointer", pythonapi))(capsule, signature)
    return _Routine(CFUNCTYPE(None)(address), c_int if re.search(rb"\bint \*", signature) else c_int64)
