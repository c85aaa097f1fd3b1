"""What hubscore knows about a score without computing it: needs, range, direction, source."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeVar

from hubscore.registry import Registry, load_target
from hubscore.similarity.info import SIMILARITIES, SimilarityInfo
from hubscore.types import Target

Need = Literal[
    "features",
    "probs",
    "features or logits",
    "labels",
    "general",
    "label_texts",
    "candidate",
    "reference",
    "maps",
    "reference_maps",
    "nodes",
    "reference_nodes",
    "kernel",
]
Family = Literal[
    "probability",
    "discriminant",
    "evidence",
    "neighbour",
    "probe",
    "coding",
    "attribution",
    "representation",
    "label-free",
    "baseline",
    "other",
]
F = TypeVar("F", bound=Callable[..., Any])


INVARIANCES: Mapping[str, str] = {
    "rotation": "any orthogonal transformation",
    "rotated": "the rotation of Workspace.rotated, which keeps the network's own columns beside it; not every rotation",
    "shift": "adding a constant to a column",
    "scale": "multiplying all features by one positive number",
    "columns": "multiplying each column by a positive number of its own",
    "affine": "any invertible affine map, so all of the above",
}


@dataclass(frozen=True)
class ScoreInfo:
    """One entry of the score registry; reading it imports no arithmetic.

    Attributes:
        name: what people type.
        title: the field's own name.
        function: ``"module:function"`` taking a :class:`~hubscore.numerics.workspace.Workspace` and the options
            (a list of workspaces when ``pool``), returning a float (a list of floats).
        needs: what the workspace must hold.
        targets: label kinds it is defined for.
        direction: whether larger or smaller values promise better transfer.
        low: lower bound, a number or one of ``-inf``, ``-ln classes``, ``-classes (classes - 1)``.
        high: upper bound, a number or one of ``inf``, ``classes - 1``.
        family: scores of one family are averaged before families are averaged in the consensus.
        paper: citation with the equation.
        checked_against: what the default was compared with; "as published" is said only of ``paper``.
        cost: in samples n, features d, classes c, source classes s.
        measures: plain words.
        misleads: plain words.
        reading: plain words: how to read a value.
        options: name to the authors' default.
        pool: defined only over several networks.
        resample: on how many of the uncertainty subsamples it is recomputed.
        invariant: transformations of the features that leave it unchanged, named in :data:`INVARIANCES`.
        released: what ``reading="released"`` computes; "the same" where that is the default, empty where the authors'
            code has no definite value.
        readings: what other readings compute, by name.
        caution: ``"module:function"`` that takes the numbers of samples and of classes and the options by keyword, and
            returns what must be said with such values, or nothing.
        released_call: where the released reading is no option: what the authors' code does, and the call that gives it.
        regression_range: lower and upper bound for regression, where they differ.
        annotation_range: lower and upper bound for annotation vectors, where they differ.
        order_free: whether the order of the samples plays no part; where it does, folds or a random start follow it.
        terms: for a pool score ``"module:function"`` that gives one network's part of it, before networks are compared,
            and says which network has none.
        values: for a score with ``terms`` ``"module:function"`` that takes a list of them and gives the values of the
            set, so that a ranking need not hold all networks at once.
        averaged: whether the consensus and the mean rank count it; one that does not is shown beside them.
    """

    name: str
    title: str
    function: str
    needs: frozenset[str]
    targets: frozenset[str]
    direction: Literal["higher", "lower"]
    low: float | str
    high: float | str
    family: Family
    paper: str
    checked_against: Literal["paper", "authors-code", "third-party", "own-reading"]
    cost: str
    measures: str
    misleads: str
    reading: str
    options: Mapping[str, Any] = field(default_factory=dict, hash=False)
    pool: bool = False
    resample: Literal["all", "few", "none"] = "all"
    invariant: frozenset[str] = frozenset()
    released: str = ""
    readings: Mapping[str, str] = field(default_factory=dict, hash=False)
    caution: str = ""
    released_call: tuple[str, str] | None = None
    regression_range: tuple[float | str, float | str] | None = None
    annotation_range: tuple[float | str, float | str] | None = None
    order_free: bool = True
    terms: str = ""
    values: str = ""
    averaged: bool = True

    @property
    def rotatable(self) -> bool:
        """Whether :meth:`~hubscore.numerics.workspace.Workspace.rotated` leaves it unchanged, so that fewer columns
        do.
        """
        return bool(self.invariant & {"rotation", "rotated", "affine"})

    def needed(self, options: Mapping[str, Any]) -> frozenset[str]:
        """What the workspace must hold under some options: a mixture on the features may take the source head's
        place.
        """
        return self.needs - {"probs"} | {"features"} if options.get("of") == "mixture" else self.needs

    @property
    def baseline(self) -> bool:
        """Whether it stands beside the scores instead of among them."""
        return self.family == "baseline"

    @property
    def range(self) -> str:
        """The range as people read it."""
        return f"{self.low} .. {self.high}"

    def ends(self, target: Target | None) -> tuple[float | str, float | str]:
        """The lower and the upper bound as they are declared."""
        own = {"regression": self.regression_range, "annotation": self.annotation_range}.get(target or "")
        return own or (self.low, self.high)

    def bounds(self, classes: int, target: Target = "classification") -> tuple[float, float]:
        """The range as numbers, for a probe of this many classes."""
        ends = self.ends(target)
        named = {
            "-inf": -math.inf,
            "inf": math.inf,
            "classes - 1": classes - 1.0,
            "-ln classes": -math.log(classes),
            "-classes (classes - 1)": -float(classes * (classes - 1)),
        }
        low, high = (named[bound] if isinstance(bound, str) else float(bound) for bound in ends)
        return low, high

    def load(self) -> Callable[..., Any]:
        """Import the arithmetic."""
        function: Callable[..., Any] = load_target(self.function)
        return function


def _builtin() -> Iterator[ScoreInfo]:
    from hubscore.scores import catalog

    yield from catalog.entries()


def _compared(info: SimilarityInfo) -> ScoreInfo | None:
    from hubscore.scores.comparison import comparison_score

    return comparison_score(info)


SCORES: Registry[ScoreInfo] = Registry(
    "score", group="hubscore.scores", builtin=_builtin, base=SIMILARITIES, derive=_compared
)


def score_entry(name: str, **fields: Any) -> Callable[[F], F]:
    """Register the decorated function as a score; other packages point an entry point at it.

    Args:
        name: what people type.
        **fields: the remaining fields of :class:`ScoreInfo`, ``function`` excepted.
    """

    def register(function: F) -> F:
        for key in ("needs", "targets", "invariant"):
            if key in fields:
                fields[key] = frozenset(fields[key])
        target = f"{function.__module__}:{function.__qualname__}"
        function.info = SCORES.add(ScoreInfo(name=name, function=target, **fields))  # type: ignore[attr-defined]
        return function

    return register
