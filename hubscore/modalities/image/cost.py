"""How long a checkpoint takes for an image, judged from its size, family and input: good to a factor of two, not to
ten percent.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

SIDE = 224
COST: Mapping[str, float] = {
    "densenet": 2.6,
    "mobilevit": 3.7,
    "tiny_vit": 2.8,
    "maxvit": 2.6,
    "eva": 2.1,
    "fastvit": 2.0,
    "mobilenetv2": 1.6,
    "xcit": 1.6,
    "rexnet": 1.5,
    "deit": 1.4,
    "edgenext": 1.4,
    "efficientnet": 1.3,
    "poolformer": 1.3,
    "resnext": 1.3,
    "vit": 1.2,
    "beit": 1.2,
    "efficientnetv2": 1.2,
    "mobilenetv1": 1.1,
    "swin": 1.1,
    "convnext": 1.1,
    "mnasnet": 0.8,
    "mobilenetv3": 0.5,
    "ghostnet": 0.5,
    "mobilenetv4": 0.5,
    "vgg": 0.5,
    "levit": 0.4,
}
"""Seconds per parameter in units of ResNet-18's, by family: ``python benchmarks/plan.py``, one x86 core, 224 pixels."""

_IN_NAME = re.compile(r"(?<=[_\-.])(\d{2,4})(?=$|[_\-.])")
_LIKELY = frozenset(
    (
        96,
        112,
        128,
        160,
        176,
        192,
        224,
        240,
        248,
        256,
        260,
        272,
        288,
        299,
        300,
        320,
        336,
        380,
        384,
        416,
        448,
        456,
        512,
        518,
    )
)
_LIKELY |= {528, 600, 640, 768, 800, 1024}


def image_seconds(parameters: int | None, family: str | None, side: int | None, unit: float) -> float:
    """Estimate the forward pass of one image.

    Args:
        parameters: of the network; unknown ones take no time here.
        family: the architecture family.
        side: pixels per side, 224 where unknown.
        unit: seconds per parameter and image of a residual network at 224 pixels on this machine.
    """
    return (parameters or 0) * unit * COST.get(family or "", 1.0) * ((side or SIDE) / SIDE) ** 2


def side_of(config: Mapping[str, Any], name: str) -> int | None:
    """Return how many pixels per side a checkpoint wants, from its configuration or else its name; none where neither
    tells.

    Example:
        >>> names = "timm/vit_base_patch16_384.augreg", "timm/resnet50.a1_in1k"
        >>> side_of({"image_size": 384}, "org/net"), *(side_of({}, name) for name in names)
        (384, 384, None)
    """
    pretrained = config.get("pretrained_cfg")
    stated = pretrained.get("input_size") if isinstance(pretrained, Mapping) else config.get("image_size")
    last = stated[-1] if isinstance(stated, (list, tuple)) and stated else stated
    if isinstance(last, int) and not isinstance(last, bool) and 0 < last < 10_000:
        return last
    named = [int(number) for number in _IN_NAME.findall(name) if int(number) in _LIKELY]
    return named[-1] if named else None
