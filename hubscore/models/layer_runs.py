"""The weighted layers that a network's features come from: which run, in which order, and what each gives per item."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch
from torch.nn.modules.conv import _ConvNd
from torch.utils._pytree import tree_leaves

from hubscore.models.batch import Batch, take_rows
from hubscore.models.network import Network

Key = tuple[str, int]
"""A module's name and which of its runs it is, from 0: a layer may run several times in a forward pass."""


@dataclass(frozen=True)
class LayerRun:
    """A layer as it runs once in a forward pass.

    Attributes:
        module: its name.
        turn: which of its runs, from 0.
        items: the axis of its output along which items lie; there may be several windows of each.
        channels: the axis of its output along which channels lie.
        width: how many channels there are.
    """

    module: str
    turn: int
    items: int
    channels: int
    width: int

    @property
    def key(self) -> Key:
        """What the run is known by."""
        return self.module, self.turn


def layer_runs(network: Network) -> tuple[LayerRun, ...]:
    """Return the ungrouped convolutions and linear layers that the features depend on, in order of execution.

    A classification head, what else comes behind the features, and what does not depend on the items (tables of
    positions) are none of them. A layer that runs several times counts each time. Where the network's code hides what
    depends on what from torch, everything that runs counts.

    Args:
        network: run three times on few items, in evaluation mode.
    """
    modules = {name: module for name, module in network.module.named_modules() if is_weighted(module)}
    two, three = (_repeated(network.example(), count) for count in (2, 3))
    outputs, used = _traced(network, modules, two)
    shapes = {key: tuple(out.shape) for key, out in outputs.items()}
    with torch.no_grad(), layer_outputs(network, modules, lambda key, out: tuple(out.shape)) as more:
        network.forward(three)
    found = []
    for key in outputs:
        items = _items_axis(shapes[key], more.get(key, ()))
        channels = _channel_axis(modules[key[0]], len(shapes[key]))
        if key in used and items is not None and items != channels:
            found.append(LayerRun(*key, items, channels, shapes[key][channels]))
    return tuple(found)


@contextmanager
def layer_outputs(
    network: Network, modules: Mapping[str, torch.nn.Module], keep: Callable[[Key, torch.Tensor], Any]
) -> Iterator[dict[Key, Any]]:
    """Collect something of every output of some modules, by module and turn, in order of execution.

    Turns are counted from when the block begins, which is to hold one forward pass.

    Args:
        network: whose modules.
        modules: by name.
        keep: makes what is kept of an output, before anything changes the output in place.
    """
    caught: dict[Key, Any] = {}
    turns = Counter[str]()

    def hook_of(name: str) -> Any:
        def hook(module: torch.nn.Module, given: object, out: object) -> None:
            found = [
                leaf for leaf in tree_leaves(_plain(out)) if isinstance(leaf, torch.Tensor) and leaf.is_floating_point()
            ]
            if found:
                key = name, turns[name]
                turns[name] += 1
                caught[key] = keep(key, found[0])

        return hook

    hooks = [module.register_forward_hook(hook_of(name)) for name, module in modules.items()]
    fused = torch.backends.mha.get_fastpath_enabled()
    torch.backends.mha.set_fastpath_enabled(False)  # torch's fused encoder layers never call their parts
    try:
        yield caught
    finally:
        torch.backends.mha.set_fastpath_enabled(fused)
        for hook in hooks:
            hook.remove()


def per_item(run: LayerRun, out: torch.Tensor, items: int, shown: torch.Tensor | None = None) -> torch.Tensor:
    """Return a layer's output averaged over space, tokens and windows, shape (items, channels), a tensor of its own.

    Args:
        run: the layer.
        out: its output.
        items: how many there are.
        shown: shape (items, length), 1 for the tokens that count where the output has one value per token.

    Example:
        >>> maps = torch.arange(16.0).reshape(2, 2, 2, 2)
        >>> per_item(LayerRun("conv", 0, items=0, channels=1, width=2), maps, 2).tolist()
        [[1.5, 5.5], [9.5, 13.5]]
        >>> windows = torch.arange(12.0).reshape(4, 3, 1)  # two for each item
        >>> per_item(LayerRun("fc", 0, items=0, channels=2, width=1), windows, 2).tolist()
        [[2.5], [8.5]]
        >>> tokens = LayerRun("query", 0, items=0, channels=2, width=1)
        >>> per_item(tokens, torch.tensor([[[1.0], [3.0], [9.0]]]), 1, torch.tensor([[1, 1, 0]])).tolist()
        [[2.0]]
    """
    ordered = out.movedim((run.items, run.channels), (0, -1))
    if shown is not None and ordered.ndim == 3 and len(ordered) == items and ordered.shape[1] >= shown.shape[1]:
        weights = torch.nn.functional.pad(shown, (0, ordered.shape[1] - shown.shape[1])).to(torch.float32)
        total = (ordered.to(torch.float32) * weights.unsqueeze(-1)).sum(dim=1)
        return total / weights.sum(dim=1, keepdim=True)
    means: torch.Tensor = ordered.reshape(items, -1, run.width).mean(dim=1, dtype=torch.float32)
    return means


def is_weighted(module: torch.nn.Module) -> bool:
    """Whether a module is an ungrouped convolution or a linear layer, that of GPT-2 included.

    Example:
        >>> is_weighted(torch.nn.Conv2d(4, 4, 1)), is_weighted(torch.nn.Conv2d(4, 4, 3, groups=4))
        (True, False)
    """
    if isinstance(module, _ConvNd):
        return module.groups == 1
    return isinstance(module, torch.nn.Linear) or (type(module).__name__ == "Conv1D" and hasattr(module, "nf"))


def _traced(
    network: Network, modules: Mapping[str, torch.nn.Module], batch: Batch
) -> tuple[dict[Key, torch.Tensor], set[Key]]:
    """Run a batch; return the outputs, and which of them the features depend on, by the graph of derivatives."""
    asked = {parameter: parameter.requires_grad for parameter in network.module.parameters()}
    try:
        for parameter in asked:
            parameter.requires_grad_(parameter.is_floating_point())
        with torch.enable_grad(), layer_outputs(network, modules, lambda key, out: out) as outputs:
            features, _ = network.forward(batch)
        known = {key: out for key, out in outputs.items() if out.requires_grad}
        if not known or not features.requires_grad:
            return outputs, set(outputs)
        slopes = torch.autograd.grad(features.sum(), list(known.values()), allow_unused=True)
        return outputs, {key for key, slope in zip(known, slopes, strict=True) if slope is not None}
    finally:
        for parameter, wanted in asked.items():
            parameter.requires_grad_(wanted)


def _repeated(example: Batch, count: int) -> Batch:
    return take_rows(example, [0] * count)


def _items_axis(two: Sequence[int], three: Sequence[int]) -> int | None:
    """Return the axis along which an output of three items is half as long again as that of two; none elsewhere."""
    if len(two) != len(three):
        return None
    longer = [axis for axis, (less, more) in enumerate(zip(two, three, strict=True)) if less != more]
    return longer[0] if len(longer) == 1 and 3 * two[longer[0]] == 2 * three[longer[0]] else None


def _channel_axis(module: torch.nn.Module, axes: int) -> int:
    if isinstance(module, _ConvNd):
        return axes - len(module.kernel_size) - 1
    return axes - 1


def _plain(out: object) -> object:
    """Return the values of transformers' named outputs, which are no leaves for torch."""
    return tuple(out.values()) if isinstance(out, dict) else out
