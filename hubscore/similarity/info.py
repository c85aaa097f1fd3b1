"""What hubscore knows about a comparison of two networks without computing it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from hubscore.errors import UsageError
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
        cost: of one pair, in samples n and features d.
        prepare: ``"module:function"`` of what is computed once per network, for many pairs; empty for maps, which are
            read in blocks.
        combine: ``"module:function"`` from two prepared networks to the value; empty where what is prepared are unit
            vectors and the value is their product.
        options: name to default.
        symmetric: whether the order of the two networks plays no part; where it does, the value says how well the
            second predicts the first.
        invariant: transformations of one network's features that leave it unchanged, named as in
            :data:`hubscore.scores.info.INVARIANCES`.
        invariant_second: the same of the second network's features, where those are more.
        explains: what the maps explain: the mean over the representation's units, or its norm.
        ranks: whether it is a score as well: of a checkpoint compared with a network that was trained on the target.
        subsamples: whether values of fewer samples are comparable, so that a score has an interval.
        released: what the authors' code computes; "the same" where that is the default, empty where it is no option.
        released_call: what the authors' code does instead, and the call that gives it.
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
    cost: str = "that of one comparison"
    prepare: str = ""
    combine: str = ""
    options: Mapping[str, Any] = field(default_factory=dict, hash=False)
    symmetric: bool = True
    invariant: frozenset[str] = frozenset()
    invariant_second: frozenset[str] = frozenset()
    explains: Literal["mean", "norm"] = "mean"
    ranks: bool = True
    subsamples: bool = True
    released: str = ""
    released_call: tuple[str, str] | None = None

    @property
    def range(self) -> str:
        """The range as people read it."""
        return f"{self.low:g} .. {self.high}"

    def load(self) -> Callable[..., float]:
        """Import the arithmetic."""
        function: Callable[..., float] = load_target(self.function)
        return function

    def resolve_options(self, options: Mapping[str, Any]) -> dict[str, Any]:
        """Return all options, defaults where nothing was chosen.

        Raises:
            UsageError: an option is not one of the comparison's.
        """
        unknown = sorted(set(options) - set(self.options))
        if unknown:
            has = ", ".join(self.options) or "none"
            raise UsageError(
                f"Similarity '{self.name}' has no option '{unknown[0]}'", f"its options: {has}", "leave it out"
            )
        return {**self.options, **options}


def _builtin() -> Iterator[SimilarityInfo]:
    from hubscore.similarity.catalog import ENTRIES

    yield from ENTRIES


SIMILARITIES: Registry[SimilarityInfo] = Registry(
    "similarity", group="hubscore.similarities", builtin=_builtin, listing="hubscore map --help"
)
