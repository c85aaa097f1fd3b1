"""Every column of every checkpoint: a value, or the reason why there is none."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import Any

import numpy as np

from hubscore.errors import Advice, Undefined
from hubscore.numerics.workspace import Workspace
from hubscore.ranking.columns import FAMILIES, Column, Table
from hubscore.ranking.parallel import map_threads
from hubscore.ranking.score_inputs import ScoreInputs
from hubscore.scores.api import compute, compute_pool, pool_terms, pool_values
from hubscore.types import Score

Scored = dict[str, dict[str, Score]]
"""By model, then by column."""


@dataclass(frozen=True)
class Part:
    """One checkpoint's part of a score over the set: its terms, or why there are none."""

    terms: tuple[float, ...] | Undefined
    milliseconds: float


Parts = dict[str, Score | Part]
"""Of one checkpoint, by column; columns that need all checkpoints at once are missing."""


def score_all(
    inputs: Mapping[str, ScoreInputs],
    columns: Sequence[Column],
    options: Mapping[str, Mapping[str, Any]],
    on_step: Callable[[], None] = lambda: None,
    *,
    workers: int | None = None,
) -> Scored:
    """Compute every column of every checkpoint, those that are defined over the set last.

    Args:
        inputs: by model.
        columns: what to compute.
        options: by score name, from :func:`options_for`.
        on_step: called when the columns of another model are done.
        workers: threads; none for as many as there are cores. The values do not depend on it.

    Returns:
        One score per model and column; nothing is left out.
    """

    def work(model: str, tick: Callable[[], None]) -> Parts:
        found = score_parts(inputs[model].fresh(), columns, options)
        tick()
        return found

    first, *rest = sorted(inputs)
    parts = {first: work(first, on_step)}  # by itself, so that what it imports is there when threads start
    parts |= map_threads(work, rest, on_step, workers=workers)
    return join_parts(parts, columns, options, lambda: inputs, whole=inputs[first].whole)


def score_parts(inputs: ScoreInputs, columns: Sequence[Column], options: Mapping[str, Mapping[str, Any]]) -> Parts:
    """Compute what one checkpoint contributes to every column; nothing of its inputs is needed afterwards."""
    return {
        column.name: part_one(column, inputs, options) if column.info.pool else score_one(column, inputs, options)
        for column in columns
        if column.info.values or not column.info.pool
    }


def join_parts(
    parts: Mapping[str, Parts],
    columns: Sequence[Column],
    options: Mapping[str, Mapping[str, Any]],
    inputs: Callable[[], Mapping[str, ScoreInputs]],
    *,
    whole: bool = False,
) -> Scored:
    """Compare the checkpoints on the columns that are defined over the set.

    Args:
        parts: by model, from :func:`score_parts`.
        columns: of the ranking.
        options: by score name.
        inputs: gives all inputs, for scores over the set that do not know a single checkpoint's terms.
        whole: whether the data have no more rows, so that nobody is advised to draw more.
    """
    scored: Scored = {
        model: {name: score for name, score in own.items() if isinstance(score, Score)} for model, own in parts.items()
    }
    for column in columns:
        if column.info.pool:
            own = {model: found[column.name] for model, found in parts.items()} if column.info.values else {}
            given = {model: found for model, found in own.items() if isinstance(found, Part)}
            joined = (
                join_set(column, given, options, whole=whole)
                if column.info.values
                else score_set(column, inputs(), options)
            )
            for model, score in joined.items():
                scored[model][column.name] = score
    return {model: scored[model] for model in sorted(scored)}


def score_one(column: Column, inputs: ScoreInputs, options: Mapping[str, Mapping[str, Any]]) -> Score:
    """Compute one column of one checkpoint."""
    start = perf_counter()
    chosen = options.get(column.info.name, {})
    value: float | None = None
    reason: str | None = None
    try:
        value = compute(column.info, inputs.of(column), **chosen)
    except Undefined as error:
        reason = undefined_reason(column, error, whole=inputs.whole)
    except (
        Exception
    ) as error:  # one score that breaks on one checkpoint, a plugin's perhaps, must not stop the run: it is named
        reason = broken(error)
    return Score(column.name, value, reason, chosen.get("seed"), milliseconds(start))


