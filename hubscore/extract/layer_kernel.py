"""One kernel between the rows of a probe from all layers of a network, deep ones weighing more."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from hubscore.errors import Undefined
from hubscore.numerics.kernels import (
    centred,
    linear_kernel,
    rbf_kernel_from_kernel,
    signed_sqrt,
    standardized,
    unit_diagonal,
)
from hubscore.numerics.workspace import Floats


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


def one_layer_kernel(values: np.ndarray) -> Floats | None:
    """Return a layer's kernel: linear, of standardised signed roots, centred, with mean diagonal 1.

    Args:
        values: its output per row, averaged over positions, shape (n, channels).

    Returns:
        Shape (n, n); none where the layer gives the same of every row.
    """
    try:
        return unit_diagonal(centred(linear_kernel(standardized(signed_sqrt(values)))))
    except Undefined:
        return None


def combine_layers(values_of: Callable[[int], np.ndarray], weights: Sequence[float] | Floats) -> CombinedKernel:
    r"""Return the Gaussian kernel of the layers' weighted mean kernel, as wide as the median distance.

    .. math:: M = \sum_i w_i K_i / \sum_i w_i, \quad
        K = \exp(-d^2 / \mathrm{median}\, d^2), \quad d^2_{ij} = M_{ii} + M_{jj} - 2 M_{ij}

    One layer is looked at after the other; nothing but the running sum is kept.

    Args:
        values_of: takes a layer's number and returns its values, shape (n, channels); called where the weight is not 0.
        weights: one a layer.

    Raises:
        Undefined: no layer tells rows apart.

    Example:
        >>> layer = np.array([[1.0], [4.0], [9.0]])
        >>> combine_layers(lambda at: layer, [1.0]).kernel.round(3).tolist()
        [[1.0, 0.368, 0.018], [0.368, 1.0, 0.368], [0.018, 0.368, 1.0]]
    """
    total, weight, constant = None, 0.0, 0
    for at, share in enumerate(map(float, weights)):
        if share == 0.0:
            continue
        kernel = one_layer_kernel(values_of(at))
        if kernel is None:
            constant += 1
            continue
        kernel *= share
        total, weight = kernel if total is None else np.add(total, kernel, out=total), weight + share
    if total is None:
        raise Undefined("The kernel of the layers is undefined", "no layer tells any two rows apart", "add samples")
    return CombinedKernel(rbf_kernel_from_kernel(total / weight), constant)
