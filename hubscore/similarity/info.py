"""What hubscore knows about a comparison of two networks without computing it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from hubscore.registry import Registry, load_target

Inputs = Literal["features", "maps", "both", "fisher"]


@dataclass(frozen=True)
class SimilarityInfo:
    """One entry of the similarity registry; reading it imports no arithmetic.

    Attributes:
        name: what people type.
        title: the field's own name.
        function: ``"module:function"`` taking two networks' inputs and the options, returning a float.
        inputs: ``features`` (n, d); ``maps`` (n, c, h, w) with NaN where the network never saw the pixel; ``both`` as
            ``dict(features=, maps=)``; ``fisher`` (k,).
        direction: whether larger or smaller values say that two networks are alike.
        low: lower bound of the value.
        high: upper bound, a number or a formula of the options.
        source: citation with the equation.
        checked_against: what the default was compared with; "as published" is said only of ``paper``.
        measures: plain words.
        misleads: plain words.
        reading: plain words: how to read a value.
        part: ``"module:function"`` of what is computed once a network, for many pairs; empty for maps, which are read
            in blocks.
        meet: ``"module:function"`` from two parts to the value; empty where parts are unit vectors and the value is
            their product.
        options: name to default.
        symmetric: whether the order of the two networks plays no part.
        invariant: transformations of one network's features that leave it unchanged, named as in
            :data:`hubscore.scores.info.INVARIANCES`.
    """

    name: str
    title: str
    function: str
    inputs: Inputs
    direction: Literal["higher", "lower"]
    low: float
    high: float | str
    source: str
    checked_against: Literal["paper", "authors-code", "third-party", "own-reading"]
    measures: str
    misleads: str
    reading: str
    part: str = ""
    meet: str = ""
    options: Mapping[str, Any] = field(default_factory=dict, hash=False)
    symmetric: bool = True
    invariant: frozenset[str] = frozenset()

    @property
    def range(self) -> str:
        """The range as people read it."""
        return f"{self.low:g} .. {self.high}"

    def load(self) -> Callable[..., float]:
        """Import the arithmetic."""
        function: Callable[..., float] = load_target(self.function)
        return function


def _builtin() -> Iterator[SimilarityInfo]:
    from hubscore.similarity.catalog import ENTRIES

    yield from ENTRIES


SIMILARITIES: Registry[SimilarityInfo] = Registry(
    "similarity", group="hubscore.similarities", builtin=_builtin, listing="hubscore map --help"
)
