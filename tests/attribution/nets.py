"""Small networks of one's own, as hubscore sees networks, for maps that can be worked out by hand."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from PIL import Image
from torchvision.transforms.functional import to_tensor

from hubscore.models.network import Network

SIZE = 8
WHOLE = {"resize": {"mode": "none"}, "crop": {"mode": "none"}}


def network(
    module: torch.nn.Module, run: Callable[[torch.Tensor], torch.Tensor] | None = None, *, size: int = SIZE, **spec
) -> Network:
    """A module whose output is the representation; images are taken as they are unless ``spec`` says more."""
    forward = run or module
    whole = {"channels": 3, "input_size": [size, size], **WHOLE, **spec}
    stacked = lambda images: torch.stack([to_tensor(image) for image in images])  # noqa: E731
    return Network(
        "org/net", module.eval(), stacked, whole, lambda batch: (forward(batch["pixel_values"]), None), False, "all"
    )


def cnn(activation: torch.nn.Module | None = None, *, bias: bool = True, seed: int = 0) -> torch.nn.Sequential:
    """Two convolutions, pooling and a linear layer; five units."""
    torch.manual_seed(seed)
    act = activation or torch.nn.ReLU()
    return torch.nn.Sequential(
        torch.nn.Conv2d(3, 6, 3, padding=1, bias=bias),
        act,
        torch.nn.Conv2d(6, 8, 3, stride=2, bias=bias),
        act,
        torch.nn.Flatten(),
        torch.nn.Linear(72, 5, bias=bias),
    )


def images(count: int = 4, size: int = SIZE, seed: int = 0) -> list[Image.Image]:
    random = np.random.default_rng(seed)
    return [Image.fromarray(random.integers(0, 256, (size, size, 3), dtype=np.uint8)) for _ in range(count)]


def batch(count: int = 3, size: int = SIZE, dtype: torch.dtype = torch.float64) -> torch.Tensor:
    return torch.randn(count, 3, size, size, generator=torch.Generator().manual_seed(1), dtype=dtype)
