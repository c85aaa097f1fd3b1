"""Attribution maps of one network over a probe."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch

from hubscore.attribution.explainer import Explainer, Objective, Reading
from hubscore.attribution.grid import Grid, in_colour, normalised, to_grid, top_share
from hubscore.attribution.lrp.epsilon import Gates
from hubscore.errors import CandidateError
from hubscore.extract.batch_size import initial_batch_size
from hubscore.extract.batching import Values, run_batches
from hubscore.extract.checks import check_finite, check_varying
from hubscore.models.activations import PENULTIMATE
from hubscore.models.batch import Batch
from hubscore.models.network import Network
from hubscore.types import Json

if TYPE_CHECKING:
    from PIL.Image import Image

ASSUMED = "unknown transform: the whole image is assumed to fill the input"
INVERTED = "inverse of the transform"
_CONSTANT = 3e-7  # of the size of what is explained: float32 knows hardly smaller differences


@dataclass(frozen=True)
class NetworkAttributions:
    """Maps by method, shape (n, 3, h, w), float16; features (n, d), float32; what was done, and how long it took."""

    maps: dict[str, np.ndarray]
    features: np.ndarray
    notes: dict[str, Json]
    transform_seconds: float
    explain_seconds: float


def attribute(
    network: Network,
    images: Sequence[Image],
    grid: Grid,
    *,
    methods: Sequence[str],
    objective: Objective = "mean",
    layer: str = PENULTIMATE,
    gates: Gates = "constant",
    reading: Reading = "released",
    device: str = "cpu",
    batch_size: int | None = None,
) -> NetworkAttributions:
    """Make a network's attribution maps of images, on a grid.

    Args:
        network: moved to the device.
        images: RGB.
        grid: over these images.
        methods: some of :data:`hubscore.attribution.explainer.METHODS`.
        objective: what is explained of the layer.
        layer: a module's name, or the representation.
        gates: see :func:`hubscore.attribution.lrp.epsilon.modified`.
        reading: of saliency, see :class:`hubscore.attribution.explainer.Explainer`.
        device: as torch names it.
        batch_size: chosen by input size and free memory otherwise; halved as often as memory runs out.

    Returns:
        One row per image, in order; maps have unit length over what was seen, NaN elsewhere.

    Raises:
        CandidateError: the network cannot be explained, or its maps are all zero.
    """
    explainer = Explainer(network, tuple(methods), objective, layer, gates, reading)
    known: list[bool] = []

    def compute(batch: Batch, rows: Sequence[int]) -> Values:
        found = explainer(batch)
        shares = torch.stack([top_share(one) for one in found.maps.values()], dim=1)
        on_grid, inverted = to_grid(
            torch.cat([in_colour(one) for one in found.maps.values()], dim=1), rows, grid, network.spec
        )
        known.append(inverted)
        saved = (normalised(one).half() for one in on_grid.split(3, dim=1))
        return tuple(one.cpu().numpy() for one in (found.features.float(), found.explained, shares, *saved))

    size = batch_size or initial_batch_size(network, device, len(images), backward=True)
    computed = run_batches(
        network, images, compute, device=device, batch_size=size, action="its forward or backward pass"
    )
    features, explained, shares, *maps = (values for values in computed.values if values is not None)
    check_finite(network.name, features)
    check_varying(network.name, features)
    _check_objective(network.name, objective, explained)
    named = dict(zip(methods, maps, strict=True))
    for method, values in named.items():
        _check_maps(network.name, method, values)
    notes = {
        method: _notes(explainer, method, float(shares[:, place].mean()), all(known))
        for place, method in enumerate(methods)
    }
    return NetworkAttributions(named, features, notes, computed.transform_seconds, computed.compute_seconds)


def _check_objective(name: str, objective: str, explained: np.ndarray) -> None:
    """Refuse an objective that is the same for every image: its gradient is rounding alone."""
    values, units = explained.T
    size = float(units.mean() if objective == "mean" else values.mean())
    if len(values) > 1 and np.ptp(values) <= _CONSTANT * size:
        other = "norm" if objective == "mean" else "mean"
        why = (
            f"the {objective} of its representation is the same for all {len(values)} images, as after a layer norm"
            " without weights"
        )
        raise CandidateError(
            f"Cannot explain {name!r}",
            why,
            f"choose the objective {other}, another layer or another checkpoint",
            subject=name,
            predicate="",
        )


def _check_maps(name: str, method: str, maps: np.ndarray) -> None:
    if not np.nan_to_num(maps).any():
        why = (
            f"its {method} maps are zero everywhere: the representation does not depend on the input, as far as"
            " gradients tell"
        )
        fix = "choose another checkpoint or layer"
        raise CandidateError(f"Cannot explain {name!r}", why, fix, subject=name, predicate="")


def _notes(explainer: Explainer, method: str, share: float, known: bool) -> Json:
    """Say what was done, in plain values."""
    notes: Json = {
        "objective": explainer.objective,
        "layer": explainer.layer,
        "top_share": round(share, 6),
        "geometry": INVERTED if known else ASSUMED,
    }
    if method == "saliency":
        notes["reading"] = explainer.reading
    if method == "epsilon_lrp":
        counts = explainer.rule_counts
        parts = {"rules": "rule:", "untouched": "untouched:"}
        notes |= {
            part: {word.removeprefix(start): count for word, count in sorted(counts.items()) if word.startswith(start)}
            for part, start in parts.items()
        }
        notes |= {"gates": explainer.gates, "gates_fixed": counts["gate"]}
    return notes
