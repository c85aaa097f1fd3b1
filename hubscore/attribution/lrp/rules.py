"""Epsilon-LRP's rule for one nonlinearity: its derivative becomes f(z) / (z + eps sign z), sign(0) being +1."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import torch
from torch.nn import functional

EPSILON = 1e-4
GIVEN = "hubscore.z"
"""Where the input of a function is kept whose own backward pass remembers its output alone."""

BLOCK = 2**15
"""Numbers that a CPU works on at a time: what lies between the operations of a rule stays in its cache."""

Function = Callable[[torch.Tensor], torch.Tensor]
Gradient = Callable[[torch.Tensor, torch.Tensor], None]
"""Turns the gradient that a node hands back by itself into epsilon-LRP's, in place; also given what the node was
handed.
"""


@dataclass(frozen=True)
class Rule:
    """The rule of one kind of node in the autograd graph.

    Attributes:
        name: of the function, as people know it.
        make: returns the gradient for a node; none where the node is no such nonlinearity, or its input is not known.
    """

    name: str
    make: Callable[[Any], Gradient | None]


def ratio(z: torch.Tensor, function: Function) -> Gradient:
    """Return what writes ``grad * f(z) / (z + eps sign z)``."""

    def write(own: torch.Tensor, grad: torch.Tensor) -> None:
        for own_part, grad_part, part in in_blocks(own, grad, z):
            torch.mul(function(part).div_(stabilised(part)), grad_part, out=own_part)

    return write


def stabilised(z: torch.Tensor) -> torch.Tensor:
    """Return ``z + eps sign z``; adding 0 first turns a negative zero into 0, whose sign is +1."""
    return torch.copysign(torch.tensor(EPSILON, dtype=z.dtype), z + 0.0).add_(z)


def in_blocks(*tensors: torch.Tensor) -> Iterator[tuple[torch.Tensor, ...]]:
    """Yield corresponding parts of tensors of one shape: small ones on a CPU where all lie in memory alike, else all
    at once.
    """
    flat = [_flat(tensor) for tensor in tensors]
    alike = len({channels_last for _, channels_last in flat}) == 1 and all(numbers is not None for numbers, _ in flat)
    if not alike or tensors[0].device.type != "cpu":
        yield tensors
        return
    for start in range(0, tensors[0].numel(), BLOCK):
        yield tuple(numbers[start : start + BLOCK] for numbers, _ in flat if numbers is not None)


def _flat(tensor: torch.Tensor) -> tuple[torch.Tensor | None, bool]:
    """Return a tensor's numbers in the order of memory, none where they do not follow each other, and whether
    channels come last.
    """
    if tensor.is_contiguous():
        return tensor.view(-1), False
    if tensor.ndim == 4 and tensor.is_contiguous(memory_format=torch.channels_last):
        return tensor.permute(0, 2, 3, 1).view(-1), True
    return None, False


def _relu(node: Any) -> Gradient:
    """Use that the function's own gradient is 0 where f(z) is: of 1, eps / (f + eps) is missing."""
    f = node._saved_result.detach()

    def write(own: torch.Tensor, grad: torch.Tensor) -> None:
        for own_part, part in in_blocks(own, f):
            own_part.addcdiv_(own_part, part + EPSILON, value=-EPSILON)

    return write


def _of(function: Callable[..., torch.Tensor], **settings: str) -> Callable[[Any], Gradient]:
    """Return what makes the rule of a function whose node remembers its input, and its settings by these names."""

    def make(node: Any) -> Gradient:
        return ratio(
            node._saved_self.detach(),
            partial(function, **{name: getattr(node, saved) for name, saved in settings.items()}),
        )

    return make


def _given(function: Function) -> Callable[[Any], Gradient | None]:
    """Return what makes the rule of a function whose input was kept beside its node."""

    def make(node: Any) -> Gradient | None:
        z = _input(node)
        return None if z is None else ratio(z, function)

    return make


def _input(node: Any) -> torch.Tensor | None:
    saved: torch.Tensor | None = node._saved_self.detach() if hasattr(node, "_saved_self") else node.metadata.get(GIVEN)
    return saved


def _elu(node: Any) -> Gradient | None:
    z, settings = _input(node), (node._saved_alpha, node._saved_scale, node._saved_input_scale)
    return None if z is None else ratio(z, lambda part: torch.ops.aten.elu(part, *settings))


def _celu(node: Any) -> Gradient | None:
    z, alpha = _input(node), node._saved_alpha
    return None if z is None else ratio(z, lambda part: torch.celu(part, alpha))


