"""Activations whose backward pass can be switched to epsilon-LRP's rule, so that their own derivative is not
computed for nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import torch
from torch.nn import functional

from hubscore.attribution.lrp.rules import Function, ratio

NODE = "_SwitchedBackward"
"""Its name in the autograd graph."""


@dataclass
class Switch:
    """Which derivatives a backward pass uses."""

    modified: bool = False


@dataclass(frozen=True)
class Activation:
    """One activation: its name, itself, its derivative times a gradient, and what happens in place."""

    name: str
    function: Callable[..., torch.Tensor]
    derivative: Callable[..., torch.Tensor]
    in_place: Callable[..., torch.Tensor] | None = None


_aten = torch.ops.aten
SWITCHED: Mapping[Callable[..., Any], Activation] = {
    functional.silu: Activation("silu", functional.silu, _aten.silu_backward, _aten.silu_),
    functional.gelu: Activation("gelu", functional.gelu, _aten.gelu_backward),
    functional.hardswish: Activation("hardswish", functional.hardswish, _aten.hardswish_backward, _aten.hardswish_),
    functional.mish: Activation("mish", functional.mish, _aten.mish_backward, _aten.mish_),
}
"""The costly ones; the others are changed in the graph by :mod:`hubscore.attribution.lrp.epsilon`."""


def switched(
    activation: Activation, switch: Switch, z: torch.Tensor, *, inplace: bool = False, **settings: Any
) -> torch.Tensor:
    """Run an activation.

    Args:
        activation: one of :data:`SWITCHED`.
        switch: decides in every backward pass.
        z: its input, changed where ``inplace``.
        inplace: as the activation has it.
        **settings: the activation's own, for example ``approximate`` of GELU.
    """
    overwrite = inplace and activation.in_place is not None
    result: torch.Tensor = _Switched.apply(z, activation, switch, overwrite, settings)
    return result


class _Switched(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any, z: torch.Tensor, activation: Activation, switch: Switch, inplace: bool, settings: dict[str, Any]
    ) -> torch.Tensor:
        ctx.word, ctx.switch = activation.name, switch
        ctx.function, ctx.derivative = (
            partial(activation.function, **settings),
            partial(activation.derivative, **settings),
        )
        if not inplace or activation.in_place is None:
            ctx.save_for_backward(z)
            result: torch.Tensor = ctx.function(z)
            return result
        ctx.save_for_backward(z.clone())
        ctx.mark_dirty(z)
        return activation.in_place(z)

    @staticmethod
    def backward(ctx: Any, grad: torch.Tensor) -> tuple[torch.Tensor | None, ...]:
        (z,) = ctx.saved_tensors
        return (
            (_modified(z, grad, ctx.function) if ctx.switch.modified else ctx.derivative(grad, z)),
            None,
            None,
            None,
            None,
        )


def _modified(z: torch.Tensor, grad: torch.Tensor, function: Function) -> torch.Tensor:
    own = torch.empty_like(z)
    ratio(z, function)(own, grad)
    return own
