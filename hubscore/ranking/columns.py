"""Which columns a ranking has: scores by name, ``name@32`` behind an exact PCA, ``name+l`` with capacity added."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from hubscore.errors import UsageError
from hubscore.scores.info import SCORES, ScoreInfo
from hubscore.scores.workspace import Floats
from hubscore.types import Json

FAMILIES = ("probability", "discriminant", "evidence", "neighbour", "probe", "coding")
"""The families that a consensus averages, each with the same weight; baselines and label-free scores are none of them."""
UNLABELED = (("attribution", "representation"), ("label-free",))
"""Without labels: comparisons with a network of the target task where one is given, else what is left."""
SHOWN_REDUCED = {"h_score": 32, "parc": 32}
"""Scores that PARC's tables give after a PCA to 32; a ranking shows them beside the plain ones."""


@dataclass(frozen=True)
class Column:
    """One score as a ranking computes it.

    Attributes:
        name: what rankings show, for example ``logme``, ``parc@32`` or ``logme+l``.
        info: the registered score.
        reduce: dimensions of the exact PCA before it, or none.
        base: for ``+l`` the column whose values it standardises and adds capacity to.
    """

    name: str
    info: ScoreInfo
    reduce: int | None = None
    base: str | None = None

    @property
    def sign(self) -> int:
        """1 where larger values promise better transfer, -1 where smaller ones do."""
        return 1 if self.base is not None or self.info.direction == "higher" else -1

    def describe(self) -> Json:
        """Return what a reader of the ranking needs to know about the column."""
        info = self.info
        facts: Json = {
            "title": info.title,
            "direction": info.direction,
            "range": info.range,
            "paper": info.paper,
            "plain_words": {"measures": info.measures, "misleads": info.misleads, "reading": info.reading},
            "options": dict(info.options),
            "family": info.family,
            "checked_against": info.checked_against,
            "pool": info.pool,
        }
        if self.reduce is not None:
            facts |= {"title": f"{info.title} after exact PCA to {self.reduce}", "reduce": self.reduce}
        if self.base is not None:
            facts |= {
                "title": f"{facts['title']} + capacity (l)",
                "direction": "higher",
                "range": "-inf .. inf",
                "paper": f"{info.paper}; capacity: Bolya et al., NeurIPS 2021, Eq. 6",
                "base": self.base,
                "pool": True,
            }
        return facts


@dataclass(frozen=True)
class Table:
    """Values of every column for every model; NaN stands for undefined and never leaves this package.

    Attributes:
        models: sorted by name, so that no sum depends on the order of the candidates.
        columns: in the order in which rankings show them.
        values: shape (columns, models), or (subsamples, columns, models).
        families: which families of scores the consensus averages.
    """

    models: tuple[str, ...]
    columns: tuple[Column, ...]
    values: Floats
    families: tuple[str, ...] = FAMILIES

    @property
    def oriented(self) -> Floats:
        """The values with the sign under which larger is better."""
        signs = np.array([column.sign for column in self.columns], dtype=np.float64)
        return np.multiply(self.values, signs[:, None])

    def with_values(self, values: Floats) -> Table:
        """Return the table of other values for the same models and columns."""
        return replace(self, values=values)


def choose(
    scores: str | Sequence[str] = "all",
    *,
    reduce: int | None = None,
    lacking: Collection[str] = ("reference", "reference_maps", "reference_nodes"),
) -> tuple[Column, ...]:
    """Return the columns that a request stands for; call it before anything is downloaded.

    Args:
        scores: ``"all"``, or names, as a sequence or separated by commas; ``name@K`` means an exact PCA to K first.
            Baselines may be named, but stand beside every ranking anyway.
        reduce: exact PCA to so many dimensions before every score.
        lacking: what no checkpoint will have, as scores name their needs: "all" leaves out the scores that need it.

    Raises:
        UsageError: an unknown name (with near ones), no score at all, or fewer than one dimension.
    """
    if reduce is not None and reduce < 1:
        raise UsageError(f"Cannot reduce to {reduce} dimensions", "at least 1 is needed", "--reduce 32")
    names = scores.split(",") if isinstance(scores, str) else list(scores)
    names = [name.strip() for name in names if name.strip()]
    wanted = [info.name for info in SCORES if info.needs.isdisjoint(lacking)] if names == ["all"] else names
    found: dict[str, Column] = {}
    for name in wanted:
        for column in _expand(name, reduce):
            found.setdefault(column.name, column)
    if not found:
        raise UsageError("No score was chosen", "baselines stand beside every ranking, and rank nothing", "--scores all")
    return tuple(found.values())


def unlabeled_families(columns: Sequence[Column]) -> tuple[str, ...]:
    """Return the families whose consensus orders models where there are no labels."""
    present = {column.info.family for column in columns}
    return next((families for families in UNLABELED if present & set(families)), UNLABELED[-1])


def _expand(name: str, reduce: int | None) -> Iterator[Column]:
    plain, at, dimensions = name.partition("@")
    info = SCORES.get(plain)
    if info.baseline:
        return
    if at:
        if not dimensions.isdecimal() or int(dimensions) < 1:
            raise UsageError(f"Cannot read score '{name}'", "after @ stands the number of PCA dimensions", f"--scores {plain}@32")
        yield Column(f"{plain}@{int(dimensions)}", info, int(dimensions))
        return
    yield Column(plain, info, reduce)
    if reduce is None and plain in SHOWN_REDUCED:
        yield Column(f"{plain}@{SHOWN_REDUCED[plain]}", info, SHOWN_REDUCED[plain])
