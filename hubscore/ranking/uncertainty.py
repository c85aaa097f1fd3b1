"""How sure a ranking is, from subsamples of the one extraction or from fresh probes: intervals, and who cannot be
told apart.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from hubscore.errors import UsageError
from hubscore.numerics.workspace import Floats, Ints
from hubscore.ranking.simultaneous import reaches, surely_better

SHARE = 0.8
"""Part of the samples that a subsample keeps; drawn without replacement, since a repeated row is its own nearest
neighbour.
"""
LEVEL = 0.95
FEW = 5
SIMULATED = 1000
_AT_ONCE = 16


def draw_subsamples(
    labels: ArrayLike | None, n: int, *, count: int = 20, share: float = SHARE, seed: int = 0
) -> list[Ints]:
    """Draw stratified subsamples without replacement, the same for every model.

    Every class keeps its share, at least one sample; where a share is not whole, classes drawn at random round up.

    Args:
        labels: classes, shape (n,); anything else is drawn without strata.
        n: samples.
        count: how many subsamples.
        share: part of the samples to keep.
        seed: of the draw.

    Returns:
        ``count`` arrays of row numbers, all of one length, rising; empty when nothing can be left out.

    Example:
        >>> [len(rows) for rows in draw_subsamples([0] * 10 + [1] * 5, 15, count=2)]
        [12, 12]
    """
    if not 0 < share < 1:
        raise UsageError(f"Cannot keep {share:g} of the samples", "a share lies between 0 and 1", "share=0.8")
    codes = np.zeros(n, dtype=np.int64)
    if labels is not None and np.ndim(labels) == 1 and np.asarray(labels).dtype.kind in "iub":
        codes = np.unique(np.asarray(labels), return_inverse=True)[1]
    strata = [np.flatnonzero(codes == code) for code in range(codes.max(initial=0) + 1)]
    rng = np.random.default_rng([seed, n])
    drawn = [_one(strata, share, rng) for _ in range(count)]
    return drawn if drawn and len(drawn[0]) < n else []


def _one(strata: Sequence[Ints], share: float, rng: np.random.Generator) -> Ints:
    sizes = np.array([len(stratum) for stratum in strata])
    keep = np.maximum(1, np.floor(sizes * share + 1e-9).astype(int))
    left = round(share * sizes.sum()) - keep.sum()
    fractions = np.where(keep < sizes, sizes * share - keep, 0.0).clip(0)
    left = min(left, int((fractions > 1e-9).sum()))
    if left > 0:
        keep[rng.choice(len(sizes), size=left, replace=False, p=fractions / fractions.sum())] += 1
    rows = [rng.choice(stratum, size=size, replace=False) for stratum, size in zip(strata, keep, strict=True)]
    return np.sort(np.concatenate(rows)).astype(np.int64)


def jackknife(kept: int, n: int) -> float:
    r"""Delete-d jackknife: what turns the spread of subsamples' values into the standard error on the full sample.

    .. math:: \operatorname{SE} = \sqrt{m / (n - m)} \, \operatorname{sd}(\theta_1, \dots, \theta_R)

    For a mean this is exact: subsamples of m of n values have variance S^2/n (n - m)/m, the full mean has S^2/n.

    Args:
        kept: m, samples in a subsample.
        n: samples in all.

    Source:
        Shao and Wu, Annals of Statistics 1989; Politis, Romano and Wolf, Subsampling, 1999.
    """
    return math.sqrt(kept / (n - kept))


def of_a_mean(probes: int) -> float:
    """What turns the spread of this many fresh probes' values into the standard error of their mean."""
    return 1 / math.sqrt(probes)


def standard_error(draws: Floats, scale: float) -> Floats:
    """Return the standard errors that belong to values on draws.

    Args:
        draws: shape (R, ...).
        scale: from :func:`jackknife` or :func:`of_a_mean`.

    Returns:
        Shape (...), at least 0.
    """
    return np.asarray(draws.std(axis=0, ddof=1) * scale, dtype=np.float64)


def half_width(error: Floats, draws: int) -> Floats:
    """Half the 95 % t interval that belongs to a standard error from this many subsamples."""
    return np.asarray(_t_quantile(draws - 1) * error, dtype=np.float64)


def _t_quantile(freedom: int) -> float:
    """Return how many standard errors half the 95 % interval of Student's t is; NaN where nothing is free."""
    from scipy.special import stdtrit  # as scipy.stats has it, which takes most of a second to import

    return float(stdtrit(freedom, 0.5 + LEVEL / 2)) if freedom > 0 else math.nan


def score_errors(draws: Floats, full: Floats, planned: Sequence[int], scale: float) -> tuple[Floats, Floats]:
    """Return standard error and half the 95 % interval of every score, NaN where it was not recomputed throughout.

    Args:
        draws: shape (R, columns, models).
        full: shape (columns, models).
        planned: per column on how many of the first draws it was recomputed.
        scale: from :func:`jackknife` or :func:`of_a_mean`.

    Returns:
        Two arrays of shape (columns, models).
    """
    error, width = np.full(full.shape, np.nan), np.full(full.shape, np.nan)
    for row, count in enumerate(planned):
        if count > 1:
            error[row] = np.where(np.isnan(full[row]), np.nan, standard_error(draws[:count, row], scale))
            width[row] = half_width(error[row], count)
    return error, width


