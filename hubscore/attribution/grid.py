"""Maps from a network's input to a grid over the image, the same grid for every network."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from hubscore.modalities.image.inverse import axis_weights, placement

LUMA = (0.299, 0.587, 0.114)
"""How an image's channels make grey; a network that sees grey has its maps spread over the channels by it."""
_TOP = 0.001

Size = tuple[int, int]


@dataclass(frozen=True)
class Grid:
    """A grid of cells over every image of a probe, whatever its size: a cell is the same share of each image's height
    and width.

    Attributes:
        height: cells from top to bottom.
        width: cells from left to right.
        sizes: ``(height, width)`` of each image, in pixels.
    """

    height: int
    width: int
    sizes: tuple[Size, ...]

    @classmethod
    def for_items(cls, images: Sequence[Any], most: int | None) -> Grid:
        """Return the grid over images: as fine as the largest of them, and at most ``most`` cells per side (none: no
        limit).
        """
        sizes = tuple((image.height, image.width) for image in images)
        height, width = (max(side) for side in zip(*sizes, strict=True))
        return cls(min(height, most or height), min(width, most or width), sizes)


def to_grid(maps: torch.Tensor, rows: Sequence[int], grid: Grid, spec: Mapping[str, Any]) -> tuple[torch.Tensor, bool]:
    """Take maps back to their images by the inverse of the transform, and average them over the cells.

    Args:
        maps: shape (n, channels, h, w), in the network's input.
        rows: of the images in the probe.
        grid: over the probe's images.
        spec: of the network's transform.

    Returns:
        Shape (n, channels, height, width), NaN in cells of which the network saw nothing, and whether the transform's
        geometry is known for all of them; where it is not, the whole image is assumed to fill the input.
    """
    seen_size = (maps.shape[-2], maps.shape[-1])
    groups = defaultdict(list)
    for place, row in enumerate(rows):
        groups[grid.sizes[row]].append(place)
    found = torch.empty((*maps.shape[:2], grid.height, grid.width), dtype=maps.dtype, device=maps.device)
    known = True
    for size, places in groups.items():
        where = placement(spec, size, seen_size)
        known &= where.known
        down, seen_down = axis_weights(where.vertical, size[0], grid.height)
        across, seen_across = axis_weights(where.horizontal, size[1], grid.width)
        left, right = (torch.tensor(weights, dtype=maps.dtype, device=maps.device) for weights in (down, across.T))
        part = left @ (maps if len(places) == len(maps) else maps[places]) @ right
        part[..., torch.tensor(~np.outer(seen_down, seen_across), device=maps.device)] = torch.nan
        found[places] = part
    return found, known


def in_colour(maps: torch.Tensor) -> torch.Tensor:
    """Return maps of three channels; of a grey network, each channel has its share of the grey."""
    return maps if maps.shape[1] == 3 else maps * maps.new_tensor(LUMA)[:, None, None]


def normalised(maps: torch.Tensor) -> torch.Tensor:
    """Divide each map by its length over what was seen; a map of zeros stays one."""
    lengths = torch.linalg.vector_norm(torch.nan_to_num(maps).flatten(1), dim=1)
    return maps / torch.where(lengths > 0, lengths, 1.0)[:, None, None, None]


def top_share(maps: torch.Tensor) -> torch.Tensor:
    """Return each map's share of absolute mass in its top 0.1 % of pixels (at least one), shape (n,); 0 for a map of
    zeros.
    """
    mass = maps.abs().sum(dim=1).flatten(1)
    top = mass.topk(max(1, round(_TOP * mass.shape[1])), dim=1).values.sum(dim=1)
    total = mass.sum(dim=1)
    return top / torch.where(total > 0, total, 1.0)
