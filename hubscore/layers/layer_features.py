"""One pass over the probe: pooled features of every layer, and how alike its maps are to those of another network."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch

from hubscore.attribution.explainer import fixed, objective_of
from hubscore.attribution.grid import Grid, in_colour, normalised, to_grid
from hubscore.errors import CandidateError
from hubscore.extract.batch_size import initial_batch_size
from hubscore.extract.batching import Values, run_batches
from hubscore.modalities.image.batches import PIXELS
from hubscore.models.activations import capture_activations, pool_positions
from hubscore.models.batch import Batch, batch_length
from hubscore.models.network import Network
from hubscore.similarity.validation import Rows

if TYPE_CHECKING:
    from PIL.Image import Image


@dataclass(frozen=True)
class LayerFeatures:
    """What one pass gave.

    Attributes:
        features: by layer, shape (n, d), float32.
        cosines: of each image's map with the target's, by layer, shape (n,), NaN without one; none without a target.
        lengths: of each image's output, by layer, shape (n,), which the maps explain; none without a target.
        forward_images: images that went through the network.
    """

    features: Mapping[str, np.ndarray]
    cosines: Mapping[str, np.ndarray] | None
    lengths: Mapping[str, np.ndarray] | None
    forward_images: int


@dataclass(frozen=True)
class TargetMaps:
    """DEPARA's nodes of the target network, ``(n, 3, h, w)``, and the grid that they lie on."""

    nodes: Rows
    grid: Grid


def run_layers(
    network: Network,
    images: Sequence[Image],
    names: Sequence[str],
    *,
    target: TargetMaps | None = None,
    device: str = "cpu",
    batch_size: int | None = None,
) -> LayerFeatures:
    """Run a network over images once and pool every layer's output over positions as soon as it is there.

    With a target, each layer's nodes are made from the same forward pass, layer by layer, and only their cosines with
    the target's are kept: no map outlives its batch.

    Args:
        network: moved to the device.
        images: RGB; other items, for a network that takes others, without a target.
        names: of modules.
        target: whose maps the layers' are compared with.
        device: as torch names it.
        batch_size: chosen by input size and free memory otherwise; halved as often as memory runs out.

    Raises:
        CandidateError: the network fails, a layer gives numbers that are not finite, or no gradient leads from it to
            the images.
    """
    layers = tuple(names)

    def compute(batch: Batch, rows: Sequence[int]) -> Values:
        if target is None:
            with (
                torch.inference_mode(),
                capture_activations(network, layers, lambda out: by_item(out, batch_length(batch))) as found,
            ):
                network.forward(batch)
            return tuple(_numbers(found[name]) for name in layers)
        features, cosines, lengths = _compared(network, batch[PIXELS], rows, layers, target)
        return *(_numbers(features[name]) for name in layers), _numbers(cosines), _numbers(lengths)

    size = batch_size or initial_batch_size(network, device, len(images), backward=target is not None)
    values = run_batches(network, images, compute, device=device, batch_size=size).values
    features = {name: value for name, value in zip(layers, values, strict=False) if value is not None}
    for name, value in features.items():
        _check(network.name, name, value)
    if target is None:
        return LayerFeatures(features, None, None, len(images))
    cosines, lengths = (
        {name: one[:, place] for place, name in enumerate(layers)} for one in values[-2:] if one is not None
    )
    return LayerFeatures(features, cosines, lengths, len(images))


def by_item(out: torch.Tensor, items: int) -> torch.Tensor:
    """Pool an output over positions, shape (n, d); windows of one image follow each other, and are averaged."""
    flat = pool_positions(out)
    return flat if len(flat) == items else flat.reshape(items, -1, flat.shape[-1]).mean(dim=1)


def _compared(
    network: Network, images: torch.Tensor, rows: Sequence[int], layers: Sequence[str], target: TargetMaps
) -> tuple[dict[str, torch.Tensor], torch.Tensor, torch.Tensor]:
    """Return each layer's features, the cosines of its nodes with the target's and the lengths of its outputs, shape
    (n, layers).
    """

    def keep(out: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        units = out.reshape(len(images), -1).clone()  # a copy: what follows may change the output in place
        return by_item(out.detach(), len(images)), objective_of(units, "norm")

    leaf = images.detach().requires_grad_()
    with torch.enable_grad(), fixed(network.module), capture_activations(network, layers, keep) as found:
        network.forward({PIXELS: leaf.clone()})  # a copy, because some networks begin in place
    target_nodes = _read(target.nodes, rows, images.device)
    cosines = []
    for name in layers:
        gradient = _gradient(network.name, name, found[name][1].sum(), leaf)
        nodes, _ = to_grid(in_colour(gradient.mul_(images)), rows, target.grid, network.spec)
        cosines.append(map_cosines(normalised(nodes), target_nodes))
    lengths = torch.stack([found[name][1].detach() for name in layers], dim=1)
    return {name: found[name][0] for name in layers}, torch.stack(cosines, dim=1), lengths


def _gradient(model: str, layer: str, explained: torch.Tensor, leaf: torch.Tensor) -> torch.Tensor:
    found = None
    if explained.requires_grad:
        (found,) = torch.autograd.grad(explained, leaf, retain_graph=True, allow_unused=True)
    why = "there is no gradient path from it to the input" if found is None else None
    if found is not None and not bool(torch.isfinite(found).all()):
        why = "its gradient is not finite (NaN or infinite)"
    if found is None or why:
        raise CandidateError(
            f"Cannot explain layer {layer!r} of {model!r}", str(why), "name other layers with --layers"
        )
    return found


def _read(nodes: Rows, rows: Sequence[int], device: torch.device) -> torch.Tensor:
    part = np.stack([nodes[slice(row, row + 1)][0] for row in rows])
    return torch.tensor(part, dtype=torch.float32, device=device)


def map_cosines(a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    """Return the cosine of each two maps over the cells that are not NaN in either, shape (n,); NaN where one of
    them is zero there.
    """
    seen = torch.isfinite(a) & torch.isfinite(b)
    left, right = (torch.where(seen, one, 0.0).flatten(1).double() for one in (a, b))
    lengths = torch.linalg.vector_norm(left, dim=1) * torch.linalg.vector_norm(right, dim=1)
    return torch.where(lengths > 0, (left * right).sum(dim=1) / lengths, torch.nan)


def _numbers(values: torch.Tensor) -> np.ndarray:
    found: np.ndarray = values.float().cpu().numpy()
    return found


def _check(model: str, layer: str, features: np.ndarray) -> None:
    bad = int((~np.isfinite(features).all(axis=1)).sum())
    if bad:
        why = f"its features are not finite (NaN or infinite) for {bad} of {len(features)} images"
        raise CandidateError(
            f"Layer {layer!r} of {model!r} cannot be used", why, "choose another checkpoint, or leave that layer out"
        )
