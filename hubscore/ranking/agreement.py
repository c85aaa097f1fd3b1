"""Which scores order the models alike, and whether the order is one that a baseline gives for nothing."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np

from hubscore.errors import Advice
from hubscore.numerics.ranks import tau_b
from hubscore.numerics.workspace import Floats
from hubscore.ranking.columns import FAMILIES, Table

NEARLY = 0.8
FEWEST = 8
"""Models of which such a warning is made: of three, every third order is a baseline's own or its reverse by chance."""
BASELINE_TITLES = {
    "size": "size",
    "downloads": "popularity (downloads)",
    "likes": "popularity (likes)",
    "capacity": "capacity (depth)",
    "heuristic": "the heuristic of depth and data size",
    "random": "chance (the random baseline)",
}


def kendall(first: Floats, second: Floats) -> float | None:
    """Kendall's tau-b over the models for which both are defined.

    Args:
        first: shape (models,), NaN where undefined.
        second: the same.

    Returns:
        Between -1 and 1; none where fewer than two models have both, or one is constant.
    """
    both = ~(np.isnan(first) | np.isnan(second))
    if both.sum() < 2:
        return None
    tau = tau_b(first[both], second[both])
    return None if math.isnan(tau) else round(tau, 12)


def between_scores(table: Table) -> dict[str, dict[str, float | None]]:
    """Return tau-b between every two columns, with the sign under which 1 means the same order of models."""
    oriented = table.oriented
    names = [column.name for column in table.columns]
    matrix: dict[str, dict[str, float | None]] = {name: {} for name in names}
    for i, name in enumerate(names):
        for j in range(i, len(names)):
            matrix[name][names[j]] = matrix[names[j]][name] = kendall(oriented[i], oriented[j])
    return {name: {other: matrix[name][other] for other in names} for name in names}


def with_baselines(consensus: Floats, baselines: Mapping[str, Sequence[float | None]]) -> dict[str, float | None]:
    """Return tau-b of the consensus with each baseline; ``baselines`` has one value per model."""
    return {
        name: kendall(consensus, np.array([math.nan if value is None else value for value in values], dtype=float))
        for name, values in baselines.items()
    }


def unlabeled(table: Table, reference: str | None = None) -> list[str]:
    """Say what an order without labels rests on, and what labels would add.

    Args:
        table: the scores.
        reference: name of the network that candidates are compared with.
    """
    if table.families == FAMILIES:
        return []
    more = (
        f"{Advice.LABELS.words}, and the scores that look at labels are computed and averaged: logme, h_score, knn and"
        " others"
    )
    if reference is None:
        more = f"{Advice.REFERENCE.words} (trained on the target task), or {more}"
    counting = [column.info.family in table.families for column in table.columns]
    if not np.isfinite(table.values[counting]).any():
        return [
            "there are no labels, and none of these scores has a value without them: the models are not in order;"
            f" {more}"
        ]
    if "label-free" in table.families:
        weak = "energy alone, which compares raw magnitudes and is a weak guide"
        return [f"there are no labels: this order rests on {weak}; {more}"]
    alike = (
        f"{reference} is the reference network itself: that it resembles itself most says nothing of how it transfers"
    )
    itself = [alike] if reference in table.models else []
    return [f"there are no labels: this order says which checkpoints resemble the reference network; {more}", *itself]


def unordered(table: Table, consensus: Floats) -> list[str]:
    """Say what the order rests on where there are labels and no score that the consensus averages."""
    if table.families != FAMILIES or np.isfinite(consensus).any():
        return []
    return [
        "none of these scores enters the consensus: the models stand in the order of their mean rank;"
        f" {Advice.ALL_SCORES.words} for a consensus"
    ]


def warnings(taus: Mapping[str, float | None], models: int) -> list[str]:
    """Say which baselines give nearly the same order, or the reverse; of a few models many orders do, so eight are
    needed.
    """
    if models < FEWEST:
        return []
    lines = []
    for name, tau in taus.items():
        if tau is None or abs(tau) < NEARLY:
            continue
        order = "the order" if tau > 0 else "the reverse of the order"
        lines.append(
            f"this order is nearly {order} by {BASELINE_TITLES.get(name, name)}"
            f" (Kendall's tau-b {tau:+.2f} over {models} models)"
        )
    return lines
