"""TransRate: how much shorter is the code of the features once the labels are known?"""

from __future__ import annotations

from typing import Literal

import numpy as np

from hubscore.errors import Undefined, UsageError
from hubscore.scores.classes import by_size, codes, counts
from hubscore.scores.spectrum import coordinates, spectrum
from hubscore.scores.workspace import Floats, Ints, Workspace, present

BLOCK = 2**22
"""Numbers of several classes that are looked at together."""


def transrate(workspace: Workspace, *, reading: Literal["default", "released"] = "default", eps: float = 1e-4) -> float:
    r"""Subtract the mean coding rate of the classes from the coding rate of all features.

    .. math:: R(X) - \frac1C \sum_c R(X_c), \quad R(A) = \tfrac12 \ln\det\bigl(I + A^T A / (n_A \epsilon)\bigr)

    X is centred once, over all samples. The smaller Gram matrix has the same determinant, which turns D x D work into one small
    matrix a class. The authors' tables come from other formulas, of which ``"released"`` is the one named raw.

    Args:
        workspace: with features, shape (n samples, d features), and classes.
        reading: ``"released"`` for the raw variant of the repository.
        eps: squared distortion.

    Returns:
        Any real number, at least 0 when classes have equal size, higher is better.

    Raises:
        Undefined: ``"released"`` only: a sample's features are all 0 before or after centring.
        UsageError: eps is not positive.

    Source:
        Huang, Wei, Rong, Yang, Huang, ICML 2022, the ten lines printed in the paper.

    Example:
        >>> import numpy as np
        >>> from hubscore import score
        >>> round(score("transrate", features=np.array([[1.0], [-1.0]]), labels=[0, 1], eps=1.0), 6)
        0.0
    """
    if not eps > 0:
        raise UsageError(f"Cannot use eps={eps:g}", "the distortion must be positive", "eps=1e-4")
    if reading == "released":
        return _raw(workspace, eps)
    values = spectrum(workspace).values
    whole = 0.5 * np.log1p(values**2 / (workspace.n * eps)).sum()
    return float(whole - np.mean(_class_rates(workspace, coordinates(workspace), eps)))


def _class_rates(workspace: Workspace, values: Floats, eps: float) -> Floats:
    """Coding rates of the classes, those of one size together."""
    rates = np.empty(len(counts(workspace)))
    for rows in by_size(workspace):
        rates[codes(workspace)[rows[:, 0]]] = _rates(values, rows, eps)
    return rates


def _rates(values: Floats, rows: Ints, eps: float) -> Floats:
    (number, n), d = rows.shape, values.shape[1]
    determinants = np.empty(number)
    for start in range(0, number, at_once := max(1, BLOCK // (n * d))):
        few = values[rows[start : start + at_once]]
        gram = few @ few.mT if n < d else few.mT @ few
        determinants[start : start + at_once] = np.linalg.slogdet(np.eye(gram.shape[1]) + gram / (n * eps))[1]
    return determinants / 2


def _raw(workspace: Workspace, eps: float) -> float:
    unit = _of_length_one(present(workspace), "are all 0")
    unit = _of_length_one(unit - unit.mean(axis=0), "lie at the mean")
    n, d = unit.shape
    spread = np.linalg.eigvalsh((unit @ unit.T if n < d else unit.T @ unit) / n)
    rank = (spread > spread[-1] * workspace.d * np.finfo(np.float64).eps).sum()
    whole = 0.5 * np.log1p(np.maximum(spread, 0) / eps).sum()
    shares = counts(workspace) / n
    return float((whole - shares @ _class_rates(workspace, unit, eps)) / rank)


def _of_length_one(rows: Floats, fault: str) -> Floats:
    lengths = np.linalg.norm(rows, axis=1)
    zero = np.flatnonzero(lengths <= max(rows.shape) * np.finfo(np.float64).eps * lengths.max())
    if zero.size:
        raise Undefined("TransRate (released) is undefined", f"the features of sample {zero[0]} {fault}", 'use reading="default"')
    unit: Floats = rows / lengths[:, None]
    return unit
