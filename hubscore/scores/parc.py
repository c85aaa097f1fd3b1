"""PARC: do samples that are far apart in features have labels that are far apart?"""

from __future__ import annotations

import numpy as np

from hubscore.errors import Advice, Undefined
from hubscore.numerics.class_statistics import all_singletons, codes
from hubscore.numerics.distances import absolute_differences, cosine_distances, standardised_columns, unit_rows
from hubscore.numerics.label_matrix import label_matrix
from hubscore.numerics.rank_correlation import MANY, coarse_rank_biserial, rank_biserial, spearman
from hubscore.numerics.workspace import Floats, Ints, Workspace


def parc(workspace: Workspace) -> float:
    r"""Correlate the ranks of feature distances and label distances over all pairs of samples.

    .. math:: \operatorname{spearman}_{i < j} (1 - \operatorname{pearson}(x_i, x_j), 1 - \operatorname{pearson}(g(y_i),
    g(y_j)))

    Columns are standardised first. For classes g is one-hot, so label distances take two values and equal ones are
    ties; the authors' code lets rounding order them, which halves the value or worse at some class counts. For several
    labels, annotation vectors and regression targets of two or more columns g(y) = y. A single regression target has no
    correlation with another: its distance is the absolute difference. For the intervals of a ranking, classes of many
    subsampled pairs are compared in single precision, which changes the value by less than 1e-6.

    Args:
        workspace: with features, shape (n samples, d features), and labels of any kind.

    Returns:
        Between -1 and 1, higher is better (the authors show 100 times this).

    Raises:
        Undefined: a sample's standardised features or label vector are constant, all feature distances are equal, or
            all label distances are.

    Source:
        Bolya, Mittapalli, Hoffman, NeurIPS 2021.

    Example:
        >>> import numpy as np
        >>> from hubscore import score
        >>> features = np.array([[1.0, 0.0, 0.0], [0.9, 0.1, 0.0], [0.0, 1.0, 0.2], [0.0, 0.9, 0.4]])
        >>> round(score("parc", features=features, labels=[0, 0, 1, 1]), 4)
        0.8281
    """
    found = _coarsely(workspace)
    if found is None:
        rows = _unit(standardised_columns(workspace), "standardised features")
        found = (
            _by_class(rows, codes(workspace))
            if workspace.target == "classification"
            else _by_vector(rows, label_matrix(workspace))
        )
    if found is None:
        if workspace.target != "classification" and not np.ptp(label_matrix(workspace), axis=0).any():
            raise Undefined("PARC is undefined", "all samples have the same label", "use samples with other labels")
        why = "all pairs of samples are equally far apart"
        raise Undefined("PARC is undefined", why, advice=(Advice.SAMPLES,))
    return max(-1.0, min(1.0, found))


def _coarsely(workspace: Workspace) -> float | None:
    """PARC by classes to six digits, as much as an interval needs; none where all digits count or this would lose
    more.
    """
    if not workspace.sampled or workspace.target != "classification" or all_singletons(workspace):
        return None
    if workspace.n * (workspace.n - 1) // 2 < MANY:
        return None
    rows, constant = unit_rows(standardised_columns(workspace, np.float32))
    return None if constant.size else coarse_rank_biserial(*_pairs(rows, codes(workspace)))


def _by_class(rows: Floats, labels: Ints) -> float | None:
    if np.bincount(labels).max() == 1:
        raise Undefined("PARC is undefined", "every sample has a class of its own", "use at least 2 samples of a class")
    return rank_biserial(*_pairs(rows, labels))


def _pairs(rows: Floats, labels: Ints) -> tuple[Floats, Floats]:
    """Distances of all pairs, and of those inside a class."""
    pairs = cosine_distances(rows[np.argsort(labels, kind="stable")])
    return pairs, _within(pairs, np.bincount(labels))


def _within(pairs: Floats, counts: Ints) -> Floats:
    """Pick the pairs inside a class when samples are ordered by class: the first few of each sample's run of pairs."""
    n = int(counts.sum())
    runs = np.arange(n - 1, -1, -1)
    starts = np.cumsum(runs) - runs
    partners = np.repeat(np.cumsum(counts), counts) - np.arange(1, n + 1)
    return np.concatenate(
        [pairs[start : start + width] for start, width in zip(starts, partners, strict=True) if width]
    )


def _by_vector(rows: Floats, annotations: Floats) -> float | None:
    if annotations.shape[1] == 1:
        return spearman(cosine_distances(rows), absolute_differences(annotations[:, 0]))
    return spearman(cosine_distances(rows), cosine_distances(_unit(annotations, "labels")))


def _unit(rows: Floats, what: str) -> Floats:
    unit, constant = unit_rows(rows)
    if not constant.size:
        return unit
    named = ", ".join(map(str, constant[:5])) + (", ..." if constant.size > 5 else "")
    which = f"sample {named}" if constant.size == 1 else f"{constant.size} samples ({named})"
    raise Undefined(
        "PARC is undefined",
        f"the {what} of {which} have the same value in every column, so they correlate with nothing",
        "drop those samples, or use knn or logme",
    )