def part_one(column: Column, inputs: ScoreInputs, options: Mapping[str, Mapping[str, Any]]) -> Part:
    """Compute one checkpoint's part of a column that is defined over the set."""
    start = perf_counter()
    terms: tuple[float, ...] | Undefined
    try:
        terms = pool_terms(column.info, inputs.of(column), **options.get(column.info.name, {}))
    except Undefined as error:
        terms = error
    except Exception as error:  # as above
        terms = Undefined(f"{column.info.title} is undefined", broken(error))
    return Part(terms, milliseconds(start))


def join_set(
    column: Column, parts: Mapping[str, Part], options: Mapping[str, Mapping[str, Any]], *, whole: bool = False
) -> dict[str, Score]:
    """Compare checkpoints by their parts; those without one are left out with the reason."""
    seed = options.get(column.info.name, {}).get("seed")
    found = pool_values(column.info, [part.terms for part in parts.values()])
    return {
        model: Score(column.name, None, undefined_reason(column, value, whole=whole), seed, part.milliseconds)
        if isinstance(value, Undefined)
        else Score(column.name, value, None, seed, part.milliseconds)
        for (model, part), value in zip(parts.items(), found, strict=True)
    }


def score_set(
    column: Column, inputs: Mapping[str, ScoreInputs], options: Mapping[str, Mapping[str, Any]]
) -> dict[str, Score]:
    """Compute one column that is defined over the set of checkpoints, over those for which it can be."""
    whole = any(one.whole for one in inputs.values())
    if column.info.values:
        parts = {model: part_one(column, inputs[model], options) for model in sorted(inputs)}
        return join_set(column, parts, options, whole=whole)
    start = perf_counter()
    chosen = options.get(column.info.name, {})
    spaces = {model: inputs[model].of(column) for model in sorted(inputs)}
    reasons: dict[str, str] = {}
    values: dict[str, float] = {}
    while len(reasons) < len(spaces) and not values:
        members = [model for model in spaces if model not in reasons]
        found = _values(column, [spaces[model] for model in members], chosen, whole=whole)
        if isinstance(found, list):
            values = dict(zip(members, found, strict=True))
            continue
        # A checkpoint that fails by itself for the same reason is what stopped the set; where none does, it is the set.
        alone = [model for model in members if _values(column, [spaces[model]], chosen, whole=whole) == found]
        reasons |= dict.fromkeys(alone or members, found)
    share = round(milliseconds(start) / max(len(inputs), 1), 3)
    return {
        model: Score(column.name, values.get(model), reasons.get(model), chosen.get("seed"), share) for model in spaces
    }


def _values(
    column: Column, workspaces: Sequence[Workspace], options: Mapping[str, Any], *, whole: bool
) -> list[float] | str:
    """Return the values of a set of checkpoints, or the reason why there are none."""
    try:
        return compute_pool(column.info, workspaces, **options)
    except Undefined as error:
        return undefined_reason(column, error, whole=whole)
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


def undefined_reason(column: Column, error: Undefined, *, whole: bool = False) -> str:
    """Return the reason as the column shows it: where the features are reduced already, reducing them is no advice, and
    more samples are none where the data have no more rows.

    Example:
        >>> from hubscore.ranking.columns import choose
        >>> plain, reduced = choose("h_score")
        >>> error = Undefined("It is undefined", "there are few samples", advice=(Advice.REDUCE, Advice.SAMPLES))
        >>> undefined_reason(plain, error)
        'there are few samples; reduce to 32 dimensions, or use more samples'
        >>> undefined_reason(reduced, error)
        'there are few samples; use more samples'
        >>> undefined_reason(plain, error, whole=True)
        'there are few samples; reduce to 32 dimensions'
        >>> undefined_reason(reduced, error, whole=True)
        'there are few samples; the data have no more rows'
    """
    told = error if column.reduce is None else error.without(Advice.REDUCE)
    return (told.on_all_rows() if whole else told).reason


def broken(error: Exception) -> str:
    """Say on one line that a computation failed."""
    return f"its computation failed ({type(error).__name__}: {' '.join(str(error).split())})"


def milliseconds(start: float) -> float:
    """Milliseconds since ``start``."""
    return round((perf_counter() - start) * 1000, 3)
