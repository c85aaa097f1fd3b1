"""What scoring leaves of one checkpoint: a few numbers for each column, in place of its features; JSON both ways."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hubscore.errors import Advice, Undefined
from hubscore.ranking.scoring import Part, Parts
from hubscore.types import Json, Score


@dataclass(frozen=True)
class Variants:
    """The columns of one checkpoint on some rows.

    A few columns are taken of the source head, or of the features where a checkpoint of the ranking has no head; which
    of the two counts is known when all checkpoints are.

    Attributes:
        parts: by column, as where every checkpoint has what this one has.
        headless: by column, what differs where another checkpoint has no source head.
    """

    parts: Parts
    headless: Parts

    def chosen(self, *, heads: bool) -> Parts:
        """Return the columns of a ranking whose checkpoints all have source logits, or not all."""
        return self.parts if heads else {**self.parts, **self.headless}


@dataclass(frozen=True)
class Numbers:
    """The numbers of one checkpoint.

    Attributes:
        probes: its columns on each probe in full.
        drawn: its columns on each subsample of the only probe; none where there are no intervals.
        looks: for each row of the first probe, the first row with the same features; none where all differ.
    """

    probes: tuple[Variants, ...]
    drawn: tuple[Variants, ...] = ()
    looks: tuple[int, ...] | None = None

    def to_json(self) -> Json:
        """Return plain values, from which every number comes back to its last bit."""
        return {
            "probes": [_variants_to_json(one) for one in self.probes],
            "drawn": [_variants_to_json(one) for one in self.drawn],
            "looks": None if self.looks is None else list(self.looks),
        }

    @classmethod
    def from_json(cls, data: Json) -> Numbers:
        """Read what :meth:`to_json` wrote.

        Raises:
            Exception: of any type, where the values are damaged.
        """
        looks = data["looks"]
        return cls(
            tuple(map(_variants_from_json, data["probes"])),
            tuple(map(_variants_from_json, data["drawn"])),
            None if looks is None else tuple(map(int, looks)),
        )

    def fits(self, columns: Sequence[str], probes: int, due: Sequence[Sequence[str]]) -> bool:
        """Whether these are the numbers of some columns.

        Args:
            columns: names of those computed on every probe.
            probes: how many.
            due: names of those computed on each subsample.
        """
        full = all(list(one.parts) == list(columns) for one in self.probes)
        drawn = [list(one.parts) for one in self.drawn]
        return full and len(self.probes) == probes and drawn == [list(names) for names in due]


def _variants_to_json(variants: Variants) -> Json:
    return {"parts": _parts_to_json(variants.parts), "headless": _parts_to_json(variants.headless)}


def _variants_from_json(data: Json) -> Variants:
    return Variants(_parts_from_json(data["parts"]), _parts_from_json(data["headless"]))


def _parts_to_json(parts: Parts) -> Json:
    return {
        name: _score_to_json(one) if isinstance(one, Score) else {"part": _terms_to_json(one), "ms": one.milliseconds}
        for name, one in parts.items()
    }


def _score_to_json(score: Score) -> Json:
    value = None if score.value is None else float(score.value)
    return {"value": value, "reason": score.reason, "seed": score.seed, "ms": score.milliseconds}


def _terms_to_json(part: Part) -> list[float] | Json:
    if not isinstance(part.terms, Undefined):
        return [float(term) for term in part.terms]
    error = part.terms
    return {"what": error.what, "why": error.why, "fix": error.own_fix, "advice": [one.name for one in error.advice]}


def _parts_from_json(data: Mapping[str, Any]) -> Parts:
    return {name: _part_from_json(one) if "part" in one else _score_from_json(name, one) for name, one in data.items()}


def _score_from_json(name: str, data: Json) -> Score:
    return Score(name, data["value"], data["reason"], data["seed"], data["ms"])


def _part_from_json(data: Json) -> Part:
    terms = data["part"]
    if isinstance(terms, list):
        return Part(tuple(map(float, terms)), data["ms"])
    advice = tuple(Advice[name] for name in terms["advice"])
    return Part(Undefined(terms["what"], terms["why"], terms["fix"], advice=advice), data["ms"])
