"""One pool of the lines of several runs over the same rows: their order, and what each says of itself in it.

This file needs numpy alone and is copied into every published Space as it is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

FAMILIES = ("probability", "discriminant", "evidence", "neighbour", "probe", "coding")
"""What a consensus averages, as in :mod:`hubscore.ranking.columns`."""
NEVER = ("baseline", "other")
"""Families that enter no consensus, not even where there are no labels."""
BESIDE = ("kernel_probe", "kernel_probe_loss", "layer_kernel_probe", "layer_kernel_probe_loss")
"""Scores that no consensus averages."""
MINIMUM_SHARE = 0.8
"""A score that is defined for less of the pool is shown and not averaged."""
SURE = 1.2815515655446004
"""Normal quantile of 0.9: from which on one model is surely the better one."""
WORLDS, MOST_DRAWN, LEVEL, SHORTLIST = 4000, 2_000_000, 0.95, 0.9
MOST_COMPARED = 2000
"""Lines of which tau-b is computed."""
NAMELESS = re.compile(r"private-\d+(?:@.*)?")
"""What stands for a model that not everybody can see: the first such one of each run has the same name."""
_HALF = 1.6448536269514722
"""Half a 90 % interval in standard deviations."""
Floats = NDArray[np.float64]
Places = NDArray[np.int64]
Columns = Mapping[str, NDArray[Any]]


@dataclass(frozen=True, eq=False)
class Pool:
    """The lines of a union, in the order in which they came."""

    table: Columns
    scores: Mapping[str, Any]
    count: int

    def number(self, name: str) -> Floats:
        """Return a column of numbers, NaN where there is none."""
        return np.asarray(column(self.table, name, self.count, np.nan), dtype=np.float64)

    @cached_property
    def rows(self) -> Floats:
        """How many rows each line rests on; infinite where that is all of them."""
        seen = self.number("rows")
        known = np.where(np.isnan(seen), np.inf, seen)
        return np.where(known >= np.nanmax(np.append(seen, 0.0)), np.inf, known)

    @cached_property
    def compared(self) -> NDArray[np.bool_]:
        """Which lines rest on all rows: numbers of different rows are not compared."""
        return np.isinf(self.rows)

    @cached_property
    def places(self) -> dict[str, Floats]:
        """Mid-rank percentiles of every score among the lines that are compared."""
        found = {}
        for column in self.table:
            name = column.removeprefix("score_")
            if column != name:
                facts = self.scores.get(name)
                lower = isinstance(facts, Mapping) and facts.get("direction") == "lower"
                values = np.where(self.compared, self.number(column), np.nan)
                found[name] = percentiles(-values if lower else values)
        return found

    @cached_property
    def consensus(self) -> Floats:
        """The mean percentile over families, as in a ranking."""
        share = max(int(self.compared.sum()), 1) * MINIMUM_SHARE - 1e-9
        families: dict[str, list[Floats]] = {}
        for name, values in sorted(self.places.items()):
            facts = self.scores.get(name)
            family = str(facts.get("family") or name) if isinstance(facts, Mapping) else name
            if name not in BESIDE and f"{name}+l" not in self.places and (~np.isnan(values)).sum() >= share:
                families.setdefault(family, []).append(values)
        labeled = [name for name in FAMILIES if name in families] or [one for one in families if one not in NEVER]
        return np.round(_mean([_mean(families[name], self.count) for name in labeled], self.count), 12)

    @cached_property
    def angle(self) -> Floats:
        """The arcsin sqrt of the combined or expected accuracy, NaN where there is none."""
        combined, expected = self.number("combined"), self.number("expected")
        worth = np.where(np.isnan(combined), expected, combined)
        return np.where(self.compared, _angle(worth), np.nan)

    @cached_property
    def sd(self) -> Floats:
        """Each one's own error; where a run does not tell it, at most what its interval says, else the largest of the
        pool: an error that nobody knows is not none.
        """
        interval = (_angle(self.number("expected_hi")) - _angle(self.number("expected_lo"))) / (2 * _HALF)
        told = self.number("expected_sd")
        told = np.where(np.isnan(told), interval, told)
        judged = ~np.isnan(self.angle)
        known = told[judged & ~np.isnan(told)]
        return np.where(judged & np.isnan(told), known.max() if len(known) else np.nan, told)

    @cached_property
    def declared(self) -> NDArray[np.bool_]:
        """Which models say that they were trained on this data: none of them comes first."""
        return np.asarray(self.number("declares_this_data") == 1)

    @cached_property
    def order(self) -> Places:
        """The places of the lines, best first."""
        names = [f"{model}\n{who}" for model, who in zip(self.table["model"], self.texts("publisher"), strict=True)]
        keys = (np.array(names), -self.consensus, -self.angle, -self.rows)
        order = np.lexsort(keys)  # NaN stands last
        judged = self.consensus if np.isnan(self.angle).all() else self.angle
        first = next((place for place in order if not self.declared[place] and not np.isnan(judged[place])), None)
        if first is None or not self.declared.any():
            return order
        return np.array([first, *(place for place in order if place != first)], dtype=np.int64)

    def texts(self, name: str) -> list[str]:
        """Return a column of texts."""
        return [str(value or "") for value in column(self.table, name, self.count)]

    def judged(self) -> dict[str, NDArray[Any]]:
        """Return what a line says of itself among the others."""
        rank, group = self._groups()
        empty = np.full(self.count, np.nan)
        chosen = ("consensus_lo", "consensus_hi", "rank_lo", "rank_hi", "mean_rank", "p_best", "shortlist")
        told = {
            **dict.fromkeys(chosen, empty),
            "rank": rank,
            "tie_group": group,
            "candidates": np.full(self.count, float(self.count)),
            "consensus": self.consensus,
            **self._outcomes(rank),
        }
        value = self.angle if (~np.isnan(self.angle)).sum() > 1 else self.consensus
        names = {name.removeprefix("baseline_") for name in self.table if name.startswith("baseline_")}
        names |= {name.removeprefix("tau_") for name in self.table if name.startswith("tau_")}
        return told | {
            f"tau_{name}": np.full(self.count, kendall(value, self.number(f"baseline_{name}"))) for name in names
        }

    def _groups(self) -> tuple[Floats, Floats]:
        """Return ranks and tie groups: who cannot be told apart from the first of a group joins it, and who could not
        within a run of both.
        """
        run, before = self.texts("run"), self.number("tie_group")
        agreed, angle, sd = self.consensus, self.angle, np.nan_to_num(self.sd)

        def tied(one: int, other: int) -> bool:
            if self.compared[one] != self.compared[other] or np.isnan(angle[one]) != np.isnan(angle[other]):
                return False
            if one == self.order[0] and self.declared[other]:
                return False
            if run[one] == run[other] and before[one] == before[other]:
                return True
            if not np.isnan(angle[one]):
                return bool(abs(angle[one] - angle[other]) <= SURE * np.hypot(sd[one], sd[other]) + 1e-12)
            return bool(agreed[one] == agreed[other])

        rank, group = np.empty(self.count), np.empty(self.count)
        first, start, number = -1, 0, 0
        for place, line in enumerate(self.order.tolist(), 1):
            if number == 0 or not tied(first, line):
                first, start, number = line, place, number + 1
            rank[line], group[line] = start, number
        return rank, group

    def _outcomes(self, rank: Floats) -> dict[str, Floats]:
        """Draw how fine-tuning might turn out: P(best), shortlist and intervals of ranks; lines of one model share its
        error and its chance.
        """
        mine = np.flatnonzero(~np.isnan(self.angle) & ~np.isnan(self.sd))
        if not len(mine):
            return {}
        names, model = np.unique(np.array(identities(self.table))[mine], return_inverse=True)
        rng = np.random.default_rng([0, len(names)])
        count = max(200, min(WORLDS, MOST_DRAWN // len(mine)))
        worlds = self.angle[mine] + self.sd[mine] * rng.standard_normal((count, len(names)))[:, model]
        best = np.full((count, len(names)), -np.inf)
        for line, of in enumerate(model):
            if not self.declared[mine[line]]:
                best[:, of] = np.maximum(best[:, of], worlds[:, line])
        top = (best == best.max(axis=1, keepdims=True)) & np.isfinite(best)
        chance = (top / np.maximum(top.sum(axis=1, keepdims=True), 1)).mean(axis=0)
        held = np.argsort(-chance, kind="stable")
        listed = held[: int(np.searchsorted(np.cumsum(chance[held]), SHORTLIST - 1e-9)) + 1]
        ranks = np.sort(np.argsort(np.argsort(-worlds, axis=1), axis=1) + 1, axis=0)
        tail = (1 - LEVEL) / 2
        low, high = ranks[int(np.floor(tail * count))], ranks[int(np.ceil((1 - tail) * count)) - 1]
        free = ~self.declared[mine]
        told = {
            "p_best": np.where(free, chance[model], np.nan),
            "shortlist": np.where(np.isin(model, listed) & free & chance.any(), 1.0, 0.0),
            "rank_lo": np.minimum(low, rank[mine]),
            "rank_hi": np.maximum(high, rank[mine]),
        }
        return {name: self._spread(mine, values) for name, values in told.items()}

    def _spread(self, mine: Places, values: Floats) -> Floats:
        spread = np.full(self.count, np.nan)
        spread[mine] = values
        return spread


def kendall(first: Floats, second: Floats) -> float:
    """Kendall's tau-b over what both have; NaN where fewer than two have, one is constant, or there are too many."""
    both = ~(np.isnan(first) | np.isnan(second))
    if int(both.sum()) > MOST_COMPARED:
        return float("nan")
    a, b = (np.sign(values[both][:, None] - values[both]) for values in (first, second))
    spread = float(np.sqrt(float(np.count_nonzero(a)) * np.count_nonzero(b)))
    return float((a * b).sum() / spread) if spread else float("nan")


