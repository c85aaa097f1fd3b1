"""Every column of every checkpoint: a value, or the reason why there is none."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from time import perf_counter
from typing import Any

import numpy as np

from hubscore.errors import Undefined
from hubscore.ranking.columns import FAMILIES, Column, Table
from hubscore.ranking.views import Views
from hubscore.scores.api import compute, compute_pool
from hubscore.scores.info import ScoreInfo
from hubscore.scores.workspace import Workspace
from hubscore.types import Score

Scored = dict[str, dict[str, Score]]
"""By model, then by column."""


def score_all(
    views: Mapping[str, Views],
    columns: Sequence[Column],
    options: Mapping[str, Mapping[str, Any]],
    tell: Callable[[], None] = lambda: None,
) -> Scored:
    """Compute every column of every checkpoint, those that are defined over the set last.

    Args:
        views: by model.
        columns: what to compute.
        options: by score name, from :func:`options_for`.
        tell: called when the columns of another model are done.

    Returns:
        One score a model and column; nothing is left out.
    """
    scored: Scored = {}
    for model in sorted(views):
        scored[model] = {column.name: score_one(column, views[model], options) for column in columns if not column.info.pool}
        tell()
    for column in columns:
        if column.info.pool:
            for model, score in score_set(column, views, options).items():
                scored[model][column.name] = score
    return scored


def score_one(column: Column, views: Views, options: Mapping[str, Mapping[str, Any]]) -> Score:
    """Compute one column of one checkpoint."""
    start = perf_counter()
    chosen = options.get(column.info.name, {})
    value: float | None = None
    reason: str | None = None
    try:
        value = compute(column.info, views.of(column), **chosen)
    except Undefined as error:
        reason = error.reason
    except Exception as error:  # one score that breaks on one checkpoint, a plugin's perhaps, must not stop the run: it is named
        reason = broken(error)
    return Score(column.name, value, reason, chosen.get("seed"), milliseconds(start))


def score_set(column: Column, views: Mapping[str, Views], options: Mapping[str, Mapping[str, Any]]) -> dict[str, Score]:
    """Compute one column that is defined over the set of checkpoints, over those for which it can be."""
    start = perf_counter()
    chosen = options.get(column.info.name, {})
    spaces = {model: views[model].of(column) for model in sorted(views)}
    reasons: dict[str, str] = {}
    values: dict[str, float] = {}
    while len(reasons) < len(spaces) and not values:
        members = [model for model in spaces if model not in reasons]
        found = _values(column.info, [spaces[model] for model in members], chosen)
        if isinstance(found, list):
            values = dict(zip(members, found, strict=True))
            continue
        # A checkpoint that fails by itself for the same reason is what stopped the set; where none does, it is the set.
        alone = [model for model in members if _values(column.info, [spaces[model]], chosen) == found]
        reasons |= dict.fromkeys(alone or members, found)
    share = round(milliseconds(start) / max(len(views), 1), 3)
    return {model: Score(column.name, values.get(model), reasons.get(model), chosen.get("seed"), share) for model in spaces}


def _values(info: ScoreInfo, workspaces: Sequence[Workspace], options: Mapping[str, Any]) -> list[float] | str:
    """Return the values of a set of checkpoints, or the reason why there are none."""
    try:
        return compute_pool(info, workspaces, **options)
    except Undefined as error:
        return error.reason
    except Exception as error:  # as above
        return broken(error)


def options_for(columns: Sequence[Column], *, seed: int, heads: bool) -> dict[str, dict[str, Any]]:
    """Return the options that a ranking sets: its seed, and one kind of energy for all.

    Args:
        columns: of the ranking.
        seed: passed to every score that draws at random.
        heads: whether every checkpoint has source logits; without, energies are taken of the features.
    """
    options: dict[str, dict[str, Any]] = {}
    for column in columns:
        chosen = options.setdefault(column.info.name, {})
        if "seed" in column.info.options:
            chosen["seed"] = seed
        if "energy_of" in column.info.options and column.info.name == "energy":
            chosen["energy_of"] = "logits" if heads else "features"
    return options


def tabulate(scored: Scored, columns: Sequence[Column], families: tuple[str, ...] = FAMILIES) -> Table:
    """Arrange scores as an array, models sorted by name; ``families`` are those that the consensus averages."""
    models = tuple(sorted(scored))
    values = np.full((len(columns), len(models)), np.nan)
    for row, column in enumerate(columns):
        for position, model in enumerate(models):
            value = scored[model][column.name].value
            values[row, position] = np.nan if value is None else value
    return Table(models, tuple(columns), values, families)


def broken(error: Exception) -> str:
    """Say on one line that a computation failed."""
    return f"its computation failed ({type(error).__name__}: {' '.join(str(error).split())})"


def milliseconds(start: float) -> float:
    """Milliseconds since ``start``."""
    return round((perf_counter() - start) * 1000, 3)
