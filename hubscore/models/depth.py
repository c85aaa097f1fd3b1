"""How deep a network is: its convolution and linear layers on the longest path, shortcuts excluded."""

from __future__ import annotations

from collections.abc import Callable, Mapping, MutableMapping
from typing import Any

import torch
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves
from torch.utils.weak import WeakIdKeyDictionary

_CONVOLUTIONS = (
    "convolution",
    "_convolution",
    "conv1d",
    "conv2d",
    "conv3d",
    "conv_transpose1d",
    "conv_transpose2d",
    "conv_transpose3d",
)
_PRODUCTS = ("linear", "addmm", "mm", "matmul")
_FUSED = {"_native_multi_head_attention": 2, "_transformer_encoder_layer_fwd": 4}
"""Layers on the path through operations that hold several: attention has its projections in parallel and one behind
them.
"""

COUNTS: Mapping[str, int] = dict.fromkeys((*_CONVOLUTIONS, *_PRODUCTS), 1) | _FUSED


class _Tracer(TorchDispatchMode):
    """Notes, for each tensor computed from the input, how many layers lie between them on the longest way."""

    def __init__(self, example: Any) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.depth: MutableMapping[torch.Tensor, int] = WeakIdKeyDictionary()
        for value in tree_leaves(example):
            self.depth[value] = 0

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        result = func(*args, **(kwargs or {}))
        given = [value for value in tree_leaves((args, kwargs)) if isinstance(value, torch.Tensor)]
        known = [self.depth[value] for value in given if value in self.depth]
        if known:
            # A product of two activations (attention scores) is no layer; one with anything else is: that is the
            # weight.
            step = COUNTS.get(func.overloadpacket.__name__, 0) if len(known) < len(given) else 0
            for value in tree_leaves(result):
                if isinstance(value, torch.Tensor):
                    self.depth[value] = max(max(known) + step, self.depth.get(value, 0))
        return result


def layers(run: Callable[[Any], Any], example: Any) -> int | None:
    """Count the convolution and linear layers on the longest path from the input to any output.

    Parallel branches count as the longest of them, so a shortcut never counts beside what it bypasses, and the query,
    key and value projections of attention count as one. One forward pass is made, in inference mode.

    Args:
        run: a module in evaluation mode, or any function of a batch; what it returns may be nested.
        example: a batch that it accepts, a tensor or named tensors; one item is enough.

    Returns:
        The number, for example 8 for AlexNet and 50 for ResNet-50; none where no output depends on the input traceably.

    Source:
        Bolya et al., "Scalable Diverse Model Selection for Accessible Transfer Learning" (PARC), NeurIPS 2021: its
        capacity term and its heuristic count layers.

    Example:
        >>> two = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.ReLU(), torch.nn.Linear(4, 2))
        >>> layers(two, torch.zeros(1, 3))
        2
    """
    tracer = _Tracer(example)
    with torch.inference_mode(), tracer:
        outputs = run(example)
    found = [
        tracer.depth[value]
        for value in tree_leaves(outputs)
        if isinstance(value, torch.Tensor) and value in tracer.depth
    ]
    return max(found, default=None)
