"""From who beats whom on how many test images to one affinity a source, as Taskonomy has it."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hubscore.errors import UsageError

Floats = NDArray[np.float64]


def affinity(wins: ArrayLike, *, clip: float = 0.001) -> Floats:
    r"""Return each source's affinity to a target from how often it beats each other source (analytic hierarchy
    process).

    .. math:: w'_{ij} = \frac{\operatorname{clip}(w_{ij})}{\operatorname{clip}(w_{ji})}

    and the affinities are its principal eigenvector, scaled to sum 1.

    Args:
        wins: shape (s sources, s), the share of test images on which source i beats source j; the diagonal is not used.
        clip: shares are kept this far from 0 and 1.

    Returns:
        Shape (s,), positive, summing to 1; higher is better.

    Raises:
        UsageError: not square, fewer than two sources, or shares outside 0 to 1.

    Source:
        Zamir et al., Taskonomy, CVPR 2018, section 3.3; Saaty, Mathematical Modelling 1987.

    Example:
        >>> affinity([[0.5, 0.8], [0.2, 0.5]]).round(2).tolist()
        [0.8, 0.2]
    """
    shares = np.array(wins, dtype=np.float64)
    if shares.ndim != 2 or shares.shape[0] != shares.shape[1] or len(shares) < 2:
        raise UsageError(
            f"Cannot read wins of shape {shares.shape}", "a row and a column for each of two or more sources are needed"
        )
    np.fill_diagonal(shares, 0.5)
    if not ((shares >= 0) & (shares <= 1)).all():
        raise UsageError(
            "Cannot read wins", "shares lie between 0 and 1", "divide the counts by the number of test images"
        )
    shares = np.clip(shares, clip, 1 - clip)
    eigenvalues, vectors = np.linalg.eig(shares / shares.T)
    leading = np.abs(vectors[:, np.argmax(eigenvalues.real)].real)  # a positive matrix's principal vector has one sign
    scaled: Floats = leading / leading.sum()
    return scaled


def wins(losses: ArrayLike) -> Floats:
    """Return the share of test images on which each source beats each other, from their losses.

    Args:
        losses: shape (s sources, n images), lower is better.

    Returns:
        Shape (s, s); an image on which two sources tie counts half for each.

    Raises:
        UsageError: not two axes, or a loss that is not finite.

    Example:
        >>> wins([[0.1, 0.5, 0.2], [0.3, 0.4, 0.2]]).tolist()
        [[0.5, 0.5], [0.5, 0.5]]
    """
    table = np.asarray(losses, dtype=np.float64)
    if table.ndim != 2 or not np.isfinite(table).all():
        raise UsageError(f"Cannot read losses of shape {table.shape}", "one finite loss a source and image is needed")
    return np.stack([((row < table).mean(axis=1) + (row <= table).mean(axis=1)) / 2 for row in table])
