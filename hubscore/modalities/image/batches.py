"""Images as networks take them: how they become batches, what an example is, what a batch costs, how it lies in
memory.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import torch

from hubscore.types import Json

if TYPE_CHECKING:
    from hubscore.models.batch import Batch
    from hubscore.models.network import Network

PIXELS = "pixel_values"
"""The name under which images travel, as in transformers."""
REFERENCE = 224 * 224
FAST = {False: 32, True: 256}  # images of 224 x 224, without and with an accelerator: more does not run faster
MOST = {False: 128, True: 1024}
BYTES_PER_PIXEL = 1024
"""Activations alive at once: 64 maps at full size, float32, four of them (VGG); most networks need a third."""
BYTES_KEPT_PER_PIXEL = 6144
"""The same where a backward pass follows: most networks keep 2000, EfficientNet-B3 3400; gradients come on top."""


def collate(prepared: Sequence[torch.Tensor]) -> Iterator[tuple[Batch, Sequence[int]]]:
    """Yield batches of images of one size, each with the places of its images.

    Args:
        prepared: one tensor, shape (n, c, h, w), or images (c, h, w) of any sizes.

    Example:
        >>> [places for _, places in collate([torch.zeros(3, 8, 8), torch.zeros(3, 4, 4), torch.zeros(3, 8, 8)])]
        [[0, 2], [1]]
    """
    if isinstance(prepared, torch.Tensor):
        yield {PIXELS: prepared}, range(len(prepared))
        return
    groups: dict[tuple[int, ...], list[int]] = defaultdict(list)
    for place, image in enumerate(prepared):
        groups[tuple(image.shape)].append(place)
    for places in groups.values():
        yield {PIXELS: torch.stack([prepared[place] for place in places])}, places


def example(spec: Json) -> Batch:
    """Return one image of noise of the size that a transform gives; the global seed is left alone.

    Args:
        spec: the transform, of which ``channels`` and ``input_size`` are read.

    Example:
        >>> example({"channels": 3, "input_size": [8, 6]})["pixel_values"].shape
        torch.Size([1, 3, 8, 6])
    """
    generator = torch.Generator().manual_seed(0)
    return {PIXELS: torch.rand((1, spec["channels"], *spec["input_size"]), generator=generator) * 2 - 1}


def activation_bytes(spec: Json, *, backward: bool = False) -> int:
    """Return what an image takes in memory on its way through a network, at most.

    Args:
        spec: the transform, of which ``input_size`` is read.
        backward: whether a backward pass follows, for which every activation is kept.

    Example:
        >>> activation_bytes({"input_size": [224, 224]})
        51380224
    """
    height, width = spec["input_size"]
    return (BYTES_KEPT_PER_PIXEL if backward else BYTES_PER_PIXEL) * int(height) * int(width)


def fast_batch(spec: Json, *, accelerator: bool) -> int:
    """Return the batch size beyond which a network does not run faster.

    Args:
        spec: the transform, of which ``input_size`` is read.
        accelerator: whether it runs on one.

    Example:
        >>> fast_batch({"input_size": [224, 224]}, accelerator=False)
        32
    """
    height, width = map(int, spec["input_size"])
    return min(MOST[accelerator], FAST[accelerator] * REFERENCE // (height * width))


def channels_last(batch: Batch) -> Batch:
    """Lay images out channels last, which a CPU convolves faster.

    Example:
        >>> channels_last(example({"channels": 3, "input_size": [8, 8]}))["pixel_values"].stride()
        (192, 1, 24, 3)
    """
    return {name: values.contiguous(memory_format=torch.channels_last) for name, values in batch.items()}


def in_fast_layout(network: Network) -> Network:
    """Return a network in channels last where it has several convolutions and can run so.

    The answer depends on the network alone, never on the machine or the batch: the layout decides the last bits.
    """
    if sum(isinstance(module, torch.nn.Conv2d) for module in network.module.modules()) < 2:
        return network
    fast = replace(network, layout=channels_last)
    network.module.to(memory_format=torch.channels_last)
    try:
        with torch.no_grad():
            fast.forward(fast.example())
    except RuntimeError:  # its code views a tensor in a way that only the plain layout allows
        network.module.to(memory_format=torch.contiguous_format)
        return network
    return fast
