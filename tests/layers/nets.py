"""Small networks of real architectures with random weights, as hubscore sees networks."""

from __future__ import annotations

import numpy as np
import torch
from attribution.nets import WHOLE

from hubscore.models.from_timm import _Forward
from hubscore.models.network import Network

SIDE = 64


def timm_network(name: str, **options) -> Network:
    """An architecture of timm's, for images of 64 pixels per side."""
    import timm

    torch.manual_seed(0)
    module = timm.create_model(name, num_classes=3, **options).eval()
    return Network(
        name,
        module,
        whole,
        {"input_size": [SIDE, SIDE], "channels": 3, **WHOLE},
        _Forward(module, True),
        True,
        "pre-logits",
    )


def whole(images) -> torch.Tensor:
    """Images of 64 pixels per side as they are, scaled to -1 to 1."""
    return torch.tensor(np.stack([np.asarray(one, dtype=np.float32) for one in images]) / 127.5 - 1).permute(0, 3, 1, 2)