def simulate(
    draws: Floats, full: Floats, planned: Sequence[int], scale: float, *, count: int = SIMULATED, seed: int = 0
) -> Iterator[Floats]:
    r"""Draw tables of scores as other probes of the same size might give them.

    .. math:: \theta^* = \theta + s \, \sum_r g_r (\theta_r - \bar\theta) / \sqrt{R - 1}, \quad g \sim t_{R-1}

    Every simulated score has the standard error and the t interval of :func:`score_errors`, and one vector of weights
    serves all scores and models, so that what varies together stays together. A consensus is made of ranks, which
    hardly move on subsamples that share four fifths of their rows: intervals taken from it directly would be too short.

    Args:
        draws: shape (R, columns, models).
        full: shape (columns, models).
        planned: per column on how many of the first draws it was recomputed; a column that was not, or that a model
            lacks on one of them, stays as it is.
        scale: s, from :func:`jackknife` or :func:`of_a_mean`.
        count: how many tables.
        seed: of the weights.

    Yields:
        Tables of the shape of ``full``.
    """
    parts = error_parts(draws, full, planned, scale)
    weights, flat = error_weights(draws.shape, count=count, seed=seed), parts.reshape(len(parts), -1)
    for start in range(0, count, _AT_ONCE):  # one product for several tables: far faster than one each
        yield from full + (weights[start : start + _AT_ONCE] @ flat).reshape(-1, *full.shape)


def error_parts(draws: Floats, full: Floats, planned: Sequence[int], scale: float) -> Floats:
    """Return what weighted sums of are the errors of a simulated table: arguments and shape as in :func:`simulate`."""
    scaled = np.zeros(draws.shape)
    for row, used in enumerate(planned):
        part = draws[:used, row]
        if used > 1 and not np.isnan(part[:, ~np.isnan(full[row])]).any():
            wider = _t_quantile(used - 1) / _t_quantile(len(draws) - 1)
            scaled[:used, row] = wider * scale / np.sqrt(used - 1) * (part - part.mean(axis=0))
    return np.nan_to_num(scaled)


def error_weights(shape: Sequence[int], *, count: int = SIMULATED, seed: int = 0) -> Floats:
    """Draw the weights g of simulated tables, shape (count, R); ``shape`` is that of the draws."""
    rng, draws = np.random.default_rng([seed, *shape]), shape[0]
    weights = rng.normal(size=(count, draws))
    return np.asarray(weights / np.sqrt(rng.chisquare(draws - 1, size=(count, 1)) / (draws - 1)), dtype=np.float64)


@dataclass(frozen=True)
class Spread:
    """What is uncertain about an order; models as in ``consensus``.

    Attributes:
        consensus: shape (models,).
        consensus_ci: shape (models, 2).
        rank_ci: shape (models, 2).
        standing: what differences are judged by, from :func:`hubscore.ranking.standing.standings`; shape (models,).
        reach: two models surely differ where their standings are further apart than both reaches; shape (models,).
    """

    consensus: Floats
    consensus_ci: Floats
    rank_ci: Ints
    standing: Floats
    reach: Floats

    def tied(self, one: int, other: int) -> bool:
        """Say whether two models cannot be told apart: they are equal, or surely in no order."""
        apart = abs(self.standing[one] - self.standing[other]) > self.reach[one] + self.reach[other] + 1e-12
        return bool(not apart or abs(self.consensus[one] - self.consensus[other]) <= 1e-12)


def spread(full: Floats, simulated: Floats, standing: Floats, errors: Floats) -> Spread:
    """Derive 95 % intervals of a consensus and its ranks, and what pairs of models can be told apart.

    The interval of a rank follows from the pairs: as many places are certain above a model as models are surely better,
    and likewise below. With 95 % none of the pairs is taken for different by mistake, however many there are.

    Args:
        full: consensus on the full sample, shape (models,), without NaN.
        simulated: consensus of the simulated tables, shape (count, models).
        standing: of the models, shape (models,).
        errors: of the standing in the simulated tables, shape (count, models).
    """
    low, high = np.quantile(simulated, (0.5 - LEVEL / 2, 0.5 + LEVEL / 2), axis=0)
    reach = reaches(errors, LEVEL)
    better, worse = surely_better(standing, reach)
    rank_ci = np.stack([1 + better, len(full) - worse], axis=1)
    return Spread(full, np.stack([np.minimum(low, full), np.maximum(high, full)], axis=1), rank_ci, standing, reach)


def tie_groups(order: Sequence[int], tied: Callable[[int, int], bool]) -> list[int]:
    """Walk down the order; a model joins the current group when it is tied with the group's first member.

    Args:
        order: model numbers, best first.
        tied: says of two of them whether they cannot be told apart; asked once for each model.

    Returns:
        The group of each place in ``order``, from 1.

    Example:
        >>> tie_groups([0, 1, 2], lambda one, other: other - one < 2)
        [1, 1, 2]
    """
    groups: list[int] = []
    first = -1
    for model in order:
        if not groups or not tied(first, model):
            first = model
            groups.append(groups[-1] + 1 if groups else 1)
        else:
            groups.append(groups[-1])
    return groups
