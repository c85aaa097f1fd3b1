"""The kernel probe: how well kernel ridge regressions on the frozen features tell a sample that they never saw."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import numpy as np
from threadpoolctl import threadpool_limits

from hubscore.numerics.class_statistics import codes
from hubscore.numerics.distances import standardised, standardised_columns
from hubscore.numerics.kernel_ridge import LAMBDAS, Decomposition, classify, decomposed, decomposed_rows, predict
from hubscore.numerics.kernels import cosine_rows, linear_kernel, rbf_kernel, rbf_kernel_from_kernel, signed_sqrt
from hubscore.numerics.label_matrix import label_columns
from hubscore.numerics.output_quality import mean_average_precision
from hubscore.numerics.spectrum import centred
from hubscore.numerics.stratified_blocks import stratified_blocks
from hubscore.numerics.workspace import Floats, Workspace, memoized

FEATURE_LAMBDAS = (0.0003, 0.001, *LAMBDAS)
"""What the regularization of a feature kernel is chosen from."""
BLOCK = 2000
"""Samples that are decomposed at once; more come in blocks."""
LARGE = 1000
"""Samples from which on kernels are decomposed side by side."""
THREADS = 2


class Judged(NamedTuple):
    """How well samples are told that were left out.

    Attributes:
        value: accuracy for classes, mean average precision for several labels, R² for regression.
        log_loss: for classes; otherwise 0.
    """

    value: float
    log_loss: float


def kernel_probe(workspace: Workspace) -> float:
    r"""Return the leave-one-out accuracy of kernel ridge regression, the mean over five kernels of the features.

    The kernels, of features X with rows as samples and :math:`\tilde X` with standardised columns:

    .. math:: X X^\top, \quad \tilde X \tilde X^\top, \quad Z Z^\top \text{ with } Z =
        \widetilde{\mathrm{sign}(X) \sqrt{|X|}}, \quad \cos(\tilde x_i, \tilde x_j), \quad
        \exp(-d_{ij}^2 / \mathrm{median}_{i<j} d_{ij}^2) \text{ with } d_{ij} = |\tilde x_i - \tilde x_j|

    Each is centred and divided by its mean diagonal. Of .0003, .001, .003, ..., 3 that lambda is taken under which
    leave-one-out explains most variance of the one-hot labels; each sample is given the class with the largest output
    of the ridge fitted to all others. The outputs are those of :func:`~hubscore.numerics.kernel_ridge.leave_one_out`,
    exact, from one decomposition a kernel. More than 2,000 samples are dealt out to blocks of at most 2,000 with all
    classes in each (seed 0, in the order of the samples); each block is scored by itself, and the score is the mean
    over samples.

    A class with one sample is never seen when that is left out, and counts as wrong. Constant columns take no part.

    Args:
        workspace: with features, shape (n samples, d features), and labels.

    Returns:
        The accuracy, between 0 and 1, higher is better. For several labels the mean over labels of the average
        precision of the left-out outputs, 0 to 1; labels that all or no samples have take no part. For regression
        leave-one-out :math:`R^2 = 1 - \sum (y - \hat y)^2 / \sum (y - \bar y)^2`, the mean over targets: at most 1,
        about 0 when the features say nothing.

    Raises:
        Undefined: fewer than three samples, a class for each sample, features that are the same for all samples, or
            at least half of all pairs of samples equal.

    Source:
        Kernel ridge regression: Saunders, Gammerman, Vovk, ICML 1998; exact leave-one-out: Allen, 1974; the kernels and
        their mean are hubscore's own.

    Example:
        >>> import numpy as np
        >>> from hubscore import score
        >>> score("kernel_probe", features=np.array([[0, 1], [1, 0], [4, 5], [5, 4]]), labels=[0, 0, 1, 1])
        1.0
    """
    return judged_features(workspace).value


def kernel_probe_loss(workspace: Workspace) -> float:
    r"""Return the leave-one-out log loss of kernel ridge regression, the mean over five kernels of the features.

    The kernels and outputs P are those of :func:`kernel_probe`, and are computed once for both. For each kernel

    .. math:: \min_{b \in \{2, 4, 6, 8, 12\}} -\frac1n \sum_i \ln
        \frac{\exp(b P_{i y_i})}{\sum_c \exp(b P_{ic})}

    It still tells networks apart whose accuracy is 1.

    Args:
        workspace: with features, shape (n samples, d features), and classes.

    Returns:
        At least 0, lower is better; about ln(classes) when the features say nothing.

    Raises:
        Undefined: as :func:`kernel_probe`.

    Source:
        As :func:`kernel_probe`; one slope b for all samples, in the manner of Platt, 1999, from five that are given.

    Example:
        >>> import numpy as np
        >>> from hubscore import score
        >>> features = np.array([[0, 1], [1, 0], [1, 3], [3, 2]])
        >>> round(score("kernel_probe_loss", features=features, labels=[0, 0, 1, 1]), 4)
        0.0165
    """
    return judged_features(workspace).log_loss


@memoized
def judged_features(workspace: Workspace) -> Judged:
    """Return the means over the five kernels."""
    return in_blocks(workspace, _judged)


def _judged(workspace: Workspace) -> Judged:
    kernels = feature_kernels(workspace)

    def judge(decompose: Callable[[], Decomposition]) -> Judged:
        return judged(decompose(), workspace, FEATURE_LAMBDAS)

    if workspace.n < LARGE:
        return mean_of([judge(decompose) for decompose in kernels])
    with ThreadPoolExecutor(THREADS, initializer=threadpool_limits, initargs=(1,)) as threads:
        return mean_of(list(threads.map(judge, kernels)))


def feature_kernels(workspace: Workspace) -> list[Callable[[], Decomposition]]:
    """Return what decomposes each of the five kernels, so that none is kept longer than it is needed."""
    columns, roots = standardised_columns(workspace), signed_sqrt(workspace.original)
    raw = centred(workspace)
    if columns.shape[1] < workspace.n:
        rest = [lambda: decomposed_rows(columns), lambda: decomposed(rbf_kernel(columns))]
    else:
        products = linear_kernel(columns)
        rest = [lambda: decomposed(products), lambda: decomposed(rbf_kernel_from_kernel(products))]
    return [
        lambda: decomposed_rows(raw),
        lambda: decomposed_rows(standardised(roots)),
        lambda: decomposed_rows(cosine_rows(columns)),
        *rest,
    ]


def judged(found: Decomposition, workspace: Workspace, lambdas: Sequence[float]) -> Judged:
    """Leave each sample out and say how well it is told, in the measure of the kind of labels."""
    if workspace.target == "classification":
        known = classify(found, codes(workspace), lambdas)
        return Judged(known.accuracy, known.log_loss)
    columns = label_columns(workspace)
    if workspace.target == "multilabel":
        return Judged(mean_average_precision(predict(found, columns, lambdas).outputs, columns), 0.0)
    return Judged(predict(found, standardised(columns), lambdas).r2, 0.0)


def in_blocks(workspace: Workspace, judge: Callable[[Workspace], Judged]) -> Judged:
    """Judge a workspace, or blocks of it where it has more than :data:`BLOCK` samples; the mean over samples.

    One BLAS thread: several wait for each other at these sizes, and round differently.
    """
    if workspace.n <= BLOCK:
        with threadpool_limits(1):
            return judge(workspace)
    labels = codes(workspace) if workspace.target == "classification" else None
    blocks = stratified_blocks(labels, workspace.n, BLOCK)
    # a slice of the subset takes nothing over from all samples, whose inner products would fill the memory
    parts = [in_blocks(workspace.subset(rows).subset(slice(None)), judge) for rows in blocks]
    return mean_of(parts, [len(rows) for rows in blocks])


def mean_of(parts: Sequence[Judged], weights: Sequence[float] | None = None) -> Judged:
    """Return the means of values and losses."""
    values: Floats = np.average(np.array(parts, dtype=np.float64), axis=0, weights=weights)
    return Judged(float(values[0]), float(values[1]))
