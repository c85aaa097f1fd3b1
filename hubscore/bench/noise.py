"""What the noise of true accuracies lets anybody see: how well a perfect order would do, and which differences count.

An order that knew every model's real accuracy would still miss a part of measured ones. Real accuracies are not known:
they are taken as spread like the measured ones, less the spread that the noise added.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hubscore.bench import metrics as measures
from hubscore.bench.runs import ErrorsOf
from hubscore.errors import Undefined

Floats = NDArray[np.float64]
WORLDS = 400
"""Simulated tables: their mean is then within .005 of the one over very many."""


@dataclass(frozen=True)
class Ceiling:
    """How well a perfect order does against accuracies that are as noisy as these, in the mean over simulations.

    Attributes:
        error: root mean square of the accuracies' standard errors.
        source: what these were taken from, in words.
        weighted_tau: of the perfect order.
        pearson: of the real accuracies with the measured ones.
        regret: what taking the really best loses, measured against the luckiest.
        undefined: why there is no ceiling; empty where there is one.
    """

    error: float
    source: str = ""
    weighted_tau: float | None = None
    pearson: float | None = None
    regret: float | None = None
    undefined: str = ""


def real_accuracies(measured: ArrayLike, errors: ArrayLike) -> Floats | None:
    r"""Return accuracies that are spread as the real ones behind the measured: in their order, drawn to the mean.

    .. math:: t_m = \bar a + \sqrt{\frac{\max(0, v - \overline{e^2})}{v}} (a_m - \bar a)

    where v is the variance of the measured accuracies.

    Args:
        measured: shape (n models,).
        errors: their standard errors, likewise.

    Returns:
        Shape (n,); none where the measured ones differ by no more than their noise.

    Example:
        >>> real_accuracies([0.5, 0.7, 0.9], [0.1, 0.1, 0.1]).round(3).tolist()
        [0.527, 0.7, 0.873]
    """
    values, noise = np.asarray(measured, dtype=np.float64), np.asarray(errors, dtype=np.float64)
    variance = values.var(ddof=1)
    kept = variance - float((noise**2).mean())
    if not variance > 0 or kept <= 0:
        return None
    spread: Floats = values.mean() + np.sqrt(kept / variance) * (values - values.mean())
    return spread


def ceiling(measured: ArrayLike, errors: ArrayLike, *, source: str = "", seed: int = 0) -> Ceiling:
    """Return how well a perfect order would do.

    Args:
        measured: accuracies, shape (n models,), at least three.
        errors: their standard errors, likewise.
        source: what these were taken from, in words.
        seed: of the simulation.
    """
    noise = np.asarray(errors, dtype=np.float64)
    error = float(np.sqrt((noise**2).mean()))
    real = real_accuracies(measured, noise)
    if real is None:
        return Ceiling(error, source, undefined="these accuracies differ by no more than their noise")
    worlds = _drawn(real, noise, seed)

    def mean(measure: Callable[[ArrayLike, ArrayLike], float]) -> float:
        return float(np.mean([measure(real, world) for world in worlds]))

    return Ceiling(error, source, mean(measures.weighted_tau), mean(measures.pearson), mean(measures.regret))


@dataclass(frozen=True)
class Difference:
    """How much better one order is than another, and within which bounds the noise of the accuracies leaves that.

    Attributes:
        first: the order that is asked about.
        second: the order that it is compared with.
        weighted_tau: of the first less that of the second.
        interval: 95 % of the noise.
    """

    first: str
    second: str
    weighted_tau: float
    interval: tuple[float, float] = field(default=(0.0, 0.0))

    @property
    def seen(self) -> bool:
        """Whether the noise of the accuracies leaves no doubt about the sign."""
        return self.interval[0] > 0 or self.interval[1] < 0


def difference(
    names: tuple[str, str],
    columns: tuple[Mapping[str, float], Mapping[str, float]],
    accuracies: Mapping[str, float],
    errors: Mapping[str, float],
    *,
    seed: int = 0,
) -> Difference | None:
    """Compare two orders over the models that both have, under accuracies that stray by their errors.

    Args:
        names: of the two.
        columns: their values by model; larger promises more.
        accuracies: by model.
        errors: of the accuracies, by model.
        seed: of the simulation.

    Returns:
        The difference; none where one of them has no weighted tau.
    """
    first, second = columns
    models = [model for model in accuracies if model in first and model in second]
    measured = np.array([accuracies[model] for model in models])
    values = [np.array([column[model] for model in models]) for column in columns]
    try:
        seen = [measures.weighted_tau(one, measured) for one in values]
        worlds = _drawn(measured, np.array([errors[model] for model in models]), seed)
        drawn = [measures.weighted_tau(values[0], it) - measures.weighted_tau(values[1], it) for it in worlds]
    except Undefined:
        return None
    spread = np.asarray(drawn) - np.mean(drawn)  # noise on top of noise draws both towards 0: only its width is used
    low, high = np.percentile(spread, [2.5, 97.5])
    apart = seen[0] - seen[1]
    return Difference(*names, apart, (apart + float(low), apart + float(high)))


def _drawn(centres: Floats, errors: Floats, seed: int) -> Floats:
    """Return simulated tables, shape (worlds, n models)."""
    drawn: Floats = centres + errors * np.random.default_rng(seed).standard_normal((WORLDS, len(centres)))
    return drawn


@dataclass(frozen=True)
class Noise:
    """What is known of how far the accuracies stray.

    Attributes:
        standard_error: of a typical accuracy.
        source: what it was taken from, in words.
        tied_within: two accuracies closer than this cannot be told apart.
        runs: how many times the models were fine-tuned, fewest and most.
        rerun_tau: weighted tau of one run with another, in the mean over pairs of runs; none where a model has one run.
        ceiling: how well a perfect order would do.
        differences: of the ranking's order from others.
    """

    standard_error: float
    source: str
    tied_within: float
    runs: tuple[int, int]
    rerun_tau: float | None
    ceiling: Ceiling
    differences: tuple[Difference, ...] = ()


def noise_of(
    accuracies: Mapping[str, float],
    errors: ErrorsOf,
    runs: Mapping[str, Sequence[float]],
    pairs: Sequence[tuple[tuple[str, Mapping[str, float]], tuple[str, Mapping[str, float]]]] = (),
) -> Noise:
    """Gather what the noise of accuracies means for a comparison.

    Args:
        accuracies: by model, at least three.
        errors: of them.
        runs: every accuracy of the models that were fine-tuned several times.
        pairs: orders to compare, each a name and values by model.
    """
    models = list(accuracies)
    known = {model: errors.by_model[model] for model in models}
    counts = [len(runs.get(model, ("one",))) for model in models]
    apart = [difference((one, other), (values, others), accuracies, known) for (one, values), (other, others) in pairs]
    return Noise(
        errors.typical,
        errors.source,
        errors.tied_within,
        (min(counts), max(counts)),
        _rerun([runs[model] for model in models]) if min(counts) > 1 else None,
        ceiling([accuracies[model] for model in models], [known[model] for model in models], source=errors.source),
        tuple(one for one in apart if one is not None),
    )


def _rerun(runs: Sequence[Sequence[float]]) -> float | None:
    """Return the weighted tau of one run with another, in the mean over pairs."""
    several = [list(values) for values in zip(*runs, strict=False)]
    try:
        taus = [measures.weighted_tau(one, other) for one, other in combinations(several, 2)]
    except Undefined:
        return None
    return float(np.mean(taus))
