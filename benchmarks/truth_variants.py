"""Other readings of the kernel probes, which were tried on the truth and not kept."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hubscore.numerics.kernel_ridge import leave_one_out
from hubscore.numerics.kernels import linear_kernel, rbf_kernel_from_kernel, signed_sqrt, standardized
from hubscore.scores.kernel_probe import FEATURE_LAMBDAS
from hubscore.types import Extraction

Floats = NDArray[np.float64]
Evidence = tuple[float, float]
"""Leave-one-out accuracy and log loss."""
FOLDS = 5
WAYS = (
    "the square-root kernel alone, own transform",
    "the square-root kernel alone, whole images",
    "a Gaussian kernel of the square roots, whole images",
    "square roots with Fisher's scaling out of fold, whole images",
)


def variants_of(own: Extraction, whole: Extraction, labels: NDArray[Any]) -> dict[str, Evidence]:
    """Return what each reading gives in place of the five kernels of the features, averaged with the layers."""
    assert own.layer_kernel is not None
    layers = leave_one_out(own.layer_kernel, labels)
    roots = {name: _roots(one) for name, one in (("own", own), ("whole", whole))}
    kernels = {
        WAYS[0]: linear_kernel(roots["own"]),
        WAYS[1]: linear_kernel(roots["whole"]),
        WAYS[2]: rbf_kernel_from_kernel(linear_kernel(roots["whole"])),
        WAYS[3]: fisher_kernel(roots["whole"], labels),
    }
    found = {name: leave_one_out(kernel, labels, FEATURE_LAMBDAS) for name, kernel in kernels.items()}
    return {
        name: ((one.accuracy + layers.accuracy) / 2, (one.log_loss + layers.log_loss) / 2)
        for name, one in found.items()
    }


def _roots(extraction: Extraction) -> Floats:
    roots: Floats = standardized(signed_sqrt(extraction.features["penultimate"]))
    return roots


def fisher_kernel(columns: Floats, labels: NDArray[Any]) -> Floats:
    """Return a linear kernel of columns scaled by the root of their Fisher ratio; each row's scale comes from the other
    folds.
    """
    fold = np.random.default_rng(0).permutation(len(labels)) % FOLDS
    scaled = np.empty_like(columns)
    for number in range(FOLDS):
        scaled[fold == number] = columns[fold == number] * np.sqrt(
            _fisher(columns[fold != number], labels[fold != number])
        )
    return linear_kernel(scaled)


def _fisher(columns: Floats, labels: NDArray[Any]) -> Floats:
    between, within = np.zeros(columns.shape[1]), np.full(columns.shape[1], 1e-9)
    for label in np.unique(labels):
        own = columns[labels == label]
        between += len(own) * (own.mean(axis=0) - columns.mean(axis=0)) ** 2
        within += ((own - own.mean(axis=0)) ** 2).sum(axis=0)
    ratio: Floats = between / within
    return ratio


def as_scores(evidence: Mapping[str, Evidence]) -> dict[str, dict[str, float]]:
    """Write evidence by model as the two scores of a kernel probe."""
    return {model: {"kernel_probe": value, "kernel_probe_loss": loss} for model, (value, loss) in evidence.items()}
