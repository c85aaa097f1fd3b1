"""One centring, one Gram matrix and one decomposition of the features, shared by the scores that need them."""

from __future__ import annotations

from functools import cached_property

import numpy as np

from hubscore.errors import Undefined
from hubscore.numerics.cholesky import factor
from hubscore.numerics.workspace import Floats, Ints, Workspace, memoized, r_factor, required_features

CERTAIN = 1e-8
"""Eigenvalues of a Gram matrix above this share of the largest carry at least eight digits into the singular
vectors.
"""
LEFT = 1e-3
"""What is left of a column's squares when rows are taken off a Gram matrix must be this share of them, or digits are
lost.
"""
FEW = 8
"""Samples that tell most columns from constant ones."""
OFTEN = 64
"""Principal components that several scores ask for."""


class Spectrum:
    """A thin SVD ``left * values @ right.T`` cut at the numerical rank.

    Most scores need only products with ``left``: these are made from what the decomposition gave, and ``left`` itself
    when somebody asks for it.

    Args:
        values: singular values, shape (r,), falling.
        axes: left singular vectors, shape (n samples, r); right ones, shape (k, r), where ``rows`` are given.
        rows: centred features, shape (n samples, k).
    """

    def __init__(self, values: Floats, axes: Floats, rows: Floats | None = None) -> None:
        self.values, self.axes, self.rows = values, axes, rows
        self._often: Floats | None = None

    @cached_property
    def left(self) -> Floats:
        """Shape (n samples, r)."""
        return self._leading(self.values.size) / self.values

    def onto(self, columns: Floats) -> Floats:
        """``left.T @ columns``: shape (n samples, ...) to (r, ...)."""
        return self.axes.T @ columns if self.rows is None else self.along(self.rows.T @ columns)

    def along(self, sums: Floats) -> Floats:
        """``left.T @ columns`` where ``rows.T @ columns``, shape (k, ...), is known."""
        found: Floats = ((self.axes.T @ sums).T / self.values).T
        return found

    def times(self, table: Floats) -> Floats:
        """``left @ table``: shape (r, ...) to (n samples, ...)."""
        found: Floats = self.axes @ table if self.rows is None else self.rows @ (self.axes @ (table.T / self.values).T)
        return found

    def leading(self, dimensions: int) -> Floats:
        """Scores on the first principal components, shape (n samples, min(dimensions, r))."""
        if dimensions > OFTEN:
            return self._leading(dimensions)
        if self._often is None:
            self._often = self._leading(OFTEN)
        return self._often[:, :dimensions]

    def _leading(self, dimensions: int) -> Floats:
        first = self.axes[:, :dimensions]
        found: Floats = first * self.values[:dimensions] if self.rows is None else self.rows @ first
        return found


@memoized
def centred(workspace: Workspace) -> Floats:
    """Features minus their mean, shape (n samples, d features); constant columns are exactly 0."""
    return without_mean(required_features(workspace))


def without_mean(features: Floats) -> Floats:
    """Take the mean off every column; constant columns are exactly 0."""
    values: Floats = features - features.mean(axis=0)
    same = np.flatnonzero((features[:FEW] == features[0]).all(axis=0))
    values[:, same[(features[:, same] == features[0, same]).all(axis=0)]] = 0
    return values


def check_varying(workspace: Workspace, title: str) -> None:
    """Refuse features that tell no sample from another, which says nothing of the network but that.

    Args:
        workspace: with features; those in the network's own columns are looked at, which no rotation has rounded.
        title: of the score.

    Raises:
        Undefined: they are the same for every sample.
    """
    first, *others = workspace.original
    if all(np.array_equal(first, row) for row in others):
        raise unvarying(title)


def unvarying(title: str) -> Undefined:
    """Return the reason why features that do not vary have no score."""
    return Undefined(
        f"{title} is undefined", "the features are the same for every sample", "use another layer or checkpoint"
    )


@memoized
def centred_columns(workspace: Workspace) -> Floats:
    """Features in the network's own columns minus their mean, shape (n samples, d features)."""
    return centred(workspace) if workspace.original is workspace.features else without_mean(workspace.original)


@memoized
def deviations(workspace: Workspace) -> Floats:
    """Standard deviation (biased) of the network's own columns, shape (d features,)."""
    values = centred_columns(workspace)
    return np.asarray(np.sqrt(np.einsum("ij,ij->j", values, values) / workspace.n), dtype=np.float64)


@memoized
def spectrum(workspace: Workspace) -> Spectrum:
    """Thin SVD of the centred features, without singular values that are rounding noise.

    A Gram matrix is decomposed where it decides the rank beyond doubt, which is several times faster; it squares the
    condition number, so that all other features go through the SVD itself.
    """
    values = centred(workspace)
    noise = _noise(workspace, values)
    return _from_gram(workspace, values, noise) or _from_svd(values, noise)


@memoized
def coordinates(workspace: Workspace) -> Floats:
    """Centred features in at most n columns, shape (n samples, min(d features, rank or n)); distances stay."""
    values = centred(workspace)
    if values.shape[1] <= workspace.n:
        return values
    found = spectrum(workspace)
    return found.axes * found.values if found.rows is None else found.rows


