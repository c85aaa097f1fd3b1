"""An architecture as a graph: the autograd graph of one forward pass, from the outputs to the leaves."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import torch

from hubscore.errors import UsageError
from hubscore.models.network import Network
from hubscore.recommend.archi2vec.graph import Graph, node_type


def architecture_graph(network: Network | torch.nn.Module | Callable[..., Any], example: Any = None) -> Graph:
    """Return the autograd graph of one forward pass in evaluation mode, from the outputs to the leaves.

    Leaves are the parameters, frozen ones too; the batch is none, and values do not matter: a module on torch's meta
    device has the same graph. The module's mode and its frozen parameters are put back.

    Args:
        network: a network of hubscore's loaders, or any module.
        example: a batch that the module accepts, one tensor or named tensors; a network brings its own.

    Returns:
        The graph; nodes in the order in which a walk in depth meets them, the same each time.

    Raises:
        UsageError: a module comes without a batch, or no output depends on a parameter.

    Source:
        Bai et al. (Fennec), ECCV 2024, archi2vec.

    Example:
        >>> graph = architecture_graph(torch.nn.Linear(2, 3), torch.zeros(1, 2))
        >>> graph.names, graph.edges
        (('AddmmBackward', 'Variable', 'TBackward', 'Variable'), ((0, 1), (0, 2), (2, 3)))
    """
    module = network.module if isinstance(network, Network) else network
    if example is None and not isinstance(network, Network):
        raise UsageError("Cannot trace the module", "there is no batch to run it on", "pass a batch beside the module")
    with torch.inference_mode(False), torch.enable_grad(), _every_parameter_a_leaf(module):
        if isinstance(network, Network):
            outputs = network.forward(network.example() if example is None else example)
        else:
            outputs = network(**example) if isinstance(example, Mapping) else network(example)
        roots = [tensor.grad_fn for tensor in _tensors(outputs) if tensor.grad_fn is not None]
    if not roots:
        raise UsageError(
            "Cannot see the network's architecture", "no output was computed from a parameter", "pass another network"
        )
    return _walk(roots)


@contextmanager
def _every_parameter_a_leaf(module: Any) -> Iterator[None]:
    """Switch to evaluation mode and let every parameter that can have a gradient have one, for a while."""
    modules = list(module.modules()) if isinstance(module, torch.nn.Module) else []
    training = [part for part in modules if part.training]
    parameters = list(module.parameters()) if isinstance(module, torch.nn.Module) else []
    frozen = [value for value in parameters if not value.requires_grad and value.is_floating_point()]
    try:
        for part in training:
            part.training = False
        for value in frozen:
            value.requires_grad_(True)
        yield
    finally:
        for part in training:
            part.training = True
        for value in frozen:
            value.requires_grad_(False)


def _tensors(outputs: Any) -> Iterator[torch.Tensor]:
    """Yield the tensors in whatever a module returns, in its order."""
    if isinstance(outputs, torch.Tensor):
        yield outputs
    elif isinstance(outputs, (Mapping, tuple, list)):
        for part in outputs.values() if isinstance(outputs, Mapping) else outputs:
            yield from _tensors(part)


def _walk(roots: list[Any]) -> Graph:
    """Return what can be reached from the outputs; without recursion, since networks are deeper than Python's stack."""
    place: dict[Any, int] = {}
    names: list[str] = []
    edges: list[tuple[int, int]] = []
    waiting = list(reversed(roots))
    order: list[Any] = []
    while waiting:
        node = waiting.pop()
        if node in place:
            continue
        place[node] = len(names)
        names.append(node_type(node.name()))
        order.append(node)
        waiting.extend(after for after, _ in reversed(node.next_functions) if after is not None)
    for node in order:
        edges.extend((place[node], place[after]) for after, _ in node.next_functions if after is not None)
    return Graph(tuple(names), tuple(edges))
