"""What two networks are compared by, checked: features of the same samples, or maps on the same grid."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from numpy.typing import NDArray

from hubscore.errors import Undefined, UsageError
from hubscore.numerics.arrays import as_array
from hubscore.numerics.validation import matrix
from hubscore.numerics.workspace import Floats


class Rows(Protocol):
    """Maps that are read a few samples at a time: an array, or a file."""

    @property
    def shape(self) -> tuple[int, ...]:
        """``(n, c, h, w)``."""

    def __getitem__(self, rows: slice, /) -> NDArray[Any]:
        """Return some samples' maps."""


def features_of(value: Any, title: str) -> Floats:
    """Return a network's features as float64, shape (n samples, d features).

    Args:
        value: an array, or a mapping with ``features``.
        title: of the comparison, for messages.

    Raises:
        UsageError: no features, not two axes, or a value that is not finite.
        Undefined: fewer than two samples.
    """
    features = matrix("features", _picked(value, "features", title))
    _enough(len(features), title)
    return features


def maps_of(value: Any, title: str) -> Rows:
    """Return a network's maps, shape (n samples, c, h, w); what their numbers are is checked when they are read.

    Raises:
        UsageError: no maps, or not four axes.
        Undefined: fewer than two samples.
    """
    maps: Any = _picked(value, "maps", title)
    if hasattr(maps, "detach") or not hasattr(maps, "shape"):
        maps = as_array(maps)
    if len(maps.shape) != 4:
        raise UsageError(
            f"Cannot compare maps of shape {tuple(maps.shape)}",
            "four axes are needed",
            "pass maps of shape (n, c, h, w)",
        )
    _enough(maps.shape[0], title)
    return maps  # type: ignore[no-any-return]


def same_samples(first: int, second: int) -> None:
    """Raise where two networks saw different numbers of samples.

    Raises:
        UsageError: they did.
    """
    if first != second:
        why = f"one has {first} samples and the other {second}"
        raise UsageError("Cannot compare two networks", why, "run both over the same samples, in the same order")


def same_rows(values: Iterable[Any]) -> None:
    """Raise where features of several networks, arrays or mappings with ``features``, have not the same samples.

    Raises:
        UsageError: they have not.
    """
    sizes = [len(value) for value in (_features(one) for one in values) if hasattr(value, "__len__")]
    for size in sizes[1:]:
        same_samples(sizes[0], size)


def _features(value: Any) -> Any:
    return value.get("features") if isinstance(value, Mapping) else value


def _picked(value: Any, key: str, title: str) -> Any:
    if not isinstance(value, Mapping):
        return value
    if value.get(key) is None:
        raise UsageError(
            f"{title} needs {key}", f"there are none among {', '.join(value) or 'nothing'}", f"pass dict({key}=...)"
        )
    return value[key]


def _enough(samples: int, title: str) -> None:
    if samples < 2:
        raise Undefined(
            f"{title} is undefined",
            f"there {'is 1 sample' if samples == 1 else 'are no samples'}",
            "use at least 2 samples",
        )
