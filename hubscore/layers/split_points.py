"""Where a network can be cut in two, and what lies before a cut."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal

import torch

from hubscore.errors import CandidateError
from hubscore.layers.trace import Trace, trace
from hubscore.models.activations import PENULTIMATE, check_layer
from hubscore.models.network import Network

Which = Literal["blocks", "all"] | Sequence[str]
_LISTS = (torch.nn.Sequential, torch.nn.ModuleList, torch.nn.ModuleDict)
_WEIGHTED = (torch.nn.modules.conv._ConvNd, torch.nn.Linear)
_NOTHING = (torch.nn.Identity, torch.nn.modules.dropout._DropoutNd)


@dataclass(frozen=True)
class SplitPoint:
    """A layer of a network, and what is transferred when the network is cut behind it.

    Attributes:
        name: of the module.
        kind: its class.
        parameters: how many lie before the cut, its own included.
        freeze: modules, by name with a dot behind it, and single parameters that these are; together they are all of
            them.
        clean: whether everything behind the cut depends on the images through this layer alone.
    """

    name: str
    kind: str
    parameters: int
    freeze: tuple[str, ...]
    clean: bool


def find_split_points(network: Network, which: Which = "blocks") -> tuple[SplitPoint, ...]:
    """Return layers of a network in the order in which they are done, found by running it once on noise.

    Args:
        network: in evaluation mode.
        which: ``blocks``: the stem and every block of the network's chain behind which it can be cut in two; ``all``:
            every convolution, linear layer and block that the representation depends on; or modules by name.

    Raises:
        CandidateError: an unknown name, a layer that does not run, or a network that cannot be cut in two at two
            places.

    Example:
        >>> [cut.name for cut in find_cuts(network)]  # doctest: +SKIP
        ['maxpool', 'layer1', 'layer2', 'layer3', 'layer4']
    """
    run = trace(network)
    if isinstance(which, str):
        names = _blocks(run) if which == "blocks" else _every(run)
        if len(names) < 2:
            raise _uncut(network, run, names)
    else:
        names = _named(run, which)
    return tuple(_cut(run, name) for name in names)


def _blocks(run: Trace) -> list[str]:
    """Return the separators that are no part of a block, one for each step that has weights of its own."""
    separators = {name for name in run.done if run.separates(name)}
    single = [name for name in run.done if name in separators and not _is_chain(run, name, separators)]
    blocks = {name for name in single if _is_block(run, name)}
    free = _distinct(run, [name for name in single if blocks.isdisjoint(_outside(name))])
    groups: dict[int, list[str]] = {}
    for name in free:
        groups.setdefault(_weighted_before(run, name), []).append(name)
    return [_one_of(run, group) for count, group in groups.items() if count]


def _one_of(run: Trace, group: Sequence[str]) -> str:
    """Choose among separators with nothing but norms, activations and pooling in between: the block, else the last
    with positions.
    """
    blocks = [name for name in group if _is_block(run, name)]
    telling = [name for name in group if not isinstance(_module(run, name), _NOTHING)] or list(group)
    maps = [name for name in telling if len(run.done[name].shape) > 2]
    return (blocks or maps or telling)[-1]


def _is_block(run: Trace, name: str) -> bool:
    """Say whether a module holds several others, a convolution or linear layer among them."""
    module = _module(run, name)
    return any(module.children()) and any(isinstance(one, _WEIGHTED) for one in module.modules())


def _is_chain(run: Trace, name: str, separators: Collection[str]) -> bool:
    """Say whether a module is, or holds, a row of at least two parts with weights behind each of which one can cut."""
    return any(
        len(_row(inner, module).intersection(separators)) > 1
        for inner, module in _module(run, name).named_modules(prefix=name)
    )


def _row(name: str, module: torch.nn.Module) -> set[str]:
    """Return the members of a list, or the numbered blocks of a module, that have weights."""
    children = {
        child: part
        for child, part in module.named_children()
        if isinstance(module, _LISTS) or (child[-1].isdigit() and child.isalnum() and any(part.children()))
    }
    return {
        f"{name}.{child}"
        for child, part in children.items()
        if any(isinstance(one, _WEIGHTED) for one in part.modules())
    }


def _distinct(run: Trace, names: Sequence[str]) -> list[str]:
    """Keep one of several modules that return the same: what holds the others, else the first."""
    chosen: dict[object, str] = {}
    for name in names:
        known = chosen.setdefault(run.done[name].node, name)
        if known.startswith(f"{name}."):
            chosen[run.done[name].node] = name
    kept = set(chosen.values())
    return [name for name in names if name in kept]


def _every(run: Trace) -> list[str]:
    """Return every convolution, linear layer and block that the representation depends on."""
    blocks = set(_blocks(run))
    return [
        name
        for name, done in run.done.items()
        if done.node in run.upstream and (name in blocks or isinstance(_module(run, name), _WEIGHTED))
    ]


def _named(run: Trace, names: Sequence[str]) -> list[str]:
    if not names:
        raise CandidateError(
            f"No layer of {run.network.name!r} was named", "", "--layers blocks, or hubscore layers MODEL --list"
        )
    for name in names:
        check_layer(run.network, name)
        if name == PENULTIMATE or name not in run.done:
            why = "it is not a module" if name == PENULTIMATE else "it does not run, or has no value for every row"
            raise CandidateError(
                f"Layer {name!r} of {run.network.name!r} cannot be used", why, "hubscore layers MODEL --list"
            )
    return [name for name in run.done if name in names]


def _cut(run: Trace, name: str) -> SplitPoint:
    before = run.parameters_before(name)
    sizes = {key: parameter.numel() for key, parameter in run.network.module.named_parameters()}
    kind = type(_module(run, name)).__name__
    return SplitPoint(
        name, kind, sum(sizes[key] for key in before), freeze_names(list(sizes), before), run.separates(name)
    )


def freeze_names(names: Sequence[str], before: Collection[str]) -> tuple[str, ...]:
    """Sum up parameters by the largest modules that hold no other ones.

    Args:
        names: of all parameters, in the network's order.
        before: those to sum up.

    Returns:
        Beginnings of names: a module's has a dot behind it, so that ``blocks.1.`` is not the beginning of
        ``blocks.10.weight``.

    Example:
        >>> names = ["token", "stem.weight", "stem.bias", "blocks.0.weight", "blocks.1.weight"]
        >>> freeze_names(names, {"token", "stem.weight", "stem.bias"})
        ('token', 'stem.')
    """
    rest = [name for name in names if name not in before]
    found: dict[str, None] = {}
    for name in names:
        if name in before:
            outer = [f"{one}." for one in reversed(_outside(name))]
            found.setdefault(next((one for one in outer if not any(other.startswith(one) for other in rest)), name))
    return tuple(found)


def _outside(name: str) -> list[str]:
    """Return the names of what holds a module, the nearest first.

    Example:
        >>> _outside("stages.0.blocks.1")
        ['stages.0.blocks', 'stages.0', 'stages']
    """
    parts = name.split(".")
    return [".".join(parts[:length]) for length in range(len(parts) - 1, 0, -1)]


def _weighted_before(run: Trace, name: str) -> int:
    """Count the convolutions and linear layers that were done when a module was."""
    order = list(run.done)
    return sum(isinstance(_module(run, one), _WEIGHTED) for one in order[: order.index(name) + 1])


def _module(run: Trace, name: str) -> torch.nn.Module:
    return run.network.module.get_submodule(name)


def _uncut(network: Network, run: Trace, names: Sequence[str]) -> CandidateError:
    where = f"only behind {names[0]!r}" if names else "nowhere"
    others = ", ".join(list(run.done)[:5])
    why = f"its modules depend on each other so that it can be cut in two {where}" + (
        f"; the first that run are {others}" if others else ""
    )
    return CandidateError(
        f"Model {network.name!r} has no layers to choose from",
        why,
        "--layers all, or --layers NAME,NAME",
        subject=network.name,
        predicate="has no layers to choose from",
    )