def _clamp(node: Any) -> Gradient | None:
    """Take a clamp for a nonlinearity only where it leaves 0 alone, as ReLU6 does; others guard divisions."""
    low, high = (getattr(node, name, None) for name in ("_saved_min", "_saved_max"))
    if (low or 0) > 0 or (high or 0) < 0:
        return None
    return ratio(node._saved_self.detach(), lambda part: part.clamp(low, high))


def _leaky(node: Any) -> Gradient:
    """Work from the input or, in place, from the output: positive slopes keep the sign."""
    slope = node._saved_negative_slope
    if hasattr(node, "_saved_self"):
        z = node._saved_self.detach()
    else:
        f = node._saved_result.detach()
        z = torch.where(f < 0, f / slope, f)
    return ratio(z, lambda part: functional.leaky_relu(part, slope))


def _prelu(node: Any) -> Gradient:
    z, weight = node._saved_self.detach(), node._saved_weight.detach()
    f = torch.where(z < 0, weight * z, z)

    def write(own: torch.Tensor, grad: torch.Tensor) -> None:
        torch.mul(f / stabilised(z), grad, out=own)

    return write


def _timm(function: Function) -> Callable[[Any], Gradient]:
    """Return what makes the rule of one of timm's own autograd functions."""
    return lambda node: ratio(node.saved_tensors[0].detach(), function)


RULES: Mapping[str, Rule] = {
    "ReluBackward0": Rule("relu", _relu),
    "HardtanhBackward0": Rule("relu6", _of(functional.hardtanh, min_val="_saved_min_val", max_val="_saved_max_val")),
    "ClampBackward1": Rule("clamp", _clamp),
    "ClampMinBackward0": Rule("clamp", _clamp),
    "EluBackward0": Rule("elu", _elu),
    "EluBackward1": Rule("elu", _elu),
    "CeluBackward0": Rule("elu", _celu),
    "CeluBackward1": Rule("elu", _celu),
    "GeluBackward0": Rule("gelu", _of(functional.gelu, approximate="_saved_approximate")),
    "SiluBackward0": Rule("silu", _of(functional.silu)),
    "HardswishBackward0": Rule("hardswish", _of(functional.hardswish)),
    "MishBackward0": Rule("mish", _of(functional.mish)),
    "SoftplusBackward0": Rule("softplus", _of(functional.softplus, beta="_saved_beta", threshold="_saved_threshold")),
    "ErfBackward0": Rule("erf", _of(torch.erf)),
    "HardsigmoidBackward0": Rule("hardsigmoid", _of(functional.hardsigmoid)),
    "SigmoidBackward0": Rule("sigmoid", _given(torch.sigmoid)),
    "TanhBackward0": Rule("tanh", _given(torch.tanh)),
    "LeakyReluBackward0": Rule("leaky_relu", _leaky),
    "LeakyReluBackward1": Rule("leaky_relu", _leaky),
    "PreluKernelBackward0": Rule("prelu", _prelu),
    "SwishAutoFnBackward": Rule("silu", _timm(functional.silu)),
    "MishAutoFnBackward": Rule("mish", _timm(functional.mish)),
    "HardSwishAutoFnBackward": Rule("hardswish", _timm(functional.hardswish)),
    "HardSigmoidAutoFnBackward": Rule("hardsigmoid", _timm(functional.hardsigmoid)),
    "HardMishAutoFnBackward": Rule("hard_mish", _timm(lambda z: 0.5 * z * (z + 2).clamp(0, 2))),
}
"""By the name of the node in the autograd graph, which is the same for modules, functions and what happens in place."""

UNTOUCHED: Mapping[str, str] = {
    "SoftmaxBackward0": "softmax",
    "LogSoftmaxBackward0": "softmax",
    "ScaledDotProductFlashAttentionForCpuBackward0": "attention",
    "ScaledDotProductFlashAttentionBackward0": "attention",
    "ScaledDotProductEfficientAttentionBackward0": "attention",
    "ScaledDotProductCudnnAttentionBackward0": "attention",
    "NativeLayerNormBackward0": "layer norm",
    "FusedRmsNormBackward0": "rms norm",
    "NativeGroupNormBackward0": "group norm",
    "MaxPool2DWithIndicesBackward0": "max pooling",
    "LinalgVectorNormBackward0": "norm",
    "NormBackward1": "norm",
    "PowBackward0": "power",
    "ExpBackward0": "exponential",
    "RsqrtBackward0": "square root",
    "SqrtBackward0": "square root",
    "CopySlices": "in place on a part",
    "LogSigmoidBackward0": "logsigmoid",
    "ThresholdBackward0": "threshold",
    "MaximumBackward0": "maximum",
    "MinimumBackward0": "minimum",
    "AbsBackward0": "absolute value",
}
"""Other nonlinear operations, which keep their gradient."""
