"""Class counts, sums and means, shared by the scores that compare classes."""

from __future__ import annotations

from typing import Any

import numpy as np

from hubscore.errors import UsageError
from hubscore.numerics.spectrum import spectrum
from hubscore.numerics.workspace import Floats, Ints, Workspace, memoized


def codes(workspace: Workspace) -> Ints:
    """Labels as 0..classes-1, shape (n samples,)."""
    if workspace.labels is None or workspace.target != "classification":
        raise UsageError(
            "There are no classes",
            f"the target is {workspace.target}",
            'pass integer labels= of shape (n,) and target="classification"',
        )
    labels: Ints = workspace.labels
    return labels


@memoized
def counts(workspace: Workspace) -> Ints:
    """Samples in each class, shape (c classes,), all at least 1."""
    return np.bincount(codes(workspace))


@memoized
def priors(workspace: Workspace) -> Floats:
    """Share of the samples in each class, shape (c classes,)."""
    return counts(workspace) / workspace.n


@memoized
def membership(workspace: Workspace) -> Any:
    """Which sample is in which class: a sparse matrix of ones, shape (c classes, n samples)."""
    from scipy.sparse import csr_array

    order = np.argsort(codes(workspace), kind="stable")
    starts = np.concatenate([[0], np.cumsum(counts(workspace))])
    return csr_array((np.ones(workspace.n), order, starts), shape=(len(counts(workspace)), workspace.n))


def class_sums(workspace: Workspace, values: Floats) -> Floats:
    """Sum over the samples of each class.

    Args:
        workspace: with labels of n samples in c classes.
        values: shape (n samples, k).

    Returns:
        Shape (c classes, k).
    """
    sums: Floats = membership(workspace) @ values
    return sums


def class_means(workspace: Workspace, values: Floats) -> Floats:
    """Mean over the samples of each class; shapes as in :func:`class_sums`."""
    return class_sums(workspace, values) / counts(workspace)[:, None]


@memoized
def rows_by_class_size(workspace: Workspace) -> list[Ints]:
    """Row numbers of the classes of each size, shape (classes of that size, size): one table per size."""
    order = np.argsort(codes(workspace), kind="stable")
    sizes, starts = counts(workspace), np.cumsum(counts(workspace)) - counts(workspace)
    return [order[starts[sizes == size][:, None] + np.arange(size)] for size in np.unique(sizes)]


@memoized
def class_coordinates(workspace: Workspace) -> Floats:
    """Sum over the samples of each class of the left singular vectors of the centred features, shape (c classes, r)."""
    found = spectrum(workspace)
    if found.rows is not None:
        return found.along(class_sums(workspace, found.rows).T).T
    members = np.zeros((workspace.n, len(counts(workspace))))
    members[np.arange(workspace.n), codes(workspace)] = 1
    return found.onto(members).T


def of_true_class(workspace: Workspace, values: Floats) -> Floats:
    """Entry of each sample's own class: shape (n samples, c classes) to (n samples,)."""
    return values[np.arange(workspace.n), codes(workspace)]


def all_singletons(workspace: Workspace) -> bool:
    """Whether every class has one sample, so that nothing shows how much a class varies."""
    return bool(counts(workspace).max() == 1)
