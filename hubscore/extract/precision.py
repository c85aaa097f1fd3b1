"""In which numbers networks compute: float32 by default, or fewer bits on request, which the cache keeps apart."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hubscore.models.batch import Batch
    from hubscore.models.network import Answer, Network

PRECISIONS = {"float32": "float32", "tf32": "tf32", "bf16": "bfloat16", "fp16": "float16"}
"""What people type, and what the keys and records of the cache say."""
FULL = "float32"


def in_precision(network: Network, precision: str) -> Network:
    """Return the same network, sharing its module, whose passes without derivatives compute in some precision.

    Weights stay in float32: with ``bf16`` and ``fp16``, torch's autocast decides which operations take fewer bits, and
    what comes out is float32 again. ``tf32`` rounds the inputs of convolutions and products on GPUs that can, and
    changes nothing elsewhere. Passes with derivatives, by which layers are found, stay in float32.

    Args:
        network: as it was loaded.
        precision: one of :data:`PRECISIONS`.
    """
    if precision == FULL:
        return network
    run = network.run

    def forward(batch: Batch) -> Answer:
        import torch

        if torch.is_grad_enabled():
            return run(batch)
        kind = next(iter(batch.values())).device.type
        with _tf32() if precision == "tf32" else torch.autocast(kind, getattr(torch, PRECISIONS[precision])):
            features, logits = run(batch)
        return features.float(), None if logits is None else logits.float()

    return replace(network, run=forward)


@contextmanager
def _tf32() -> Iterator[None]:
    import torch

    before = torch.get_float32_matmul_precision()
    torch.set_float32_matmul_precision("high")
    try:
        with torch.backends.cudnn.flags(enabled=torch.backends.cudnn.enabled, allow_tf32=True):
            yield
    finally:
        torch.set_float32_matmul_precision(before)
