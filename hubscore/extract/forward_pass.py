"""One network over one probe: features and logits, checked."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch

from hubscore.extract.batch_size import initial_batch_size
from hubscore.extract.batching import Values, run_batches
from hubscore.extract.checks import check_finite
from hubscore.modalities.registry import MODALITIES
from hubscore.models.batch import Batch
from hubscore.models.network import Network


@dataclass(frozen=True)
class ForwardResult:
    """What a network computes on a probe: features ``(n, d)``, logits ``(n, z)`` or none, float32, how long it took,
    and what else is known of each item, ``(n, 1)`` by name.
    """

    features: np.ndarray
    logits: np.ndarray | None
    transform_seconds: float
    forward_seconds: float
    facts: Mapping[str, np.ndarray] = field(default_factory=dict)


def run_network(
    network: Network,
    items: Sequence[Any],
    *,
    device: str = "cpu",
    batch_size: int | None = None,
    watch: Callable[[Batch, Sequence[int]], AbstractContextManager[None]] | None = None,
) -> ForwardResult:
    """Run a network over items, in float32 and inference mode.

    The numbers depend on batch size and device only in their last bits: within 1e-5 of the largest feature.

    Args:
        network: moved to the device.
        items: decoded; RGB images, for a network that sees images.
        device: as torch names it.
        batch_size: chosen by the size of an item and free memory otherwise; halved as often as memory runs out.
        watch: returns what each batch, with its items' numbers, runs in.

    Returns:
        One row per item, in order.

    Raises:
        CandidateError: the network fails on an item, does not fit into memory, or gives numbers that are not finite.
    """
    modality, names = MODALITIES.get(network.modality), list[str]()

    def forward(batch: Batch, rows: Sequence[int]) -> Values:
        with torch.inference_mode(), nullcontext() if watch is None else watch(batch, rows):
            features, logits = network.forward(batch)
        facts = modality.facts(batch)
        names.extend(name for name in facts if name not in names)
        further = (values.reshape(len(rows), 1).float().cpu().numpy() for values in facts.values())
        return features.float().cpu().numpy(), None if logits is None else logits.float().cpu().numpy(), *further

    size = batch_size or initial_batch_size(network, device, len(items))
    computed = run_batches(network, items, forward, device=device, batch_size=size)
    features, logits, *further = computed.values
    assert features is not None
    check_finite(network.name, features, logits)
    facts = {name: values for name, values in zip(names, further, strict=True) if values is not None}
    return ForwardResult(features, logits, computed.transform_seconds, computed.compute_seconds, facts)
