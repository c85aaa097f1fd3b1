"""How many images go through a network at once."""

from __future__ import annotations

from hubscore.models.network import Network

_PIXELS = 224 * 224
_AT_ONCE = {"cpu": 32, "other": 256}  # images of 224 x 224: more does not run faster
_MOST = {"cpu": 128, "other": 1024}
_BYTES_A_PIXEL = (
    1024  # activations alive at once: 64 maps at full size, float32, four of them (VGG); most networks need a third
)
_BYTES_KEPT = (
    6144  # the same where a backward pass follows: most networks keep 2000, EfficientNet-B3 3400; gradients come on top
)
_SHARE = 0.5  # of what is free


def initial_batch_size(network: Network, device: str, images: int, *, backward: bool = False) -> int:
    """Return the batch size to begin with: fast on the device, and safely within its memory.

    Args:
        network: its input size decides.
        device: where it runs.
        images: how many there are.
        backward: whether a backward pass follows, for which every activation is kept.

    Returns:
        A power of two, or ``images`` where that is less; the loop halves it when memory runs out all the same.
    """
    height, width = network.input_size
    kind = "cpu" if device.startswith("cpu") else "other"
    fast = min(_MOST[kind], _AT_ONCE[kind] * _PIXELS // (height * width)) // (4 if backward else 1)
    fits = int(_SHARE * _free(device)) // ((_BYTES_KEPT if backward else _BYTES_A_PIXEL) * height * width)
    power = 1 << max(0, min(fast, fits).bit_length() - 1)
    return max(1, min(power, images))


def _free(device: str) -> int:
    """Return the bytes that may be used."""
    import psutil
    import torch

    if device.startswith("cuda"):
        return int(torch.cuda.mem_get_info(device)[0])
    return int(psutil.virtual_memory().available)
