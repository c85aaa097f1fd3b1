"""The accelerator that a training loop runs through."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

if TYPE_CHECKING:
    from accelerate import Accelerator


def accelerator_on(device: torch.device) -> Accelerator:
    """Return an accelerator for one network that this process trains by itself.

    Where accelerate or torchrun started several processes, each fine-tunes other checkpoints: nothing is averaged
    between them, so that one process and many reach the same accuracies. The caller puts networks and batches on the
    device; numbers stay in full precision, whatever the launcher says, unless the caller's program has set up
    accelerate before.
    """
    from accelerate import Accelerator
    from accelerate.state import AcceleratorState

    if AcceleratorState._shared_state:  # the only sign that does not set it up
        return Accelerator(device_placement=False, step_scheduler_with_optimizer=False)
    return Accelerator(
        device_placement=False,
        step_scheduler_with_optimizer=False,
        cpu=device.type == "cpu",
        mixed_precision="no",
    )
