"""One pass over the probe: pooled features of every layer, and its graph beside that of another network."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np
import torch

from hubscore.attribution.explainer import Objective, fixed, objective_of
from hubscore.attribution.grid import Grid, in_colour, normalised, to_grid
from hubscore.errors import CandidateError
from hubscore.extract.batch_size import initial_batch_size
from hubscore.extract.batching import Values, run_batches
from hubscore.layers import flat_outputs
from hubscore.modalities.image.batches import PIXELS
from hubscore.models.activations import capture_activations, pool_positions
from hubscore.models.batch import Batch, batch_length
from hubscore.models.network import Network
from hubscore.similarity.validation import Rows

if TYPE_CHECKING:
    from PIL.Image import Image


Reading = Literal["default", "released"]


@dataclass(frozen=True)
class LayerFeatures:
    """What one pass gave.

    Attributes:
        features: by layer, shape (n, d), float32.
        cosines: of each image's map with the target's, by layer, shape (n,), NaN without one; none without a target.
        lengths: what the maps explain, of each image's output, by layer, shape (n,): its length, or the mean of its
            units; none without a target.
        forward_images: images that went through the network.
        products: inner products of the images' whole outputs, positions and all, by layer, shape (n, n); none without
            a target.
        sizes: of what the maps explain, by layer, shape (n,): the length again, or the mean absolute unit; none without
            a target.
    """

    features: Mapping[str, np.ndarray]
    cosines: Mapping[str, np.ndarray] | None
    lengths: Mapping[str, np.ndarray] | None
    forward_images: int
    products: Mapping[str, np.ndarray] | None = None
    sizes: Mapping[str, np.ndarray] | None = None


@dataclass(frozen=True)
class TargetMaps:
    """DEPARA's nodes of the target network, ``(n, 3, h, w)``, the grid that they lie on, and how they are read.

    By default nodes are compared as Eq. 3 has them, signed and channel by channel, of the output's length. The authors'
    code (``"released"``) takes the mean of the output's units for its length, and of each pixel the mean over the
    channels of the absolute values; here both are taken on the grid.
    """

    nodes: Rows
    grid: Grid
    reading: Reading = "default"

    @property
    def objective(self) -> Objective:
        """What the maps explain."""
        return "norm" if self.reading == "default" else "mean"

    def read(self, maps: torch.Tensor) -> torch.Tensor:
        """Return maps as they are compared."""
        return maps if self.reading == "default" else maps.abs().mean(dim=1, keepdim=True)


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
    the target's are kept: no map outlives its batch. Its edges need the whole outputs of all images at once: those of
    as many layers as fit into 1 GB are kept until their inner products are known, and for others the images go through
    the network again.

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

    wholes = flat_outputs.Wholes(len(images))

    def compute(batch: Batch, rows: Sequence[int]) -> Values:
        if target is None:
            with (
                torch.inference_mode(),
                capture_activations(network, layers, lambda out: by_item(out, batch_length(batch))) as found,
            ):
                network.forward(batch)
            return tuple(_numbers(found[name]) for name in layers)
        found, cosines, lengths = _compared(network, batch[PIXELS], rows, layers, target, wholes)
        pooled = (_numbers(found[name].pooled) for name in layers)
        sizes = torch.stack([found[name].size for name in layers], dim=1)
        rest = (_numbers(cosines), _numbers(lengths), _numbers(sizes))
        return *pooled, *(found[name].whole for name in wholes.kept), *rest

    size = batch_size or initial_batch_size(network, device, len(images), backward=target is not None)
    values = run_batches(network, images, compute, device=device, batch_size=size).values
    features = {name: value for name, value in zip(layers, values, strict=False) if value is not None}
    for name, value in features.items():
        _check(network.name, name, value)
    if target is None:
        return LayerFeatures(features, None, None, len(images))
    cosines, lengths, sizes = (
        {name: one[:, place] for place, name in enumerate(layers)} for one in values[-3:] if one is not None
    )
    products = flat_outputs.of_layers(wholes.kept, values[len(layers) : -3])
    del values
    products |= flat_outputs.later(network, images, wholes.rest, device=device, batch_size=size)
    return LayerFeatures(features, cosines, lengths, len(images) * (1 + len(wholes.rest)), products, sizes)


def by_item(out: torch.Tensor, items: int) -> torch.Tensor:
    """Pool an output over positions, shape (n, d); windows of one image follow each other, and are averaged."""
    flat = pool_positions(out)
    return flat if len(flat) == items else flat.reshape(items, -1, flat.shape[-1]).mean(dim=1)


class _Kept(NamedTuple):
    """What is kept of a layer's output: pooled (n, d), what is explained (n,), its size (n,), and the whole of it."""

    pooled: torch.Tensor
    explained: torch.Tensor
    size: torch.Tensor
    whole: np.ndarray | None


def _compared(
    network: Network,
    images: torch.Tensor,
    rows: Sequence[int],
    layers: Sequence[str],
    target: TargetMaps,
    wholes: flat_outputs.Wholes,
) -> tuple[dict[str, _Kept], torch.Tensor, torch.Tensor]:
    """Return what is kept of each layer, the cosines of its nodes with the target's and what they explain, shape
    (n, layers).
    """

    def keep(name: str, out: torch.Tensor) -> _Kept:
        units = out.reshape(len(images), -1).clone()  # a copy: what follows may change the output in place
        whole = wholes.take(name, out, len(images))
        explained = objective_of(units, target.objective)
        size = explained.detach() if target.objective == "norm" else units.detach().abs().mean(dim=1)
        return _Kept(by_item(out.detach(), len(images)), explained, size, whole)

    leaf = images.detach().requires_grad_()
    with torch.enable_grad(), fixed(network.module), capture_activations(network, layers, keep, named=True) as found:
        network.forward({PIXELS: leaf.clone()})  # a copy, because some networks begin in place
    target_nodes = target.read(_read(target.nodes, rows, images.device))
    cosines = []
    for name in layers:
        gradient = _gradient(network.name, name, found[name].explained.sum(), leaf)
        nodes, _ = to_grid(in_colour(gradient.mul_(images)), rows, target.grid, network.spec)
        cosines.append(map_cosines(target.read(normalised(nodes)), target_nodes))
    lengths = torch.stack([found[name].explained.detach() for name in layers], dim=1)
    return dict(found), torch.stack(cosines, dim=1), lengths


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
        why = f"its features are not finite (NaN or infinite) for {bad} of {len(features)} rows"
        raise CandidateError(
            f"Layer {layer!r} of {model!r} cannot be used", why, "choose another checkpoint, or leave that layer out"
        )
