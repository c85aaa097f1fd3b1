"""Epsilon-LRP as a backward pass with other derivatives at the nonlinearities, whatever module or function they come
from.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Literal

import torch
from torch.nn import functional
from torch.overrides import TorchFunctionMode

from hubscore.attribution.lrp.gated_products import GATE, weight_of
from hubscore.attribution.lrp.rules import GIVEN, RULES, UNTOUCHED, Gradient
from hubscore.attribution.lrp.switched_activations import NODE, SWITCHED, Switch, switched

Gates = Literal["constant", "epsilon"]
Hook = Callable[[tuple[Any, ...], tuple[Any, ...]], Any]
_FORGET = frozenset(
    {
        torch.sigmoid,
        torch.sigmoid_,
        torch.special.expit,
        torch.Tensor.sigmoid,
        torch.Tensor.sigmoid_,
        functional.sigmoid,
        torch.tanh,
        torch.tanh_,
        torch.Tensor.tanh,
        torch.Tensor.tanh_,
        functional.tanh,
        functional.elu,
        functional.elu_,
        functional.selu,
        functional.selu_,
        torch.selu_,
        functional.celu,
        functional.celu_,
        torch.celu_,
    }
)
_IN_PLACE = frozenset(
    {
        torch.sigmoid_,
        torch.Tensor.sigmoid_,
        torch.tanh_,
        torch.Tensor.tanh_,
        functional.elu_,
        functional.selu_,
        torch.selu_,
        functional.celu_,
        torch.celu_,
    }
)
"""Functions whose nodes remember their output alone, or do so in place."""


class Prepare(TorchFunctionMode):
    """Keeps the inputs of such functions beside their nodes, and makes costly activations switchable, while a
    network runs.
    """

    def __init__(self, switch: Switch) -> None:
        super().__init__()
        self.switch = switch

    def __torch_function__(self, func: Callable[..., Any], types: Any, args: Any = (), kwargs: Any = None) -> Any:
        """Run the function, prepared."""
        kwargs = kwargs or {}
        if func in SWITCHED and torch.is_grad_enabled():
            named = dict(zip(("z", "inplace"), args, strict=False)) | {
                "z" if key == "input" else key: value for key, value in kwargs.items()
            }
            return switched(SWITCHED[func], self.switch, **named)
        if func not in _FORGET or not torch.is_grad_enabled():
            return func(*args, **kwargs)
        given = args[0] if args else kwargs["input"]
        changed = func in _IN_PLACE or kwargs.get("inplace") or any(arg is True for arg in args[1:])
        z = given.detach().clone() if changed else given.detach()
        result = func(*args, **kwargs)
        if (
            result.grad_fn is not None and type(result.grad_fn).__name__ in RULES
        ):  # in place on a view it would be another node
            result.grad_fn.metadata[GIVEN] = z
        return result


@contextmanager
def modified(root: Any, switch: Switch, gates: Gates, counts: Counter[str]) -> Iterator[None]:
    """Give the nonlinearities behind a node epsilon-LRP's derivatives while the block runs.

    Args:
        root: ``grad_fn`` of what is explained, from a forward pass under :class:`Prepare`.
        switch: of that pass.
        gates: ``constant``: a sigmoid that multiplies is a fixed weight; ``epsilon``: it has its own rule, as in
            DeepExplain.
        counts: counts what was done: ``rule:`` and a function, ``gate``, ``untouched:`` and an operation.
    """
    hooks = []
    try:
        waiting, seen = [root], {root}
        while waiting:
            node = waiting.pop()
            hook, cut = _changed(node, gates, counts)
            if hook is not None:
                hooks.append(node.register_hook(hook))
            for place, (one, _) in enumerate(node.next_functions):
                if one is not None and place != cut and one not in seen:
                    seen.add(one)
                    waiting.append(one)
        switch.modified = True
        yield
    finally:
        switch.modified = False
        for handle in hooks:
            handle.remove()


def _changed(node: Any, gates: Gates, counts: Counter[str]) -> tuple[Hook | None, int | None]:
    """Return what changes a node's gradients, if anything, and the place of an input that none will reach."""
    name = type(node).__name__
    if name == "MulBackward0":
        cut = _cut(node, gates, counts)
        return (None, None) if cut is None else (_without(cut), cut)
    if name == NODE:
        counts[f"rule:{node.word}"] += 1
        return None, None
    if name == "GluBackward0" and gates == "constant":
        counts[GATE] += 1
        return _gated(node), None
    rule = RULES.get(name)
    gradient = rule.make(node) if rule is not None else None
    if rule is not None and gradient is not None:
        counts[f"rule:{rule.name}"] += 1
        return _replaced(gradient), None
    if rule is not None or name in UNTOUCHED:
        counts[f"untouched:{rule.name if rule is not None else UNTOUCHED[name]}"] += 1
    return None, None


def _cut(node: Any, gates: Gates, counts: Counter[str]) -> int | None:
    """Return which factor of a product is a fixed weight, if one is; other products of two activations keep their
    gradient.
    """
    weight = weight_of(node)
    if weight is None or (weight.kind == GATE and gates == "epsilon"):
        if all(one is not None for one, _ in node.next_functions):
            counts["untouched:product"] += 1
        return None
    counts[weight.kind if weight.kind == GATE else f"rule:{weight.kind}"] += 1
    return weight.place


def _without(cut: int) -> Hook:
    return lambda own, grads: tuple(None if place == cut else one for place, one in enumerate(own))


def _replaced(gradient: Gradient) -> Hook:
    def hook(own: tuple[Any, ...], grads: tuple[Any, ...]) -> None:
        if own[0] is not None and grads[0] is not None:
            gradient(own[0], grads[0])  # in place: no more memory is needed than for the gradient itself

    return hook


def _gated(node: Any) -> Hook:
    """Hold the gating half of a GLU fixed."""
    z = node._saved_self.detach()
    dim = (node._saved_dim + z.ndim) % 2**64 % z.ndim  # a negative axis comes as an unsigned number
    weight = torch.sigmoid(z.chunk(2, dim=dim)[1])

    def hook(own: tuple[Any, ...], grads: tuple[Any, ...]) -> Any:
        return None if grads[0] is None else (torch.cat([grads[0] * weight, torch.zeros_like(weight)], dim=dim),)

    return hook
