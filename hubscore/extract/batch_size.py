"""How many items go through a network at once."""

from __future__ import annotations

from hubscore.modalities.registry import MODALITIES
from hubscore.models.network import Network

_SHARE = 0.5  # of what is free


def initial_batch_size(network: Network, device: str, items: int, *, backward: bool = False) -> int:
    """Return the batch size to begin with: fast on the device, and safely within its memory.

    Args:
        network: its transform decides, as its modality reads it.
        device: where it runs.
        items: how many there are.
        backward: whether a backward pass follows, for which every activation is kept.

    Returns:
        A power of two, or ``items`` where that is less; the loop halves it when memory runs out all the same.
    """
    modality = MODALITIES.get(network.modality)
    fast = modality.fast_batch(network.spec, accelerator=not device.startswith("cpu")) // (4 if backward else 1)
    fits = int(_SHARE * free_bytes(device)) // modality.activation_bytes(network.spec, backward=backward)
    power = 1 << max(0, min(fast, fits).bit_length() - 1)
    return max(1, min(power, items))


def free_bytes(device: str) -> int:
    """Return the bytes that may be used."""
    import psutil
    import torch

    if device.startswith("cuda"):
        return int(torch.cuda.mem_get_info(device)[0])
    return int(psutil.virtual_memory().available)
