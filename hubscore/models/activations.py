"""Layers of a network by name: which there are, and what they give while the network runs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from difflib import get_close_matches
from typing import Any

import torch
from torch.utils._pytree import tree_leaves

from hubscore.errors import CandidateError
from hubscore.models.batch import Batch, batch_length
from hubscore.models.checkpoint_files import one_line
from hubscore.models.network import Network

PENULTIMATE = "penultimate"
"""The representation that a new head would sit on."""


def check_layer(network: Network, layer: str) -> None:
    """Refuse a layer that a network does not have.

    Raises:
        CandidateError: there is no such module; near names are told.
    """
    names = [name for name, _ in network.module.named_modules() if name]
    if layer == PENULTIMATE or layer in names:
        return
    near = get_close_matches(layer, names, n=3, cutoff=0.5) or [name for name, _ in network.module.named_children()][:5]
    why = f"its modules have other names, for example {', '.join(near)}" if near else "it has no parts with names"
    what, fix = f"has no layer {layer!r}", f"name one of them, or {PENULTIMATE}"
    raise CandidateError(f"Model {network.name!r} {what}", why, fix, subject=network.name, predicate=what)


@contextmanager
def capture_activations(
    network: Network,
    names: Sequence[str],
    keep_of: Callable[..., Any] = lambda out: out,
    *,
    named: bool = False,
) -> Iterator[dict[str, Any]]:
    """Collect what modules return while the block runs, by name, in the order in which they are first done.

    Args:
        network: whose modules.
        names: of modules; the representation itself is none.
        keep_of: what is kept of an output, made before anything changes it in place; by default the output itself. Of a
            module that runs several times, the last.
        named: whether ``keep_of`` is given the module's name before its output.
    """
    caught: dict[str, Any] = {}

    def keep(name: str) -> Any:
        def hook(module: torch.nn.Module, given: object, out: object) -> None:
            found = [
                leaf for leaf in tree_leaves(_plain(out)) if isinstance(leaf, torch.Tensor) and leaf.is_floating_point()
            ]
            if found:
                caught[name] = keep_of(name, found[0]) if named else keep_of(found[0])

        return hook

    hooks = [
        network.module.get_submodule(name).register_forward_hook(keep(name)) for name in names if name != PENULTIMATE
    ]
    try:
        yield caught
    finally:
        for hook in hooks:
            hook.remove()


def _plain(out: object) -> object:
    """Return the values of transformers' named outputs, which are no leaves for torch."""
    return tuple(out.values()) if isinstance(out, dict) else out


def layer_outputs(network: Network, batch: Batch, names: Sequence[str]) -> dict[str, torch.Tensor]:
    """Run a batch and return the outputs of layers, each with one row per item.

    Args:
        network: run as it stands.
        batch: of n items, on the module's device.
        names: of modules, or :data:`PENULTIMATE`; the latter is always among what is returned.

    Raises:
        CandidateError: a layer does not run, or has no output of one row per item.
    """
    with capture_activations(
        network, names, torch.Tensor.clone
    ) as caught:  # what follows may change an output in place
        features, _ = network.forward(batch)
    found = {PENULTIMATE: features}
    for name in names:
        if name != PENULTIMATE:
            found[name] = _by_item(network, name, caught.get(name), batch_length(batch))
    return found


def _by_item(network: Network, name: str, out: torch.Tensor | None, items: int) -> torch.Tensor:
    if out is None:
        why = "it does not run, or returns no numbers, when an item goes through the network"
    elif out.ndim < 2 or len(out) % items:
        why = f"its output has the shape {tuple(out.shape)}, which has no rows for {items} items"
    else:  # windows of one image follow each other
        return out if len(out) == items else out.reshape(items, -1, *out.shape[1:])
    raise CandidateError(
        f"Layer {name!r} of {network.name!r} cannot be used", one_line(ValueError(why)), "name another layer"
    )


def pool_positions(out: torch.Tensor) -> torch.Tensor:
    """Return the mean over positions, shape (n, d).

    Maps are (n, d, h, w), or (n, h, w, d) where only the first two of the last three axes are equal, as in Swin;
    sequences (n, l, d).
    """
    if out.ndim == 4 and out.shape[1] == out.shape[2] != out.shape[3]:
        return out.mean(dim=(1, 2))
    if out.ndim == 4:
        return out.mean(dim=(2, 3))
    return out.flatten(1, -2).mean(dim=1) if out.ndim >= 3 else out
