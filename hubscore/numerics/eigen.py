"""Eigenvectors of a symmetric matrix, kept as reflections and the vectors of a tridiagonal matrix."""

from __future__ import annotations

import numpy as np

from hubscore.numerics.lapack import BLOCK, tridiagonal, tridiagonal_eigen
from hubscore.numerics.workspace import Floats

SMALL = 16
"""Rows up to which eigenvectors are formed at once."""


class Eigenvectors:
    """Orthonormal columns, shape (m, r), of which mostly products with a few columns are asked for.

    A symmetric matrix is reflected to tridiagonal form, Q^T A Q = T, and T = V diag(values) V^T; multiplying Q by V
    takes as long as both together and is left out. A product with ``Q V`` is one with V and one with the reflections.

    Args:
        inner: V, shape (m, r).
        reflections: as LAPACK's dormqr takes them, shape (m - 1, m - 1), and their factors, shape (m - 1,); none where
            ``inner`` is all.
    """

    def __init__(self, inner: Floats, reflections: tuple[Floats, Floats] | None = None) -> None:
        self.inner, self.reflections = inner, reflections

    def times(self, table: Floats) -> Floats:
        """``axes @ table``: shape (r, ...) to (m, ...)."""
        return self._reflected(self.inner @ table, back=False)

    def onto(self, columns: Floats) -> Floats:
        """``axes.T @ columns``: shape (m, ...) to (r, ...)."""
        found: Floats = self.inner.T @ self._reflected(columns, back=True)
        return found

    def first(self, count: int) -> Floats:
        """The first columns, shape (m, min(count, r))."""
        return self._reflected(self.inner[:, :count], back=False)

    def all_but_last(self, count: int) -> Eigenvectors:
        """Leave out the last few columns."""
        return Eigenvectors(self.inner[:, : self.inner.shape[1] - count], self.reflections)

    def _reflected(self, table: Floats, *, back: bool) -> Floats:
        if self.reflections is None:
            return table
        from scipy.linalg.lapack import dormqr

        turned = np.array(table.reshape(len(table), -1), order="F")
        room = BLOCK * (turned.shape[1] + BLOCK + 1)
        turned[1:] = dormqr("L", "T" if back else "N", *self.reflections, turned[1:], room)[0]
        return turned.reshape(table.shape)


def eigen(matrix: Floats) -> tuple[Floats, Eigenvectors]:
    """Decompose a symmetric matrix.

    Args:
        matrix: shape (m, m).

    Returns:
        Eigenvalues, falling, shape (m,), and eigenvectors in their order.

    Example:
        >>> values, axes = eigen(np.diag([1.0, 3.0]))
        >>> values.tolist(), abs(axes.first(2)).tolist()
        ([3.0, 1.0], [[0.0, 1.0], [1.0, 0.0]])
    """
    size = len(matrix)
    if size <= SMALL:
        return _at_once(matrix)
    reflections, factors, diagonal, beside = tridiagonal(matrix)
    found = tridiagonal_eigen(-diagonal, -beside)  # these rise
    return _at_once(matrix) if found is None else (-found[0], Eigenvectors(found[1], (reflections, factors)))


def _at_once(matrix: Floats) -> tuple[Floats, Eigenvectors]:
    values, vectors = np.linalg.eigh(matrix)
    return values[::-1], Eigenvectors(np.ascontiguousarray(vectors[:, ::-1]))
