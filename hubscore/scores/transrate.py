"""TransRate: how much shorter is the code of the features once the labels are known?"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import numpy as np

from hubscore.errors import Undefined
from hubscore.numerics.class_statistics import class_means, codes, counts, rows_by_class_size
from hubscore.numerics.spectrum import check_varying, coordinates, spectrum, unvarying
from hubscore.numerics.validation import number
from hubscore.numerics.workspace import Floats, Ints, Workspace, required_features

BLOCK = 2**22
"""Numbers of several classes that are looked at together."""
SMALL = 1e-2
"""Eigenvalues of a coded covariance up to which digits are lost beside the identity's 1."""
TINY = 1e-3
"""Numbers up to which four terms of a series are as good as the logarithm."""


Reading = Literal["default", "released", "proj"]


def transrate(workspace: Workspace, *, reading: Reading = "default", eps: float = 1e-4) -> float:
    r"""Subtract the mean coding rate of the classes from the coding rate of all features.

    .. math:: R(X) - \frac1C \sum_c R(X_c), \quad R(A) = \tfrac12 \ln\det\bigl(I + A^T A / (n_A \epsilon)\bigr)

    X is centred once, over all samples. The smaller Gram matrix has the same determinant, which turns D x D work into
    one small matrix a class. The authors' tables come from two other formulas of their repository, there named raw
    (``"released"`` here) and proj. For the latter, with :math:`B = \Sigma^+ \Sigma_b` of the covariances of all
    features and of the class means, and the singular values :math:`s_j` of :math:`\Sigma B` and :math:`s_{cj}` of
    :math:`\Sigma_c B`, in units of :math:`S = \sum_j s_j`,

    .. math:: \frac{1}{2 r} \Bigl( \sum_j \ln(1 + s_j / \epsilon) - \sum_c \frac{n_c}{n} \sum_j \ln(1 + s_{cj} /
        \epsilon) \Bigr)

    where r is the rank of :math:`\Sigma_b`. The authors choose another eps for most of their tables, from 1e-5 to 0.1.

    Args:
        workspace: with features, shape (n samples, d features), and classes.
        reading: ``"released"`` for the raw variant of the repository, ``"proj"`` for the projected one.
        eps: squared distortion.

    Returns:
        Any real number, by default at least 0 when classes have equal size, higher is better.

    Raises:
        Undefined: the features are the same for every sample; ``"released"`` only: a sample's features are all 0 before
            or after centring; ``"proj"`` only: all classes have the same mean.
        UsageError: eps is not positive.

    Source:
        Huang, Wei, Rong, Yang, Huang, ICML 2022, the ten lines printed in the paper.

    Example:
        >>> import numpy as np
        >>> from hubscore import score
        >>> round(score("transrate", features=np.array([[1.0], [-1.0]]), labels=[0, 1], eps=1.0), 6)
        0.0
    """
    number("eps", eps, 1e-4)
    check_varying(workspace, "TransRate")
    if reading == "released":
        return _raw(workspace, eps)
    spread = spectrum(workspace).values ** 2 / workspace.n
    if not spread.size:
        raise unvarying("TransRate")
    if reading == "proj":
        return _projected(workspace, spread, eps)
    classes = len(counts(workspace))
    return _saved(workspace, coordinates(workspace), spread, np.full(classes, workspace.n / classes), eps)


def _saved(workspace: Workspace, values: Floats, spread: Floats, weights: Floats, eps: float) -> float:
    """Subtract the coding rates of the classes from that of all.

    The rate of small features is nearly half a trace, ln(1 + x) = x + a little, and the traces of classes of equal size
    cancel exactly. They are summed by themselves then, so that rounding does not outweigh what is left.

    Args:
        workspace: with labels of n samples in c classes.
        values: shape (n samples, k).
        spread: eigenvalues of ``values.T @ values / n``.
        weights: of the classes, summing to n.
        eps: squared distortion.
    """
    if spread.max() > SMALL * eps:
        return (
            float(
                np.log1p(spread / eps).sum()
                - weights @ _of_classes(workspace, values, eps, _log_determinant) / workspace.n
            )
            / 2
        )
    traces = (counts(workspace) - weights) @ _of_classes(workspace, values, eps, _trace)
    bends = _bend(spread / eps).sum() - weights @ _of_classes(workspace, values, eps, _bent) / workspace.n
    return float(traces / workspace.n + bends) / 2


