"""ETran: energy and discriminant analysis together, on a common scale over the networks compared."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal

import numpy as np

from hubscore.errors import Advice, Undefined
from hubscore.numerics.class_statistics import class_means, priors
from hubscore.numerics.discriminant import fisher, true_class_probability
from hubscore.numerics.pool import Term, min_max
from hubscore.numerics.spectrum import coordinates, spectrum
from hubscore.numerics.workspace import Workspace
from hubscore.scores.energy import EnergyOf, energies

Reading = Literal["default", "released"]
ENERGY_WEIGHT = 0.15
LOWEST = 5
"""Samples in a thousand whose energy counts, the lowest."""


def etran(
    workspaces: Sequence[Workspace], *, energy_of: EnergyOf = "features", reading: Reading = "default"
) -> list[float]:
    r"""Weigh energy and class separation (or regression fit), each stretched to 0..1 over the networks.

    .. math:: 0.15 \operatorname{minmax}(S_{en}) + 0.85 \operatorname{minmax}(S_{lda})

    S_en is the mean energy of the lowest 0.5 % of the samples, at least one. S_lda is the mean probability of the true
    class in Fisher's discriminant analysis with SFDA's shrinkage; the authors' code amounts to the nearest class mean,
    since an eigen-solver for symmetric matrices is given one that is not. For regression minus the mean squared
    residual of least squares takes the place of S_lda, which the released code does not run.

    Args:
        workspaces: one per network, with features of shape (n samples, d features) and labels.
        energy_of: ``"logits"`` only where every network has a head; the two do not mix.
        reading: ``"released"`` takes the energy of int(5 n / 1000) samples and the nearest class mean.

    Returns:
        One number per network, between 0 and 1, higher is better.

    Raises:
        Undefined: fewer than two networks, a network without a term, or a term that is the same for every network: with
            more features than samples the discriminant analysis is saturated at 1, and the energy alone would decide.

    Source:
        Gholami et al., ETran: Energy-Based Transferability Estimation, ICCV 2023, and its code (mgholamikn/ETran).

    Example:
        >>> import numpy as np
        >>> nets = [np.array([[-2.0], [0.0], [0.0], [2.0]]), np.array([[-3.0], [-1.0], [1.0], [2.0]])]
        >>> [round(value, 2) for value in etran([Workspace(features=net, labels=[0, 0, 1, 1]) for net in nets])]
        [0.15, 0.85]
    """
    return etran_values([etran_terms(workspace, energy_of=energy_of, reading=reading) for workspace in workspaces])


def etran_values(pairs: Sequence[tuple[float, float]]) -> list[float]:
    """Compare networks by their energies and fits."""
    responses, fits = (np.array(term) for term in zip(*pairs, strict=True))
    fit = (
        Term("the discriminant analysis", fits, top=1.0) if fits.max() > 0 else Term("the fit of the regression", fits)
    )
    responses, fits = min_max("ETran", [Term("the energy", responses), fit])
    return [float(value) for value in ENERGY_WEIGHT * responses + (1 - ENERGY_WEIGHT) * fits]


def etran_terms(
    workspace: Workspace, *, energy_of: EnergyOf = "features", reading: Reading = "default"
) -> tuple[float, float]:
    """Return one network's energy and fit, before they are compared."""
    released = reading == "released"
    return _lowest_energy(workspace, energy_of, released=released), _fit(workspace, released=released)


def _lowest_energy(workspace: Workspace, energy_of: EnergyOf, *, released: bool) -> float:
    count = LOWEST * workspace.n // 1000 if released else math.ceil(LOWEST * workspace.n / 1000)
    if not count:
        raise Undefined(
            "ETran is undefined",
            f"int(5 n / 1000) is 0 for {workspace.n} samples, as released, and 1 for 200",
            advice=(Advice.SAMPLES,),
        )
    return float(np.sort(energies(workspace, energy_of))[:count].mean())


def _fit(workspace: Workspace, *, released: bool) -> float:
    if workspace.target == "regression":
        return _regression(workspace)
    if released:
        return _nearest_mean(workspace)
    return true_class_probability(workspace, fisher(workspace).posteriors)


def _nearest_mean(workspace: Workspace) -> float:
    from scipy.special import softmax

    values = coordinates(workspace)
    means = class_means(workspace, values)
    odds = values @ means.T - 0.5 * np.square(means).sum(axis=1) + np.log(priors(workspace))
    return true_class_probability(workspace, softmax(odds, axis=1))


def _regression(workspace: Workspace) -> float:
    found = spectrum(workspace)
    if found.values.size >= workspace.n - 1:
        why = f"{workspace.d} features of {workspace.n} samples fit any target perfectly"
        raise Undefined("ETran is undefined", why, advice=(Advice.REDUCE, Advice.SAMPLES))
    target = np.asarray(workspace.labels, dtype=np.float64)
    target = target - target.mean(axis=0)
    return -float(np.square(target - found.times(found.onto(target))).mean())
