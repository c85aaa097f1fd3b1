"""One centring and one decomposition of the features, shared by the scores that need them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from hubscore.scores.workspace import Floats, Workspace, present, shared, triangle

CERTAIN = 1e-8
"""Eigenvalues of a Gram matrix above this share of the largest carry at least eight digits into the singular vectors."""


class Spectrum(NamedTuple):
    """A thin SVD ``left * values @ right`` cut at the numerical rank."""

    left: Floats
    """Shape (n samples, r)."""
    values: Floats
    """Shape (r,), falling."""


@shared
def centred(workspace: Workspace) -> Floats:
    """Features minus their mean, shape (n samples, d features); constant columns are exactly 0."""
    features = present(workspace)
    values: Floats = features - features.mean(axis=0)
    values[:, (features == features[0]).all(axis=0)] = 0
    return values


@shared
def spectrum(workspace: Workspace) -> Spectrum:
    """Thin SVD of the centred features, without singular values that are rounding noise.

    A Gram matrix is decomposed where it decides the rank beyond doubt, which is several times faster; it squares the
    condition number, so that all other features go through the SVD itself.
    """
    values = centred(workspace)
    noise = _noise(workspace, values)
    return _from_gram(values, noise) or _from_svd(values, noise)


@shared
def coordinates(workspace: Workspace) -> Floats:
    """Centred features in at most n columns, shape (n samples, min(d features, rank or n)); distances stay."""
    values = centred(workspace)
    if values.shape[1] <= workspace.n:
        return values
    left, singular = spectrum(workspace)
    return left * singular


def principal_components(workspace: Workspace, dimensions: int) -> Floats:
    """Scores on the first principal components, shape (n samples, min(dimensions, rank))."""
    left, values = spectrum(workspace)
    if not values.size:
        return np.zeros((workspace.n, 1))
    return left[:, :dimensions] * values[:dimensions]


def _noise(workspace: Workspace, values: Floats) -> float:
    """Singular values up to this come from rounding: of the decomposition, and of the features before their mean went."""
    scale = np.linalg.norm(values) + np.sqrt(workspace.n) * np.linalg.norm(present(workspace).mean(axis=0))
    return float(max(workspace.n, workspace.d) * np.finfo(np.float64).eps * scale)


def _from_gram(values: Floats, noise: float) -> Spectrum | None:
    moving = values.any(axis=0)
    values = values if moving.all() else values[:, moving]
    wide = values.shape[1] >= len(values)
    squares, vectors = np.linalg.eigh(values @ values.T if wide else values.T @ values)
    if wide:  # centring took the direction of ones out: its eigenvalue, the smallest, is 0
        squares, vectors = squares[1:], vectors[:, 1:]
    if not squares.size or squares[0] <= max(CERTAIN * squares[-1], noise**2):
        return None
    singular, vectors = np.sqrt(squares[::-1]), np.ascontiguousarray(vectors[:, ::-1])
    if wide:
        return Spectrum(vectors, singular)
    left: Floats = values @ vectors
    left /= singular
    return Spectrum(left, singular)


def _from_svd(values: Floats, noise: float) -> Spectrum:
    if values.shape[1] > len(values):  # the right vectors are not needed: a rotation to n columns first is twice as fast
        values = triangle(values.T).T
    try:
        left, singular, _ = np.linalg.svd(values, full_matrices=False)
    except np.linalg.LinAlgError:  # divide and conquer fails on a few matrices; the slower driver does not
        from scipy.linalg import svd

        left, singular, _ = svd(values, full_matrices=False, lapack_driver="gesvd")
    keep = singular > noise
    return Spectrum(left[:, keep], singular[keep])
