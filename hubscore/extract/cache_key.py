"""Cache keys: hashes of everything that decides numbers and of nothing else."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import Any

from hubscore.types import Candidate, Json

EXTRACTOR_VERSION = 2
"""Raised whenever the same checkpoint, row and transform give other numbers than before."""

PENULTIMATE = "penultimate"


def network_key(
    candidate: Candidate,
    transform: Json,
    *,
    layers: Sequence[str] = (PENULTIMATE,),
    dtype: str = "float32",
    input_size: int | None = None,
) -> str:
    """Return the key of what one checkpoint computes of any row.

    Names, processes, batch size, device and the rows do not enter: the same commit under another name, or run
    elsewhere, or over another probe, is the same.

    Args:
        candidate: its revision (a commit, or a hash of a local folder's content), library and weight file enter.
        transform: from :func:`hubscore.models.load.transform_spec`.
        layers: which layers' features are taken.
        dtype: of the forward pass.
        input_size: pixels per side, where another size than the network's own was asked for; the candidate's own
            ``input_size`` comes before it.

    Returns:
        64 hexadecimal digits.

    Example:
        >>> candidate = Candidate("org/net", "a" * 40, "timm")
        >>> network_key(candidate, {"input_size": [32, 32]}) == network_key(candidate, {"input_size": [48, 48]})
        False
    """
    return _hash(
        {
            "revision": candidate.revision,
            "library": candidate.library,
            "weights": candidate.weights,
            "modality": candidate.modality,
            "transform": transform,
            "layers": list(layers),
            "dtype": dtype,
            "input_size": candidate.size_in(input_size),
            "extractor": EXTRACTOR_VERSION,
        }
    )


def extraction_key(network: str, rows: Sequence[str]) -> str:
    """Return the key of what one checkpoint computes on one probe, without its labels.

    Args:
        network: from :func:`network_key`.
        rows: ids of the probe's rows, in order.

    Returns:
        64 hexadecimal digits.

    Example:
        >>> extraction_key("0" * 64, ["a", "b"]) == extraction_key("0" * 64, ["b", "a"])
        False
    """
    return _hash([network, *rows])


LAYER_KERNEL_VERSION = 1
"""Raised whenever the kernel of the same layers over the same rows comes out other than before."""

LAYERS = "all layers"
"""In the place of layers in the :func:`network_key` of what all of them give together."""


def layer_kernel_key(network: str, rows: Sequence[str], *, seed: int, batch: int) -> str:
    """Return the key of the kernel of one checkpoint's layers on one set of rows, in whatever order they stand.

    Args:
        network: from :func:`network_key`, with :data:`LAYERS`.
        rows: ids; several times where the probe has a row several times.
        seed: of the order in which rows fill batches.
        batch: rows whose statistics are used together.

    Returns:
        64 hexadecimal digits.

    Example:
        >>> one = layer_kernel_key("0" * 64, ["a", "b"], seed=0, batch=100)
        >>> one == layer_kernel_key("0" * 64, ["b", "a"], seed=0, batch=100)
        True
        >>> one == layer_kernel_key("0" * 64, ["a", "b"], seed=1, batch=100)
        False
    """
    return _hash([network, sorted(rows), seed, batch, LAYER_KERNEL_VERSION])


ATTRIBUTION_VERSION = 1
"""Raised whenever attribution maps come out other than before."""


def attribution_key(
    network: str,
    fingerprint: str,
    *,
    method: str,
    objective: str,
    gates: str,
    map_size: int | None,
    reading: str = "released",
) -> str:
    """Return the key of one checkpoint's attribution maps on one probe.

    The whole probe enters, other than with features: its largest image decides the grid that all maps lie on.

    Args:
        network: from :func:`network_key`, with the layer that is explained.
        fingerprint: the probe's.
        method: ``saliency``, ``gradient_x_input`` or ``epsilon_lrp``.
        objective: ``mean`` or ``norm``.
        gates: ``constant`` or ``epsilon``; it decides epsilon-LRP alone.
        map_size: most cells per side, or none.
        reading: ``released`` or ``printed``; it decides saliency alone.

    Returns:
        64 hexadecimal digits.

    Example:
        >>> how = dict(method="saliency", objective="mean", gates="constant", map_size=64)
        >>> attribution_key("0" * 64, "f00d", **how) == attribution_key("0" * 64, "beef", **how)
        False
    """
    decides = gates if method == "epsilon_lrp" else None
    if method == "saliency" and reading != "released":
        decides = reading
    return _hash([network, fingerprint, method, objective, decides, map_size, ATTRIBUTION_VERSION])


FINETUNING_VERSION = 1
"""Raised whenever the same short fine-tuning reaches other accuracies than before."""


def finetuning_key(network: str, recipe: Json, split: str) -> str:
    """Return the key of what a short fine-tuning of one checkpoint reaches.

    Args:
        network: from :func:`network_key`.
        recipe: how it is fine-tuned, the seed with it, as plain values.
        split: fingerprint of the training and validation rows.

    Returns:
        64 hexadecimal digits.

    Example:
        >>> finetuning_key("0" * 64, {"seed": 0}, "f00d") == finetuning_key("0" * 64, {"seed": 1}, "f00d")
        False
    """
    return _hash([network, recipe, split, FINETUNING_VERSION])


def _hash(value: Any) -> str:
    canonical = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)
    return hashlib.sha256(canonical.encode("ascii")).hexdigest()
