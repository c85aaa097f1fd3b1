"""A directed graph of operations, and the names that its nodes have on every device."""

from __future__ import annotations

import re
from dataclasses import dataclass

LEAF = "Variable"
"""What a parameter is called, whatever its class."""

_PLACES = re.compile("Cudnn|Miopen|Mkldnn|Mps|Xpu|Native|Thnn|ForCpu|Flash|Efficient|FusedOverrideable")
_SAME = {"UnsafeViewBackward": "ViewBackward", "ReshapeAliasBackward": "ViewBackward"}
"""Names of one operation: which of them a reshape becomes depends on the memory layout and on the version of torch."""


@dataclass(frozen=True)
class Graph:
    """A directed graph whose nodes have a type.

    Attributes:
        names: the type of each node, such as ``ConvolutionBackward`` or ``Variable``; outputs come first.
        edges: pairs of places in ``names``, from an operation to what it was computed from; what went in twice, twice.
    """

    names: tuple[str, ...]
    edges: tuple[tuple[int, int], ...]

    def successors(self) -> list[list[int]]:
        """Return, for each node, what it was computed from."""
        found: list[list[int]] = [[] for _ in self.names]
        for start, end in self.edges:
            found[start].append(end)
        return found


def node_type(name: str) -> str:
    """Return the type of a node from the name of its autograd function, the same on every device.

    Any name is a type: what transformers bring needs no list.

    Example:
        >>> node_type("CudnnBatchNormBackward0"), node_type("NativeBatchNormBackward0"), node_type("AccumulateGrad")
        ('BatchNormBackward', 'BatchNormBackward', 'Variable')
    """
    name = name.removeprefix("torch::autograd::")
    if name == "AccumulateGrad":
        return LEAF
    bare = _PLACES.sub("", name).rstrip("0123456789")
    return _SAME.get(bare, bare)
