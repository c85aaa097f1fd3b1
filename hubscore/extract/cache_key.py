"""The cache key of an extraction: a hash of everything that decides its numbers and of nothing else."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence

from hubscore.types import Candidate, Json, Probe

EXTRACTOR_VERSION = 1
"""Raised whenever the same checkpoint, probe and transform give other numbers than before."""

PENULTIMATE = "penultimate"


def extraction_key(
    candidate: Candidate,
    probe: Probe,
    transform: Json,
    *,
    layers: Sequence[str] = (PENULTIMATE,),
    dtype: str = "float32",
    input_size: int | None = None,
) -> str:
    """Return the key of what one checkpoint computes on one probe.

    Names, processes, batch size and device do not enter: the same commit under another name, or run elsewhere, is the
    same.

    Args:
        candidate: its revision (a commit, or a hash of a local folder's content), library and weight file enter.
        probe: its fingerprint enters.
        transform: from :func:`hubscore.models.load.transform_spec`.
        layers: which layers' features are taken.
        dtype: of the forward pass.
        input_size: pixels a side, where another size than the network's own was asked for.

    Returns:
        64 hexadecimal digits.

    Example:
        >>> key = extraction_key(candidate, probe, spec)  # doctest: +SKIP
    """
    decides = {
        "revision": candidate.revision,
        "library": candidate.library,
        "weights": candidate.weights,
        "probe": probe.fingerprint,
        "transform": transform,
        "layers": list(layers),
        "dtype": dtype,
        "input_size": input_size,
        "extractor": EXTRACTOR_VERSION,
    }
    canonical = json.dumps(decides, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)
    return hashlib.sha256(canonical.encode("ascii")).hexdigest()


ATTRIBUTION_VERSION = 1
"""Raised whenever attribution maps come out other than before."""


def attribution_key(extraction: str, *, method: str, objective: str, gates: str, map_size: int | None) -> str:
    """Return the key of one checkpoint's attribution maps on one probe.

    Args:
        extraction: from :func:`extraction_key`, with the layer that is explained.
        method: ``saliency``, ``gradient_x_input`` or ``epsilon_lrp``.
        objective: ``mean`` or ``norm``.
        gates: ``constant`` or ``epsilon``; it decides epsilon-LRP alone.
        map_size: most cells a side, or none.

    Returns:
        64 hexadecimal digits.

    Example:
        >>> how = dict(method="saliency", objective="mean", gates="constant", map_size=64)
        >>> key = attribution_key(key, **how)  # doctest: +SKIP
    """
    decides = [extraction, method, objective, gates if method == "epsilon_lrp" else None, map_size, ATTRIBUTION_VERSION]
    return hashlib.sha256(json.dumps(decides).encode("ascii")).hexdigest()
