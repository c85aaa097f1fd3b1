"""Energy: how strongly a network responds to the data, without any label."""

from __future__ import annotations

from typing import Literal

import numpy as np

from hubscore.errors import Undefined, UsageError
from hubscore.numerics.workspace import Floats, Workspace, rowwise

EnergyOf = Literal["features", "logits"]


def energy(workspace: Workspace, *, energy_of: EnergyOf | None = None) -> float:
    r"""Mean logarithm of the summed exponentials of a network's outputs.

    .. math:: \frac1N \sum_i \ln \sum_j e^{x_{ij}}

    Args:
        workspace: features of shape (n samples, d features) or logits of shape (n samples, s source classes).
        energy_of: which of them; none for the features where there are any. Compare networks on one kind only.

    Returns:
        Any number, higher is better.

    Raises:
        Undefined: what ``energy_of`` names is not there.

    Source:
        Gholami et al., ETran, ICCV 2023: its energy term, here as the mean over all samples.

    Example:
        >>> import numpy as np
        >>> round(energy(Workspace(features=np.zeros((3, 4)))), 6), round(float(np.log(4)), 6)
        (1.386294, 1.386294)
    """
    return float(energies(workspace, energy_of).mean())


def energies(workspace: Workspace, energy_of: EnergyOf | None) -> Floats:
    """Energy of each sample, shape (n samples,)."""
    if energy_of not in (None, "features", "logits"):
        raise UsageError(
            f"Cannot take the energy of '{energy_of}'", "there are features and logits", 'energy_of="features"'
        )
    if energy_of is None:
        energy_of = "logits" if workspace.features is None else "features"
    if energy_of == "logits":
        if workspace.logits is None:
            raise Undefined(
                "Energy is undefined",
                "it has no source logits",
                'take the features of all checkpoints: energy_of="features"',
            )
        return _of_logits(workspace)
    return _of_features(workspace)


@rowwise
def _of_features(workspace: Workspace) -> Floats:
    from scipy.special import logsumexp

    return np.asarray(logsumexp(workspace.original, axis=1), dtype=np.float64)


@rowwise
def _of_logits(workspace: Workspace) -> Floats:
    from scipy.special import logsumexp

    return np.asarray(logsumexp(workspace.logits, axis=1), dtype=np.float64)
