"""The network that was trained on the target task: DEPARA's graph of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hubscore.attribution.explainer import Objective
from hubscore.attribution.grid import Grid
from hubscore.layers.layer_features import Reading, TargetMaps
from hubscore.run.reference import find_reference, unusable
from hubscore.run.session import Session
from hubscore.types import Candidate, Probe

ROLE, OPTION = "target", "--target-network"
METHOD = "gradient_x_input"


@dataclass(frozen=True)
class TargetGraph:
    """What layers are compared with.

    Attributes:
        features: of the target network, for the edges; shape (n, d).
        maps: its attribution maps, for the nodes.
    """

    features: NDArray[np.floating[Any]]
    maps: TargetMaps


def find_target(session: Session, name: str | None) -> Candidate | None:
    """Return the target network; none where none is named.

    Raises:
        CandidateError: it cannot be used.
    """
    return find_reference(session, name, role=ROLE, option=OPTION)


def explain_target(
    session: Session, target: Candidate | None, probe: Probe, map_size: int, reading: Reading = "default"
) -> TargetGraph | None:
    """Make nodes and features of the target network, at its own input size, or take them from the cache.

    Raises:
        CandidateError: it cannot be run.
    """
    if target is None:
        return None
    objective: Objective = "norm" if reading == "default" else "mean"
    outcome = session.attribute([target], probe, METHOD, objective=objective, map_size=map_size, own_size=True)
    made = outcome.attributions.get(target.repo_id)
    if made is None:
        why = "; ".join(item.reason for item in outcome.skipped)
        raise unusable(target.repo_id, why, role=ROLE, option=OPTION)
    grid = Grid.for_items(probe.items, map_size or None)
    return TargetGraph(made.features, TargetMaps(made.maps[METHOD], grid, reading))
