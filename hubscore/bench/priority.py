"""What one table of relations says of the sources that another puts first, second, third ...

Tables have a row per target and a column per source; larger values promise more. Sources that tie in the order share
their places.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from hubscore.bench.relations import Floats, by_place, tables
from hubscore.errors import Undefined, UsageError


def priority_curve(values: ArrayLike, reference: ArrayLike, *, left_out: ArrayLike | None = None) -> Floats:
    r"""Return the mean correlation of the sources at each priority (the correlation-priority curve, CPC).

    .. math:: \mathrm{correlation}(p) = \frac1N \sum_{i \ne j} I(r_{ij} = p) \, \rho_{ij}

    :math:`r_{ij}` is the place of source j for target i in the order of ``reference``, the best first, and
    :math:`\rho_{ij}` what ``values`` says of the two. If both tables agree, the curve falls. A target takes no place
    among its own sources: j = i is left out before places are given, so that p runs from 1 to N - 1 and every target
    has one source at each. A correlation that is NaN is left out, and the mean is over the other targets.

    Args:
        values: correlations or other similarities, shape (t targets, s sources).
        reference: shape (t, s), larger is better; NaN counts as the lowest.
        left_out: shape (t, s), sources that are no candidates; by default the diagonal of a square table.

    Returns:
        Shape (c,) for p = 1 ... c, c the fewest candidates that a target has; NaN where no target has a value.

    Raises:
        Undefined: a target has no candidate, or no correlation is known.
        UsageError: shapes disagree.

    Source:
        Song et al., Deep Model Transferability from Attribution Maps, NeurIPS 2019, section 4.2.2.

    Example:
        >>> rho = [[1.0, 0.8, 0.2], [0.8, 1.0, 0.5], [0.2, 0.5, 1.0]]
        >>> priority_curve(rho, [[9, 3, 1], [2, 9, 4], [5, 6, 9]]).round(4).tolist()
        [0.6, 0.4]
    """
    order, correlations, candidates = tables(reference, values, left_out)
    reach = int(candidates.sum(axis=1).min())
    total, counted = np.zeros(reach), np.zeros(reach)
    for row, found, chosen in zip(order, correlations.astype(np.float64), candidates, strict=True):
        known = np.isfinite(found)
        total += by_place(row[chosen], np.where(known, found, 0.0)[chosen])[:reach]
        counted += by_place(row[chosen], known[chosen].astype(np.float64))[:reach]
    if not counted.any():
        raise Undefined("The correlation-priority curve is undefined", "no target has a source with a correlation")
    curve: Floats = np.full(reach, np.nan)
    np.divide(total, counted, out=curve, where=counted > 0)
    return curve


def agreement_curve(
    values: ArrayLike,
    reference: ArrayLike,
    *,
    measure: Literal["spearman", "pearson"] = "spearman",
    left_out: ArrayLike | None = None,
) -> Floats:
    """Return how well two tables agree on each target's k best sources, for every k. No paper has this curve.

    For each target the sources are taken in the order of ``reference``, the best first; at k the correlation of both
    tables over the first k of them is averaged over targets.

    Args:
        values: shape (t targets, s sources).
        reference: shape (t, s).
        measure: which correlation.
        left_out: shape (t, s), sources that are no candidates; by default the diagonal of a square table.

    Returns:
        Shape (c - 1,) for k = 2 ... c, c the fewest candidates that a target has; NaN where no target has a
        correlation.

    Raises:
        Undefined: fewer than two candidates, or no target with a correlation at all.
        UsageError: shapes disagree, or an unknown measure.

    Example:
        >>> agreement_curve([[4, 3, 1, 2]], [[9, 7, 5, 3]]).round(2).tolist()
        [1.0, 1.0, 0.8]
    """
    table, truth, candidates = tables(values, reference, left_out)
    if measure not in ("spearman", "pearson"):
        raise UsageError(f"Unknown measure '{measure}'", "there are spearman and pearson", 'measure="spearman"')
    reach = int(candidates.sum(axis=1).min())
    ours, theirs = np.zeros((len(table), reach)), np.zeros((len(table), reach))
    for place, (row, real, chosen) in enumerate(zip(table, truth.astype(np.float64), candidates, strict=True)):
        first = np.argsort(-real[chosen], kind="stable")[:reach]
        ours[place], theirs[place] = row[chosen][first], real[chosen][first]
    sizes = range(2, reach + 1)
    curves = np.array([_correlations(ours[:, :k], theirs[:, :k], measure) for k in sizes]).reshape(-1, len(table)).T
    defined = np.isfinite(curves)
    if not defined.any():
        raise Undefined("The agreement curve is undefined", "no target has two sources that differ in both tables")
    curve: Floats = np.full(curves.shape[1], np.nan)
    np.divide(np.where(defined, curves, 0).sum(axis=0), defined.sum(axis=0), out=curve, where=defined.any(axis=0))
    return curve


def _correlations(values: Floats, reference: Floats, measure: str) -> Floats:
    """Return the correlation of each row with the other table's, shape (t,); NaN where a row is constant or unknown."""
    known = np.isfinite(values).all(axis=1) & (np.ptp(values, axis=1) != 0) & (np.ptp(reference, axis=1) != 0)
    found: Floats = np.full(len(values), np.nan)
    both = values[known], reference[known]
    if measure == "spearman":
        from scipy.stats import rankdata

        both = rankdata(both[0], axis=1), rankdata(both[1], axis=1)
    one, other = (part - part.mean(axis=1, keepdims=True) for part in both)
    found[known] = (one * other).sum(axis=1) / np.sqrt((one**2).sum(axis=1) * (other**2).sum(axis=1))
    return found
