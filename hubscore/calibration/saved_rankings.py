"""Scores of the kernel probes from rankings that hubscore saved, to be joined with a table of accuracies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from hubscore.calibration.dataset_names import same_dataset
from hubscore.calibration.evidence import SCORES
from hubscore.calibration.transfer import Transfer
from hubscore.errors import UsageError
from hubscore.text import clean
from hubscore.types import Ranking


def transfers_of(ranking: Ranking, path: str | Path) -> list[Transfer]:
    """Return one row without accuracy for every model of a ranking.

    Args:
        ranking: as it was saved.
        path: where, for messages.

    Raises:
        UsageError: it names no data set, or has none of the scores.
    """
    probe = ranking.probe
    if not probe.dataset:
        raise UsageError(f"'{clean(path)}' names no data set", "", "rank again with --out ranking.json")
    if not any(name in row.scores for row in ranking.rows for name in SCORES):
        fix = f"hubscore rank {probe.dataset} --scores {','.join(SCORES)} --out {path}"
        raise UsageError(f"'{clean(path)}' has no scores of kernel probes", "it was made without them", fix)
    sizes = {model: about.get("input_size") for model, about in ranking.record.extractions.items()}
    return [
        Transfer(
            row.model,
            probe.dataset,
            family=row.family,
            classes=len(probe.classes) or probe.n_classes,
            samples=probe.size or None,
            input_size=_side(sizes.get(row.model)),
            scores={name: row.scores[name] for name in SCORES if name in row.scores},
        )
        for row in ranking.rows
    ]


def named_alike(ranked: Sequence[Transfer], known: Sequence[Transfer]) -> list[Transfer]:
    """Give data sets and models of rankings the names that tables of accuracies have for them.

    A data set is the same where its name is, whoever owns it; a model is the same where its name is, or where it is a
    folder that ends in it.

    Args:
        ranked: from rankings.
        known: from tables.

    Example:
        >>> table = [Transfer("lab/net", "birds", accuracy=0.9)]
        >>> found = named_alike([Transfer("/zoo/models/lab/net", "user/Birds")], table)
        >>> found[0].model, found[0].target
        ('lab/net', 'birds')
    """
    targets, models = dict.fromkeys(one.target for one in known), dict.fromkeys(one.model for one in known)
    renamed = {name: next((one for one in targets if same_dataset(one, name)), name) for name in _names(ranked, True)}
    found = {name: next((one for one in models if same_model(one, name)), name) for name in _names(ranked, False)}
    return [replace(one, model=found[one.model], target=renamed[one.target]) for one in ranked]


def _names(rows: Sequence[Transfer], targets: bool) -> list[str]:
    return list(dict.fromkeys(one.target if targets else one.model for one in rows))


def same_model(known: str, name: str) -> bool:
    """Whether a name is a known one, or a folder that ends in it.

    Example:
        >>> same_model("lab/net", "/zoo/models/lab/net"), same_model("net", "lab/subnet")
        (True, False)
    """
    return known == name or name.replace("\\", "/").rstrip("/").endswith(f"/{known}")


def _side(size: object) -> float | None:
    """Return the pixels per side that a ranking's record gives, as a number or as channels, height and width."""
    if isinstance(size, (list, tuple)) and size:
        size = size[-1]
    return float(size) if isinstance(size, (int, float)) and not isinstance(size, bool) and size > 0 else None