def column(columns: Columns, name: str, count: int, missing: Any = "") -> NDArray[Any]:
    """Return a column, one of nothing where there is none."""
    return columns[name] if name in columns else np.full(count, missing, dtype=object if missing == "" else float)


def identities(columns: Columns) -> list[str]:
    """Return what tells models apart: their names, and of those that stay nameless their commits too."""
    commits = column(columns, "model_revision", len(columns["model"]))
    return [
        f"{model} {commit}" if NAMELESS.fullmatch(str(model)) else str(model)
        for model, commit in zip(columns["model"], commits, strict=True)
    ]


def percentiles(values: Floats) -> Floats:
    """Return the mid-rank percentile of each value among the defined ones; larger is better.

    Example:
        >>> percentiles(np.array([3.0, 1.0, 1.0, np.nan])).round(3)
        array([0.833, 0.333, 0.333,   nan])
    """
    known = ~np.isnan(values)
    mantissa, exponent = np.frexp(values[known])
    rounded = np.ldexp(np.round(np.ldexp(mantissa, 30)), exponent - 30)  # as in a ranking
    _, where, equal = np.unique(rounded, return_inverse=True, return_counts=True)
    found = np.full(len(values), np.nan)
    found[known] = (np.cumsum(equal) - equal / 2)[where] / max(int(known.sum()), 1)
    return found


def _angle(accuracy: Floats) -> Floats:
    return np.arcsin(np.sqrt(np.clip(accuracy, 0.0, 1.0)))


def _mean(columns: list[Floats], count: int) -> Floats:
    """Mean of what is defined, NaN where nothing is."""
    if not columns:
        return np.full(count, np.nan)
    table = np.stack(columns)
    defined = (~np.isnan(table)).sum(axis=0)
    return np.where(defined > 0, np.nansum(table, axis=0) / np.maximum(defined, 1), np.nan)
