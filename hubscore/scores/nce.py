"""NCE: what is left to know about the target class once the predicted source class is known."""

from __future__ import annotations

from typing import Literal

import numpy as np

from hubscore.errors import UsageError
from hubscore.numerics.class_statistics import codes, counts
from hubscore.numerics.validation import number
from hubscore.numerics.workspace import Workspace

RELEASED_EPS = 1e-5
"""In PARC's code."""


def nce(workspace: Workspace, *, eps: float = 0.0, reading: Literal["default", "released"] = "default") -> float:
    r"""Negative entropy of the target class given the most probable source class.

    .. math:: \sum_{y,z} K_{yz} \ln \frac{K_{yz}}{\sum_y K_{yz}}, \quad K_{yz} = \frac1N \#\{i : y_i = y, \arg\max P_i =
    z\}

    PARC's code adds 1e-5 to every cell of both tables, with 1000 source and 100 target classes a total mass of 1.

    Args:
        workspace: probs (or logits) of shape (n samples, s source classes), labels of shape (n,).
        eps: added to every cell of the joint and the marginal table.
        reading: ``"released"`` is eps = 1e-5, as in PARC's tables.

    Returns:
        Between -ln(classes) and 0 (without eps), higher is better.

    Raises:
        UsageError: eps is negative, or another one than that of the released reading was asked for together with it.

    Source:
        Tran, Nguyen and Hassner, Transferability and Hardness of Supervised Classification Tasks, ICCV 2019, Theorem 1.

    Example:
        >>> import numpy as np
        >>> round(nce(Workspace(probs=np.eye(2)[[0, 0, 1, 1]], labels=[0, 1, 1, 1])), 6)
        -0.346574
    """
    from scipy.special import rel_entr

    number("eps", eps, RELEASED_EPS, zero=True)
    if reading == "released":
        if eps not in (0.0, RELEASED_EPS):
            raise UsageError(
                f'Cannot use eps={eps} with reading="released"',
                f"that reading is eps={RELEASED_EPS}",
                "leave reading= out",
            )
        eps = RELEASED_EPS
    source = workspace.probs.argmax(axis=1)
    shape = (len(counts(workspace)), workspace.probs.shape[1])
    joint = (
        np.bincount(codes(workspace) * shape[1] + source, minlength=shape[0] * shape[1]).reshape(shape) / workspace.n
    )
    return float(rel_entr(joint + eps, np.broadcast_to(joint.sum(axis=0) + eps, shape)).sum())
