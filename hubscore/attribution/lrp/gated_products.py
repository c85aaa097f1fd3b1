"""Products in an autograd graph whose one factor is a sigmoid: gates, and activations that are written out."""

from __future__ import annotations

from typing import Any, NamedTuple

GATE = "gate"
WRITTEN_OUT = "activation written as a product"
_DEPTH = 24
_LAYOUT = frozenset(
    {
        "ViewBackward0",
        "UnsafeViewBackward0",
        "ReshapeAliasBackward0",
        "UnsqueezeBackward0",
        "SqueezeBackward0",
        "SqueezeBackward1",
        "ExpandBackward0",
        "PermuteBackward0",
        "TransposeBackward0",
        "CloneBackward0",
        "ToCopyBackward0",
        "SplitBackward0",
        "SliceBackward0",
        "SplitWithSizesBackward0",
        "UnbindBackward0",
        "SelectBackward0",
        "RepeatBackward0",
        "UpsampleNearest2DBackward0",
        "UpsampleBilinear2DBackward0",
        "AvgPool2DBackward0",
    }
)
_SCALING = frozenset({"MulBackward0", "DivBackward0"})
_SHIFT = frozenset({"AddBackward0", "SubBackward0", "RsubBackward1"})
_SIGMOIDS = frozenset({"SigmoidBackward0", "HardsigmoidBackward0", "HardSigmoidAutoFnBackward"})
_CLAMPS = frozenset({"HardtanhBackward0", "ClampBackward1"})
_ODD = frozenset({"TanhBackward0", "ErfBackward0"})
_ELEMENTWISE = _SCALING | _SHIFT | _SIGMOIDS | _CLAMPS | _ODD | {"PowBackward0", "SoftplusBackward0", "ExpBackward0"}


class Weight(NamedTuple):
    """A factor of a product that is a weight: its place among the product's inputs, and what the product is."""

    place: int
    kind: str


def weight_of(product: Any) -> Weight | None:
    """Return which factor of a product is a sigmoid's output; none where neither or both are, or one is fixed.

    A sigmoid is also a hard sigmoid, a ReLU6 that is divided or has a number added to its input, 1 + tanh, 1 + erf, and
    tanh of a softplus; between it and the product may lie changes of layout, scaling and shifting. Where it depends on
    the other factor alone, element by element, the product is an activation such as ``x * sigmoid(x)``, and holding the
    sigmoid fixed is epsilon-LRP's rule for it, eps apart.
    """
    (left, _), (right, _) = product.next_functions
    if left is None or right is None:
        return None
    sigmoids = _is_sigmoid(left), _is_sigmoid(right)
    if sigmoids[0] == sigmoids[1]:
        return None
    place = sigmoids.index(True)
    inner, other = product.next_functions[place][0], product.next_functions[1 - place]
    return Weight(place, WRITTEN_OUT if _depends_only(inner, _unscaled(other)) else GATE)


def _is_sigmoid(node: Any) -> bool:
    """Follow a factor back through layout, scaling and shifts; products of sigmoids are sigmoids."""
    scaled = shifted = False
    for _ in range(_DEPTH):
        name, inputs = type(node).__name__, _inputs(node)
        if name in _SIGMOIDS:
            return True
        if name in _CLAMPS:  # x * relu6(x + 3) / 6 divides only after the product
            return scaled or (
                bool(inputs) and type(inputs[0][0]).__name__ in _SHIFT and len(_inputs(inputs[0][0])) == 1
            )
        if name in _ODD:
            return shifted or any(type(one).__name__ == "SoftplusBackward0" for one, _ in inputs)
        if name == "MulBackward0" and len(inputs) == 2:
            return all(_is_sigmoid(one) for one, _ in inputs)
        if name not in _LAYOUT | _SCALING | _SHIFT or len(inputs) != 1:
            return False
        scaled, shifted = scaled or name in _SCALING, shifted or name in _SHIFT
        node = inputs[0][0]
    return False


def _depends_only(node: Any, source: tuple[Any, int]) -> bool:
    """Say whether a node is computed from a source alone, element by element."""
    waiting, seen = [(node, 0)], 0
    while waiting:
        node, index = waiting.pop()
        node, index = _unscaled((node, index)) if (node, index) != source else (node, index)
        seen += 1
        if (node, index) == source:
            continue
        if type(node).__name__ not in _ELEMENTWISE or seen > _DEPTH:
            return False
        waiting += _inputs(node)
    return True


def _unscaled(place: tuple[Any, int]) -> tuple[Any, int]:
    """Go back through what only multiplies or divides by a number."""
    while type(place[0]).__name__ in _SCALING and len(inputs := _inputs(place[0])) == 1:
        place = inputs[0]
    return place


def _inputs(node: Any) -> list[tuple[Any, int]]:
    return [(one, index) for one, index in node.next_functions if one is not None]
