"""Rows in a new order: what of them can still be told apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from hubscore.calibration.scale import to_angle
from hubscore.ranking.uncertainty import tie_groups
from hubscore.ranking.worlds import alike, outcomes
from hubscore.types import Row


def judge_reordered(rows: Sequence[Row], known: Mapping[str, tuple[float, float]], seed: int) -> tuple[Row, ...]:
    """Say of rows in a new order what can be told apart: ranks, ties and, by worlds, intervals, P(best) and shortlist.

    Rows without an expected accuracy keep their tie groups among each other.

    Args:
        rows: in their final order.
        known: angle and error of the models that more is known of than their row's expected accuracy; by model.
        seed: of the worlds.
    """
    sure = {row.model: _foreseen(row) for row in rows} | dict(known)
    mine = sorted((place for place, row in enumerate(rows) if sure[row.model]), key=lambda place: rows[place].model)
    pairs = np.array([sure[rows[place].model] for place in mine], dtype=np.float64).reshape(-1, 2)
    angle, error = pairs.T
    by_outcome, places = alike(angle, error), {place: number for number, place in enumerate(mine)}

    def tied(one: int, other: int) -> bool:
        if one == 0 and rows[other].declares_this_data:
            return False
        if one in places or other in places:
            return one in places and other in places and by_outcome(places[one], places[other])
        return rows[one].tie_group == rows[other].tie_group

    numbered = _numbered(rows, tie_groups(range(len(rows)), tied))
    if not mine:
        return tuple(numbered)
    if any(row.expected is None for row in rows if row.model in known):  # by consensus: nothing is known of the others
        return tuple(replace(row, rank_ci=None) if row.model in known else row for row in numbered)
    worlds = outcomes(angle, error, np.array([not rows[place].declares_this_data for place in mine]), seed=seed)
    for number, place in enumerate(mine):
        row, (low, high) = numbered[place], worlds.rank_ci[number].tolist()
        numbered[place] = replace(
            row,
            p_best=None if row.declares_this_data else float(worlds.p_best[number]),
            shortlist=bool(worlds.shortlist[number]),
            rank_ci=(min(low, row.rank), max(high, row.rank)),
        )
    return tuple(numbered)


def _foreseen(row: Row) -> tuple[float, float] | None:
    """Return angle and error of a row's expected accuracy."""
    if row.expected is None or row.expected_sd is None:
        return None
    return float(to_angle(row.expected)), row.expected_sd


def _numbered(rows: Sequence[Row], groups: Sequence[int]) -> list[Row]:
    """Give rows the rank of the first of their group; intervals that were drawn before hold the new rank too."""
    starts, numbered = dict[int, int](), list[Row]()
    for place, (row, group) in enumerate(zip(rows, groups, strict=True), 1):
        rank = starts.setdefault(group, place)
        interval = row.rank_ci and (min(row.rank_ci[0], rank), max(row.rank_ci[1], rank))
        numbered.append(replace(row, rank=rank, tie_group=group, rank_ci=interval))
    return numbered
