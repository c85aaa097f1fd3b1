"""Cholesky factors of symmetric matrices, and systems solved with them."""

from __future__ import annotations

import numpy as np

from hubscore.numerics.workspace import Floats


def factor(matrix: Floats) -> Floats | None:
    """Return the lower triangular factor of a symmetric matrix.

    Args:
        matrix: shape (m, m); only its lower triangle is read.

    Returns:
        Shape (m, m); None where the matrix is not positive definite.

    Example:
        >>> factor(np.array([[4.0, 2.0], [2.0, 5.0]])).tolist()
        [[2.0, 0.0], [1.0, 2.0]]
    """
    try:
        lower = np.linalg.cholesky(matrix)
    except np.linalg.LinAlgError:
        return None
    return np.asfortranarray(lower)  # as LAPACK takes it, so that solving several systems copies nothing


def solve(lower: Floats, right: Floats) -> Floats:
    """Solve a system whose matrix has this factor.

    Args:
        lower: from :func:`factor`, shape (m, m).
        right: shape (m, k).

    Returns:
        Shape (m, k).

    Example:
        >>> solve(factor(np.array([[4.0, 0.0], [0.0, 16.0]])), np.array([[8.0], [8.0]])).tolist()
        [[2.0], [0.5]]
    """
    from scipy.linalg import cho_solve

    solved: Floats = cho_solve((lower, True), right, check_finite=False)
    return solved
