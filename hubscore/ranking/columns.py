"""Which columns a ranking has: scores by name, ``name@32`` behind an exact PCA, ``name+l`` with capacity added."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from hubscore.calibration.evidence import SCORES as PROBES
from hubscore.errors import UsageError
from hubscore.numerics.workspace import Floats
from hubscore.scores.info import SCORES, ScoreInfo
from hubscore.types import ScoreDescription, Target

FAMILIES = ("probability", "discriminant", "evidence", "neighbour", "probe", "coding")
"""The families that a consensus averages, each with the same weight; baselines and label-free scores are none of
them.
"""
UNLABELED = (("attribution", "representation"), ("label-free",))
"""Without labels: comparisons with a network of the target task where one is given, else what is left."""
SHOWN_REDUCED = {"h_score": 32, "parc": 32}
"""Scores that PARC's tables give after a PCA to 32; a ranking shows them beside the plain ones."""
USUALLY_LACKING = ("reference", "reference_maps", "reference_nodes", "label_texts", "kernel")
"""What a ranking has only when it is asked for, as scores name their needs."""


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

    def bounds(self, classes: int, target: Target | None) -> tuple[float, float]:
        """The least and the largest value there can be, for a probe of this many classes; infinite where there is no
        bound.

        A score that is another one's value after some change, as PED's, has the bounds of that one.
        """
        if self.base is not None:
            return -math.inf, math.inf
        base = self.info.options.get("base")
        info = SCORES.get(base) if base in SCORES.names() else self.info
        try:
            return info.bounds(max(classes, 2), target or "classification")
        except KeyError:  # a bound in another package's own words
            return -math.inf, math.inf

    def describe(self, options: Mapping[str, Any] | None = None, target: Target | None = None) -> ScoreDescription:
        """Return what a reader of the ranking needs to know about the column.

        Args:
            options: that the ranking set; the others are the score's own.
            target: of the probe, which the range may depend on.
        """
        info = self.info
        low, high = info.ends(target)
        described = ScoreDescription(
            title=info.title if self.reduce is None else f"{info.title} after exact PCA to {self.reduce}",
            direction=info.direction,
            range=f"{low} .. {high}",
            paper=info.paper,
            plain_words={"measures": info.measures, "misleads": info.misleads, "reading": info.reading},
            options={**info.options, **(options or {})},
            family=info.family,
            checked_against=info.checked_against,
            pool=info.pool,
            reduce=self.reduce,
        )
        if self.base is None:
            return described
        return replace(
            described,
            title=f"{described.title} + capacity (l)",
            direction="higher",
            range="-inf .. inf",
            paper=f"{info.paper}; capacity: Bolya et al., NeurIPS 2021, Eq. 6",
            base=self.base,
            pool=True,
        )


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
    lacking: Collection[str] = USUALLY_LACKING,
) -> tuple[Column, ...]:
    """Return the columns that a request stands for; call it before anything is downloaded.

    Args:
        scores: ``"all"``, or names, as a sequence or separated by commas; ``name@K`` means an exact PCA to K first.
            Baselines may be named, but stand beside every ranking anyway.
        reduce: exact PCA to this many dimensions before every score that reads features but the kernel probes.
        lacking: what no checkpoint will have, as scores name their needs: "all" leaves out the scores that need it.

    Raises:
        UsageError: an unknown name (with near ones), no score at all, fewer than one dimension, or a PCA before a score
            that reads no features.
    """
    if reduce is not None and reduce < 1:
        raise UsageError(
            f"Cannot reduce to {reduce} dimensions", "at least 1 is needed", "reduce=32", option="reduce", value=32
        )
    names = listed(scores)
    wanted = [info.name for info in SCORES if info.needs.isdisjoint(lacking)] if names == ["all"] else names
    found: dict[str, Column] = {}
    for name in wanted:
        for column in _expand(name, reduce):
            found.setdefault(column.name, column)
    if not found:
        raise UsageError(
            "No score was chosen",
            "baselines stand beside every ranking, and rank nothing",
            'scores="all"',
            option="scores",
            value="all",
        )
    return tuple(found.values())


def listed(names: str | Sequence[str]) -> list[str]:
    """Return names that are given as a sequence, or separated by commas, or both.

    Example:
        >>> listed("knn, logme"), listed(["knn", "leep,nce"])
        (['knn', 'logme'], ['knn', 'leep', 'nce'])
    """
    words = [names] if isinstance(names, str) else names
    return [name.strip() for word in words for name in word.split(",") if name.strip()]


def resampled_too(
    names: str | Sequence[str], columns: Sequence[Column], *, subsamples: int = 20, lacking: Collection[str] = ()
) -> tuple[str, ...]:
    """Return the scores that are to be recomputed on every subsample, however slow they are.

    Args:
        names: as a sequence or separated by commas.
        columns: of the ranking.
        subsamples: how many there will be.
        lacking: what no checkpoint will have, as scores name their needs.

    Raises:
        UsageError: an unknown name (with near ones), one that is not among the columns or has no value there, or no
            subsamples to recompute it on.
    """
    asked = tuple(dict.fromkeys(SCORES.get(name).name for name in listed(names)))
    for name in asked:
        absent = sorted(SCORES.get(name).needs & set(lacking))
        if absent:
            needs = " and ".join(_NEED_NAMES.get(need, need) for need in absent)
            why = f"it needs {needs}, which this ranking does not have"
            raise UsageError(
                f"Cannot recompute '{name}'",
                why,
                f'leave out resample="{name}"',
                option="resample",
                value=name,
                options=("resample",),
            )
        if all(column.info.name != name for column in columns):
            chosen = ",".join(column.name for column in columns)
            raise UsageError(
                f"Cannot recompute '{name}'",
                "it is not among the scores of this ranking",
                f'scores="{chosen},{name}"',
                option="scores",
                value=f"{chosen},{name}",
                options=("resample", "scores"),
            )
    if asked and subsamples < 2:
        raise UsageError(
            f"Cannot recompute '{asked[0]}'",
            "there are no subsamples to recompute it on",
            "subsamples=20",
            option="subsamples",
            value=20,
            options=("resample",),
        )
    return asked


_NEED_NAMES = {
    "reference": "a reference network",
    "reference_maps": "maps",
    "reference_nodes": "maps",
    "label_texts": "label texts",
    "kernel": "kernels of the layers",
}
"""Needs in a reader's words."""


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
            raise UsageError(
                f"Cannot read score '{name}'",
                "after @ stands the number of PCA dimensions",
                f'scores="{plain}@32"',
                option="scores",
                value=f"{plain}@32",
            )
        if not _reads_features(info):
            other = (
                "reads the source head where there is one"
                if "features or logits" in info.needs
                else "reads no features"
            )
            why = f"{info.title} {other}, so there is nothing to reduce"
            raise UsageError(
                f"Cannot reduce the features for '{plain}'", why, f'scores="{plain}"', option="scores", value=plain
            )
        yield Column(f"{plain}@{int(dimensions)}", info, int(dimensions))
        return
    # Expected accuracies were fitted on kernel probes of whole features; scores="kernel_probe@32" reduces them.
    yield Column(plain, info, reduce if _reads_features(info) and plain not in PROBES else None)
    if reduce is None and plain in SHOWN_REDUCED:
        yield Column(f"{plain}@{SHOWN_REDUCED[plain]}", info, SHOWN_REDUCED[plain])


def _reads_features(info: ScoreInfo) -> bool:
    """Whether a PCA of the features is what a score would be computed on; energies are of the source logits where
    there are any.
    """
    return "features" in info.needs
