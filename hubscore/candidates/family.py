"""Architecture families: `resnet18` and `resnet50` are one, in timm and in transformers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_MAKER = re.compile(r"^(?:test|tf|legacy|gluon|dm|hf)_")
_STEM = re.compile(r"(?P<stem>[a-z]+?(?:\d[a-z]{3,}?)?)(?P<version>_?v\d+)?(?=[_\d.\-]|$)")
_SAME = {
    "wide": "resnet",  # wide_resnet50_2
    "tiny": "tiny_vit",  # tiny_vit_5m_224
    "regnetx": "regnet",
    "regnety": "regnet",
    "regnetz": "regnet",
    "vit_mae": "vit",
    "vit_msn": "vit",
    "dinov2_with_registers": "dinov2",
}


def family_of(config: Mapping[str, Any], name: str, library: str | None) -> str | None:
    """Return the architecture family of a checkpoint.

    Args:
        config: ``config.json`` or the part of it that the Hub repeats.
        name: the repo id; the organisation timm calls its repos after the architecture (``timm/resnet50.a1_in1k``).
        library: ``timm`` or ``transformers``.

    Returns:
        For example ``resnet``, ``mobilenetv2``, ``convnext`` or ``vit``; none where nothing tells.

    Example:
        >>> family_of({"architecture": "test_efficientnet"}, "zoo/mini", "timm")
        'efficientnet'
    """
    if config.get("architecture"):
        return _from_architecture(str(config["architecture"]))
    if config.get("model_type") not in (None, "timm_wrapper"):
        plain = re.sub(r"_(v\d+)\b", r"\1", str(config["model_type"]).lower().replace("-", "_"))
        return _SAME.get(plain, plain)
    return (
        _from_architecture(name.removeprefix("timm/").partition(".")[0])
        if library == "timm" and name.startswith("timm/")
        else None
    )


def _from_architecture(architecture: str) -> str | None:
    """Cut makers, sizes and patch sizes off a timm architecture name."""
    match = _STEM.match(_MAKER.sub("", architecture.lower()))
    if match is None:
        return None
    family = match["stem"] + (match["version"] or "").lstrip("_")
    return _SAME.get(family, family)
