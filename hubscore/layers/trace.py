"""One run on noise: the order in which modules are done, what each output depends on, and where the network can be
cut.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import torch

from hubscore.models.activations import capture_activations
from hubscore.models.batch import Batch
from hubscore.models.network import Network

ITEMS = 2
"""How many items go through: two tell rows of an item from rows of the batch."""


@dataclass(frozen=True)
class Done:
    """What a module returned: its node in the autograd graph, and its shape."""

    node: Any
    shape: tuple[int, ...]


@dataclass(frozen=True)
class Trace:
    """A network's run on noise.

    Attributes:
        network: as it stands.
        done: modules that ran and gave rows for every image, by name, in the order in which they were done.
        features: node of the representation.
        inputs: nodes of the inputs.
    """

    network: Network
    done: Mapping[str, Done]
    features: Any
    inputs: frozenset[Any]

    def separates(self, name: str) -> bool:
        """Say whether the representation sees the images through a module's output alone: the network can be cut
        behind it.
        """
        node = self.done[name].node
        return node is not self.features and node in self.upstream and not self._reaches_input(node)

    @cached_property
    def upstream(self) -> frozenset[Any]:
        """All nodes that the representation depends on."""
        return frozenset(_ancestors(self.features))

    def parameters_before(self, name: str) -> frozenset[str]:
        """Return the names of the parameters that a module's output depends on."""
        found = {id(node.variable) for node in _ancestors(self.done[name].node) if hasattr(node, "variable")}
        return frozenset(name for name, parameter in self.network.module.named_parameters() if id(parameter) in found)

    def _reaches_input(self, without: Any) -> bool:
        return any(node in self.inputs for node in _ancestors(self.features, without))


def trace(network: Network) -> Trace:
    """Run a network on noise once and note what each module's output depends on; the network is left as it was."""
    names = [name for name, _ in network.module.named_modules() if name]
    start = _followed_batch(network.example())
    with torch.enable_grad(), _followed(network.module), capture_activations(network, names, _note) as found:
        copies = {name: values.clone() for name, values in start.items()}  # some networks begin in place
        inputs = frozenset(values.grad_fn for values in copies.values() if values.grad_fn is not None)
        features, _ = network.forward(copies)
    done = {
        name: one
        for name, one in found.items()
        if one.node is not None and len(one.shape) > 1 and one.shape[0] % ITEMS == 0
    }
    return Trace(network, done, features.grad_fn, inputs)


def _followed_batch(example: Batch) -> Batch:
    """Return an example several times over, its numbers as the leaves of a graph."""
    start = {name: values.repeat(ITEMS, *[1] * (values.ndim - 1)) for name, values in example.items()}
    return {name: values.requires_grad_(values.is_floating_point()) for name, values in start.items()}


@contextmanager
def _followed(module: torch.nn.Module) -> Iterator[None]:
    """Let every parameter take a gradient while the block runs, so that it is in the graph."""
    before = {parameter: parameter.requires_grad for parameter in module.parameters()}
    module.requires_grad_(True)
    try:
        yield
    finally:
        for parameter, wanted in before.items():
            parameter.requires_grad_(wanted)


def _note(out: torch.Tensor) -> Done:
    return Done(out.grad_fn, tuple(out.shape))


def _ancestors(node: Any, without: Any = None) -> Iterator[Any]:
    """Yield a node and all that it depends on, but for what only ``without`` leads to."""
    waiting, seen = [node], {node, without}
    while waiting:
        node = waiting.pop()
        yield node
        for one, _ in node.next_functions:
            if one is not None and one not in seen:
                seen.add(one)
                waiting.append(one)
