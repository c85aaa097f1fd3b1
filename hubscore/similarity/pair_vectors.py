"""Unit vectors over all pairs of samples: the product of two networks' vectors is their similarity."""

from __future__ import annotations

import numpy as np

from hubscore.errors import Undefined
from hubscore.numerics.distances import standardised
from hubscore.numerics.rank_correlation import midranks
from hubscore.numerics.workspace import Floats
from hubscore.similarity.validation import same_samples


def product(first: Floats, second: Floats) -> float:
    """Return the inner product of two unit vectors, rounding kept out of the range.

    Raises:
        UsageError: they stand for different numbers of samples.
    """
    if first.shape != second.shape:
        same_samples(samples(first), samples(second))
    return float(np.clip(first @ second, -1.0, 1.0))


def samples(vector: Floats) -> int:
    """Return how many samples a vector of n (n - 1) / 2 or n (n + 1) / 2 numbers stands for, by its shorter reading."""
    return int((1 + np.sqrt(1 + 8 * len(vector))) / 2)


def ranked(values: Floats, title: str, what: str) -> Floats:
    """Return centred average ranks of length 1, whose products are Spearman correlations.

    Raises:
        Undefined: all values are tied.
    """
    ranks = midranks(values) - (len(values) + 1) / 2 if len(values) else values
    return unit(ranks, title, f"all pairs of samples have the same {what}")


def double_centred(table: Floats, title: str) -> Floats:
    """Return the off-diagonal of a symmetric table, centred without its diagonal, as a unit vector.

    Products of such vectors are the debiased (Szekely-Rizzo) dependence, normalised.

    Args:
        table: shape (n, n), symmetric; its diagonal is not used.
        title: of the comparison, for messages.

    Raises:
        Undefined: fewer than four samples, or nothing is left after the centring.
    """
    n = len(table)
    if n < 4:
        raise Undefined(
            f"{title} is undefined", f"there are {n} samples, and the debiased form needs 4", "use more samples"
        )
    table = table.copy()
    np.fill_diagonal(table, 0.0)
    size = np.abs(table).max()
    means = table.sum(axis=0) / (n - 2)
    means -= means.sum() / (2 * (n - 1))
    table -= means[:, None]
    table -= means[None, :]
    upper: Floats = table[np.triu_indices(n, 1)]
    upper[np.abs(upper) <= n * np.finfo(np.float64).eps * size] = 0.0  # rounding of the centring is no structure
    return unit(upper, title, "all pairs of samples are alike")


def standard_rows(features: Floats, title: str) -> Floats:
    """Return features with columns of mean 0 and deviation 1, in which every sample is somewhere off the mean.

    Raises:
        Undefined: a sample is the mean of all samples up to rounding, and so has no direction.
    """
    values = standardised(features)
    moving = features[:, values.any(axis=0)]
    offset = np.abs(moving.mean(axis=0)) / moving.std(axis=0)
    noise = len(values) * np.finfo(np.float64).eps * np.linalg.norm(1.0 + offset)
    lengths = np.linalg.norm(values, axis=1)
    if lengths.min() <= noise:
        why = f"the features of sample {int(np.argmin(lengths))} are the mean of all samples, which has no direction"
        raise Undefined(f"{title} is undefined", why, "drop that sample, or use cka")
    return values


def unit(vector: Floats, title: str, why: str) -> Floats:
    """Return a vector scaled to length 1.

    Raises:
        Undefined: it is zero.
    """
    length = float(np.linalg.norm(vector))
    if not length:
        raise Undefined(f"{title} is undefined", why, "use more samples, or more varied ones")
    scaled: Floats = vector / length
    return scaled
