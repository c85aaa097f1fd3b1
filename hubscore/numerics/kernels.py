"""Kernels between samples: how alike each two are, as an (n, n) matrix, from columns or from another kernel."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from hubscore.errors import Undefined
from hubscore.numerics.distances import standardised
from hubscore.numerics.workspace import Floats

ROUNDING = 64 * float(np.finfo(np.float64).eps)
"""What is left below this share of a kernel's largest entry is rounding."""


def linear_kernel(x: NDArray[Any]) -> Floats:
    """Return the inner products of all pairs of rows, exactly symmetric.

    Args:
        x: shape (n samples, d columns).

    Returns:
        Shape (n, n).

    Example:
        >>> linear_kernel(np.array([[1.0, 2.0], [3.0, 0.0]])).tolist()
        [[5.0, 3.0], [3.0, 9.0]]
    """
    rows = np.ascontiguousarray(x, dtype=np.float64)
    products: Floats = rows @ rows.T
    return products


def standardized(x: NDArray[Any]) -> Floats:
    """Return the columns with mean 0 and deviation 1 (biased); columns that are constant up to rounding become 0.

    Args:
        x: shape (n samples, d columns).

    Example:
        >>> standardized(np.array([[1.0, 7.0], [3.0, 7.0]])).tolist()
        [[-1.0, 0.0], [1.0, 0.0]]
    """
    return standardised(np.asarray(x, dtype=np.float64))


def signed_sqrt(x: NDArray[Any]) -> Floats:
    """Return sign(x) sqrt|x| of every entry: large activations count less.

    Example:
        >>> signed_sqrt(np.array([[4.0, -9.0, 0.0]])).tolist()
        [[2.0, -3.0, 0.0]]
    """
    values = np.asarray(x, dtype=np.float64)
    roots: Floats = np.copysign(np.sqrt(np.abs(values)), values)
    return roots


def cosine_rows(x: NDArray[Any]) -> Floats:
    """Return the rows at length 1, whose inner products are cosines; a row of zeros stays so.

    Args:
        x: shape (n samples, d columns), not centred here.

    Example:
        >>> cosine_rows(np.array([[3.0, 4.0], [0.0, 0.0]])).tolist()
        [[0.6, 0.8], [0.0, 0.0]]
    """
    rows = np.asarray(x, dtype=np.float64)
    lengths = np.linalg.norm(rows, axis=1)
    unit: Floats = rows / np.where(lengths > 0, lengths, 1.0)[:, None]
    return unit


def rbf_kernel(x: NDArray[Any]) -> Floats:
    r"""Return :func:`rbf_kernel_from_kernel` of the distances between rows.

    Args:
        x: shape (n samples, d columns).

    Raises:
        Undefined: at least half of all pairs of rows are equal.

    Example:
        >>> rbf_kernel(np.array([[0.0], [1.0]])).round(4).tolist()
        [[1.0, 0.3679], [0.3679, 1.0]]
    """
    return rbf_kernel_from_kernel(linear_kernel(x))


def rbf_kernel_from_kernel(m: NDArray[Any]) -> Floats:
    r"""Return the Gaussian kernel of the distances that a kernel implies, as wide as their median.

    .. math:: d^2_{ij} = m_{ii} + m_{jj} - 2 m_{ij}, \quad k_{ij} = \exp(-d^2_{ij} / \mathrm{median}_{i<j} d^2_{ij})

    Args:
        m: shape (n, n), symmetric, such as inner products of rows; n at least 2.

    Returns:
        Shape (n, n), exactly symmetric, with ones on the diagonal.

    Raises:
        Undefined: the median distance is 0 up to rounding, that is, at least half of all pairs are equal.

    Example:
        >>> rbf_kernel_from_kernel(np.diag([1.0, 1.0, 3.0])).round(4).tolist()
        [[1.0, 0.6065, 0.3679], [0.6065, 1.0, 0.3679], [0.3679, 0.3679, 1.0]]
    """
    squares = squared_distances(m)
    middle = float(np.median(squares[np.triu_indices(len(squares), 1)]))
    if middle <= ROUNDING * float(np.abs(np.asarray(m)).max()):
        raise Undefined(
            "The Gaussian kernel is undefined",
            "at least half of all pairs of samples look the same to the network",
            "use another layer, or drop copies from the samples",
        )
    squares /= -middle
    return np.asarray(np.exp(squares, out=squares), dtype=np.float64)


def squared_distances(m: NDArray[Any]) -> Floats:
    """Return the squared distances that a kernel implies, at least 0 and 0 on the diagonal.

    Args:
        m: shape (n, n), symmetric.

    Example:
        >>> squared_distances(np.array([[5.0, 3.0], [3.0, 9.0]])).tolist()
        [[0.0, 8.0], [8.0, 0.0]]
    """
    kernel = np.asarray(m, dtype=np.float64)
    own = kernel.diagonal()
    squares: Floats = -2.0 * kernel
    squares += own[:, None] + own[None, :]
    np.maximum(squares, 0.0, out=squares)
    np.fill_diagonal(squares, 0.0)
    return squares


def centred(k: NDArray[Any]) -> Floats:
    """Return the kernel with the mean taken off its columns, then off its rows: that of centred feature vectors.

    What is left of a kernel that is the same everywhere is rounding, and becomes exactly 0.

    Args:
        k: shape (n, n), symmetric; it stays as it is.

    Returns:
        Shape (n, n); rows and columns sum to 0.

    Example:
        >>> centred(np.array([[5.0, 3.0], [3.0, 9.0]])).tolist()
        [[2.0, -2.0], [-2.0, 2.0]]
    """
    kernel = np.asarray(k, dtype=np.float64)
    means = kernel.mean(axis=0)
    moved: Floats = kernel - (means[:, None] + means[None, :])  # one sum, so that it stays exactly symmetric
    moved += means.mean()
    if abs(float(moved.trace())) <= ROUNDING * float(np.abs(kernel).max(initial=0.0)) * len(kernel):
        moved[:] = 0.0
    return moved


def unit_diagonal(k: NDArray[Any]) -> Floats:
    """Return the kernel divided by the mean of its diagonal, so that its trace is n.

    Args:
        k: shape (n, n), as from :func:`centred`.

    Raises:
        Undefined: the mean of the diagonal is 0, that is, all samples look the same, or less, which no kernel's is.

    Example:
        >>> unit_diagonal(np.array([[2.0, -2.0], [-2.0, 2.0]])).tolist()
        [[1.0, -1.0], [-1.0, 1.0]]
    """
    kernel = np.asarray(k, dtype=np.float64)
    mean = float(kernel.trace()) / len(kernel)
    if mean < 0:
        why = f"the mean of the centred diagonal is {mean:.3g}, and a kernel has none below 0"
        raise Undefined("The kernel is undefined", why, "pass similarities, such as inner products, and no distances")
    if mean == 0:
        raise Undefined(
            "The kernel is undefined", "all samples look the same to the network", "use another layer or other samples"
        )
    scaled: Floats = kernel / mean
    return scaled
