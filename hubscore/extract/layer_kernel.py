"""One kernel between the rows of a probe from all layers of a network, deep ones weighing more."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hubscore.errors import Undefined
from hubscore.numerics.kernels import rbf_kernel_from_kernel
from hubscore.numerics.workspace import Floats

ROUNDING = 8 * float(np.finfo(np.float32).eps)
"""A channel that varies by less than this share of its largest value is constant: networks run in single precision."""


@dataclass(frozen=True)
class CombinedKernel:
    """The kernel, shape (n, n), and how many layers told nothing: they give the same of every row."""

    kernel: Floats
    constant: int


def layer_weights(count: int) -> Floats:
    r"""Return the layers' weights in order of execution, :math:`w_i = (i / (L - 1))^2`; a single layer has 1.

    Example:
        >>> layer_weights(3).tolist(), layer_weights(1).tolist()
        ([0.0, 0.25, 1.0], [1.0])
    """
    return np.linspace(0.0, 1.0, count) ** 2 if count > 1 else np.ones(count)


def layer_columns(values: NDArray[Any]) -> NDArray[np.float32]:
    """Return sign(x) sqrt|x| of a layer's values with every column standardised, in single precision; constant columns
    are left out.

    Args:
        values: the layer's output per row, averaged over positions, shape (n, channels).

    Example:
        >>> layer_columns(np.array([[4.0, 3.0], [-4.0, 3.0]])).tolist()
        [[1.0], [-1.0]]
    """
    roots: NDArray[np.float32] = np.copysign(np.sqrt(np.abs(values)), values).astype(np.float32, copy=False)
    largest = np.abs(roots).max(axis=0, initial=0.0)
    roots -= roots.mean(axis=0, dtype=np.float64).astype(np.float32)
    spread = np.sqrt(np.einsum("ij,ij->j", roots, roots) / len(roots))
    varying = spread > ROUNDING * largest
    if not varying.all():
        roots, spread = np.ascontiguousarray(roots[:, varying]), spread[varying]
    roots /= spread
    return roots


def combine_layers(
    values_of: Callable[[int], NDArray[Any]], weights: Sequence[float] | Floats, same: Sequence[int] | None = None
) -> CombinedKernel:
    r"""Return the Gaussian kernel of the layers' weighted mean kernel, as wide as the median distance.

    .. math:: M = \sum_i w_i K_i / \sum_i w_i, \quad
        K = \exp(-d^2 / \mathrm{median}\, d^2), \quad d^2_{ij} = M_{ii} + M_{jj} - 2 M_{ij}

    A layer's kernel :math:`K_i` is linear, of :func:`layer_columns`, centred, with mean diagonal 1. Standardised
    columns are centred, and the mean diagonal of their kernel is their number, so that one product a layer does it all.
    One layer is looked at after the other; nothing but the running sum is kept, in single precision.

    Args:
        values_of: takes a layer's number and returns its values, shape (n, channels); called where the weight is not 0.
        weights: one a layer.
        same: for each row the number of the first row of the same content, by default its own: copies are then alike to
            the last bit.

    Raises:
        Undefined: no layer tells rows apart.

    Example:
        >>> layer = np.array([[1.0], [4.0], [9.0]])
        >>> combine_layers(lambda at: layer, [1.0]).kernel.round(3).tolist()
        [[1.0, 0.368, 0.018], [0.368, 1.0, 0.368], [0.018, 0.368, 1.0]]
    """
    from scipy.linalg.blas import ssyrk

    total: NDArray[np.float32] | None = None
    weight, constant = 0.0, 0
    for at, share in enumerate(map(float, weights)):
        if share == 0.0:
            continue
        columns = layer_columns(values_of(at))
        width = columns.shape[1]
        if width == 0:
            constant += 1
            continue
        if total is None:
            total = np.zeros((len(columns), len(columns)), dtype=np.float32, order="F")
        total = ssyrk(share / width, columns.T, beta=1.0, c=total, trans=1, overwrite_c=1)
        weight += share
    if total is None:
        raise Undefined("The kernel of the layers is undefined", "no layer tells any two rows apart", "add samples")
    mean = np.triu(total).astype(np.float64) / weight
    mean += np.triu(mean, 1).T
    if same is not None:
        mean = mean[np.ix_(same, same)]
    return CombinedKernel(rbf_kernel_from_kernel(mean), constant)
