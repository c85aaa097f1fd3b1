"""What the noise of accuracies leaves to be reached on each data set: by a perfect order, and by fine-tuning again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations

from hubscore.bench.compare import Match, match_column
from hubscore.bench.noise import ceiling
from hubscore.bench.transfer_table import TransferRow, TransferTable
from hubscore.bench.truth import Truth

LEAST = 3
"""Models that a correlation needs."""


def ceilings(
    table: TransferTable, groups: Mapping[str, Sequence[TransferRow]], k: int, relevant: int
) -> dict[str, dict[str, list[Match | None]]]:
    """Return the matches of a perfect order, simulated, and of one run of fine-tuning with the later ones.

    Args:
        table: with accuracies, and what is known of their noise.
        groups: rows by data set.
        k: of P@k, R@k, rel@k and regret@k; at most the number of models.
        relevant: how many count as truly best; at most half of them.

    Returns:
        By name of the ceiling and data set one match a pair of runs; none where nothing is known.
    """
    perfect: dict[str, list[Match | None]] = {}
    again: dict[str, list[Match | None]] = {}
    for group, rows in groups.items():
        truth = table.truths.get(group)
        models = list(dict.fromkeys(row.model for row in rows))
        perfect[group] = [None if truth is None else _perfect(truth, models)]
        again[group] = [None] if truth is None else _another_run(truth, models, k, relevant)
    return {"perfect order": perfect, "another run": _of_one_length(again)}


def _perfect(truth: Truth, models: Sequence[str]) -> Match | None:
    errors = truth.standard_errors()
    if errors is None or len(models) < LEAST or any(model not in errors.by_model for model in models):
        return None
    most = ceiling([truth.accuracies[model] for model in models], [errors.by_model[model] for model in models])
    return Match("perfect order", "ceiling", len(models), most.weighted_tau, pearson=most.pearson, regret=most.regret)


def _another_run(truth: Truth, models: Sequence[str], k: int, relevant: int) -> list[Match | None]:
    """Judge each run of fine-tuning by each later one, over the models that have both."""
    several = [model for model in models if model in truth.runs]
    if len(several) < LEAST:
        return [None]
    count = min(len(truth.runs[model]) for model in several)
    pairs = combinations(range(count), 2)
    return [
        match_column(
            "another run",
            "ceiling",
            {model: truth.runs[model][one] for model in several},
            {model: truth.runs[model][other] for model in several},
            min(k, len(several)),
            max(1, min(relevant, len(several) // 2)),
        )
        for one, other in pairs
    ]


def _of_one_length(matches: Mapping[str, list[Match | None]]) -> dict[str, list[Match | None]]:
    longest = max((len(each) for each in matches.values()), default=0)
    return {group: each + [None] * (longest - len(each)) for group, each in matches.items()}