def rows_from_gram(products: Floats) -> Floats:
    """Return rows that differ as others do whose inner products are given and whose sum, in some weights of one sign,
    is 0.

    Args:
        products: shape (m, m), of a rank of m - 1.

    Returns:
        Shape (m, m), of mean 0.

    Raises:
        LinAlgError: the rank is lower.
    """
    mean = np.trace(products) / len(products) ** 2  # the same for all pairs: it fills the direction that is lacking
    lower = factor(products + mean)
    if lower is None:
        raise np.linalg.LinAlgError("the inner products are of a lower rank")
    rows: Floats = np.tril(lower)
    rows -= rows.mean(axis=0)
    return rows


def principal_components(workspace: Workspace, dimensions: int) -> Floats:
    """Scores on the first principal components, shape (n samples, min(dimensions, rank))."""
    found = spectrum(workspace)
    return found.leading(dimensions) if found.values.size else np.zeros((workspace.n, 1))


@memoized
def gram(workspace: Workspace) -> Floats:
    """Inner products of the centred features: of samples where there are no fewer features than samples, else of
    columns.

    A subset's are those of all samples without the rows it lacks, where that costs no digits.
    """
    values = centred(workspace)
    if is_wide(values):
        return _gram_of_samples(workspace) if workspace.source else values @ values.T
    return _gram_of_columns(workspace, values) if workspace.source else values.T @ values


def is_wide(values: Floats) -> bool:
    """Whether there are no fewer columns than rows."""
    return bool(values.shape[1] >= len(values))


def _gram_of_samples(workspace: Workspace) -> Floats:
    """Inner products of a subset's samples, from those of all samples, centred again."""
    values = centred(workspace)
    if workspace.source is None or not is_wide(required_features(workspace.source[0])):
        return values @ values.T
    whole, rows = workspace.source
    products = gram(whole)[np.ix_(rows, rows)]
    means = products.mean(axis=0)
    products -= means
    products -= (means - means.mean())[:, None]
    return products


def _gram_of_columns(workspace: Workspace, values: Floats) -> Floats:
    """Inner products of a subset's columns, from those of all samples and the rows that are left out."""
    if (
        workspace.source is None
        or is_wide(required_features(workspace.source[0]))
        or 2 * workspace.n < workspace.source[0].n
    ):
        return values.T @ values
    whole, rows = workspace.source
    out = np.ones(whole.n, dtype=bool)
    out[rows] = False
    lacking, total = centred(whole)[out], gram(whole)
    moved = lacking.sum(axis=0)  # what the subset's rows sum to, but for the sign
    products = total - lacking.T @ lacking
    products -= np.outer(moved, moved / workspace.n)
    constant = ~values.any(axis=0)
    products[constant] = products[:, constant] = 0
    kept = products.diagonal() >= LEFT * total.diagonal()
    return products if (kept | constant).all() else values.T @ values


def _noise(workspace: Workspace, values: Floats) -> float:
    """Singular values up to this come from rounding: of the decomposition, and of the features before their mean
    went.
    """
    scale = np.linalg.norm(values) + np.sqrt(workspace.n) * np.linalg.norm(required_features(workspace).mean(axis=0))
    return float(max(workspace.n, workspace.d) * np.finfo(np.float64).eps * scale)


def _from_gram(workspace: Workspace, values: Floats, noise: float) -> Spectrum | None:
    moving = np.flatnonzero(values.any(axis=0))
    wide = len(moving) >= len(values)
    moved = values if len(moving) == values.shape[1] else values[:, moving]
    if wide:
        products = gram(workspace)
    else:
        products = moved.T @ moved if is_wide(values) else _picked(gram(workspace), moving)
    try:
        squares, axes = np.linalg.eigh(products)
    except np.linalg.LinAlgError:  # divide and conquer fails on a few matrices
        return None
    mean = int(wide)  # centring took the direction of ones out: its eigenvalue, the smallest, is 0
    squares, axes = squares[mean:][::-1], np.ascontiguousarray(axes[:, mean:][:, ::-1])
    if not squares.size or squares[-1] <= max(CERTAIN * squares[0], noise**2):
        return None
    return Spectrum(np.sqrt(squares), axes, None if wide else moved)


def _picked(products: Floats, moving: Ints) -> Floats:
    return products if len(moving) == len(products) else products[np.ix_(moving, moving)]


def _from_svd(values: Floats, noise: float) -> Spectrum:
    if values.shape[1] > len(
        values
    ):  # the right vectors are not needed: a rotation to n columns first is twice as fast
        values = r_factor(values.T).T
    try:
        left, singular, _ = np.linalg.svd(values, full_matrices=False)
    except np.linalg.LinAlgError:  # divide and conquer fails on a few matrices; the slower driver does not
        from scipy.linalg import svd

        left, singular, _ = svd(values, full_matrices=False, lapack_driver="gesvd")
    keep = singular > noise
    return Spectrum(singular[keep], left[:, keep])