def _of_classes(workspace: Workspace, values: Floats, eps: float, function: Callable[[Floats], Floats]) -> Floats:
    """Apply a function of matrices to the coded covariances of the classes, those of one size together."""
    found = np.empty(len(counts(workspace)))
    for rows in rows_by_class_size(workspace):
        found[codes(workspace)[rows[:, 0]]] = _in_blocks(values, rows, eps, function)
    return found


def _in_blocks(values: Floats, rows: Ints, eps: float, function: Callable[[Floats], Floats]) -> Floats:
    (many, n), d = rows.shape, values.shape[1]
    found = np.empty(many)
    for start in range(0, many, at_once := max(1, BLOCK // (n * d))):
        few = values[rows[start : start + at_once]]
        found[start : start + at_once] = function((few @ few.mT if n < d else few.mT @ few) / (n * eps))
    return found


def _log_determinant(covariances: Floats) -> Floats:
    return np.asarray(np.linalg.slogdet(np.eye(covariances.shape[1]) + covariances)[1], dtype=np.float64)


def _trace(covariances: Floats) -> Floats:
    return np.asarray(np.trace(covariances, axis1=1, axis2=2), dtype=np.float64)


def _bent(covariances: Floats) -> Floats:
    bends = _bend(np.asarray(np.linalg.eigvalsh(covariances), dtype=np.float64))
    return np.asarray(bends.sum(axis=1), dtype=np.float64)


def _bend(values: Floats) -> Floats:
    """ln(1 + x) - x."""
    series = values**2 * (-1 / 2 + values * (1 / 3 + values * (-1 / 4 + values / 5)))
    return np.where(np.abs(values) < TINY, series, np.log1p(values) - values)


def _projected(workspace: Workspace, spread: Floats, eps: float) -> float:
    """Code what is left of the covariances on the way to the class means; everything is in principal coordinates."""
    values, size = spectrum(workspace).leading(spread.size), counts(workspace)
    means = class_means(workspace, values)
    _, between, axes = np.linalg.svd(np.sqrt(size / workspace.n)[:, None] * means, full_matrices=False)
    whole, noise = between**2, workspace.d * np.finfo(np.float64).eps
    kept = whole > whole[0] * noise
    if whole[0] <= spread[0] * noise:
        raise Undefined(
            "TransRate (proj) is undefined", "all classes have the same mean features", 'use reading="default"'
        )
    towards = axes[kept].T * whole[kept] / spread[:, None]  # B without orthonormal rows, which change no singular value
    own, total = values - means[codes(workspace)], whole[kept].sum()
    rate = np.log1p(whole[kept] / total / eps).sum()
    for label, members in enumerate(size):
        rows = own[codes(workspace) == label]
        spread = np.linalg.svd(rows.T @ (rows @ towards), compute_uv=False) / members
        rate -= members / workspace.n * np.log1p(spread / total / eps).sum()
    return float(rate / 2 / kept.sum())


def _raw(workspace: Workspace, eps: float) -> float:
    unit = _of_length_one(required_features(workspace), "are all 0")
    unit = _of_length_one(unit - unit.mean(axis=0), "lie at the mean")
    n, d = unit.shape
    spread = np.linalg.eigvalsh((unit @ unit.T if n < d else unit.T @ unit) / n)
    rank = (spread > spread[-1] * workspace.d * np.finfo(np.float64).eps).sum()
    return float(_saved(workspace, unit, np.maximum(spread, 0), counts(workspace).astype(np.float64), eps) / rank)


def _of_length_one(rows: Floats, fault: str) -> Floats:
    lengths = np.linalg.norm(rows, axis=1)
    zero = np.flatnonzero(lengths <= max(rows.shape) * np.finfo(np.float64).eps * lengths.max())
    if zero.size:
        raise Undefined(
            "TransRate (released) is undefined", f"the features of sample {zero[0]} {fault}", 'use reading="default"'
        )
    unit: Floats = rows / lengths[:, None]
    return unit
