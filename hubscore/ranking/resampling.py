"""The same columns again on subsamples of the one extraction: no forward pass, and the same rows for every model."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from hubscore.numerics.workspace import Floats, Ints
from hubscore.ranking.columns import Column
from hubscore.ranking.parallel import in_strands, map_threads, usable
from hubscore.ranking.score_inputs import ScoreInputs
from hubscore.ranking.scoring import Parts, join_parts, score_parts, tabulate
from hubscore.ranking.uncertainty import FEW


class Resample(NamedTuple):
    """The results on the subsamples.

    Attributes:
        values: shape (R, columns, models), models sorted by name, NaN where not recomputed or undefined.
        reasons: by column name and model, why there is no value on the first subsample that has none.
    """

    values: Floats
    reasons: dict[tuple[str, str], str]


def plan_resamples(columns: Sequence[Column], count: int, everywhere: Sequence[str] = ()) -> list[int]:
    """Say on how many of the first subsamples each column is recomputed.

    Args:
        columns: of the ranking.
        count: subsamples.
        everywhere: scores to recompute on all of them, however slow they are.
    """
    shares = {"all": count, "few": min(FEW, count), "none": 0}
    return [count if column.info.name in everywhere else shares[column.info.resample] for column in columns]


def recompute(
    inputs: Mapping[str, ScoreInputs],
    columns: Sequence[Column],
    rows: Sequence[Ints],
    options: Mapping[str, Mapping[str, Any]],
    plan: Sequence[int],
    on_step: Callable[[], None] = lambda: None,
    *,
    workers: int | None = None,
) -> Resample:
    """Compute the columns on every subsample that the plan has for them.

    Args:
        inputs: by model.
        columns: of the ranking.
        rows: row numbers of each subsample.
        options: by score name.
        plan: from :func:`plan_resamples`.
        on_step: called when the columns of another model are done on another subsample.
        workers: threads; none for as many as there are cores. The values do not depend on it.

    Returns:
        The values, and why some are missing; nothing needs to be computed again to say so.
    """
    due = due_columns(columns, len(rows), plan)
    if not inputs or not any(plan):
        return join_draws({}, columns, due, options, sorted(inputs), _no_inputs)
    strands = max(1, (usable() if workers is None else workers) // len(inputs))
    drawn = map_threads(
        lambda model, tick: draw(inputs[model], rows, due, options, tick, strands=strands),
        sorted(inputs),
        on_step,
        workers=workers,
    )
    return join_draws(drawn, columns, due, options, sorted(inputs), partial(_all_inputs, inputs, rows))


def due_columns(columns: Sequence[Column], count: int, plan: Sequence[int]) -> list[list[Column]]:
    """Return the columns that each of the subsamples is for.

    Args:
        columns: of the ranking.
        count: subsamples.
        plan: from :func:`plan_resamples`.
    """
    return [[column for column, share in zip(columns, plan, strict=True) if at < share] for at in range(count)]


def draw(
    inputs: ScoreInputs,
    rows: Sequence[Ints],
    due: Sequence[Sequence[Column]],
    options: Mapping[str, Mapping[str, Any]],
    on_step: Callable[[], None] = lambda: None,
    *,
    strands: int = 1,
) -> list[Parts]:
    """Compute what one checkpoint contributes on every subsample; nothing of its inputs is needed afterwards.

    Args:
        inputs: of the checkpoint.
        rows: row numbers of each subsample.
        due: columns of each, from :func:`due_columns`.
        options: by score name.
        on_step: called when another subsample is done.
        strands: subsamples at once. The values do not depend on it.
    """
    if not any(due):
        return [{} for _ in due]
    view = inputs.turned()

    def one(number: int) -> Parts:
        found = score_parts(view.subset(rows[number]), due[number], options)
        on_step()
        return found

    first = one(0)  # what all subsamples share is there after it
    return [first, *in_strands(one, range(1, len(rows)), strands)]


def join_draws(
    drawn: Mapping[str, Sequence[Parts]],
    columns: Sequence[Column],
    due: Sequence[Sequence[Column]],
    options: Mapping[str, Mapping[str, Any]],
    models: Sequence[str],
    inputs: Callable[[int], Mapping[str, ScoreInputs]],
) -> Resample:
    """Compare the checkpoints on every subsample.

    Args:
        drawn: by model, from :func:`draw`; empty where nothing was due.
        columns: of the ranking.
        due: columns of each subsample.
        options: by score name.
        models: their names, sorted.
        inputs: gives all inputs on a subsample, for scores over the set that do not know a single checkpoint's terms.
    """
    values, reasons = np.full((len(due), len(columns), len(models)), np.nan), dict[tuple[str, str], str]()
    for number, chosen in enumerate(due if drawn and any(due) else ()):
        parts = {model: found[number] for model, found in drawn.items()}
        scored = join_parts(parts, chosen, options, partial(inputs, number))
        values[number, [column in chosen for column in columns]] = tabulate(scored, chosen).values
        for model, own in scored.items():
            for name, score in own.items():
                if score.value is None:
                    reasons.setdefault((name, model), score.reason or "")
    return Resample(values, reasons)


def _all_inputs(inputs: Mapping[str, ScoreInputs], rows: Sequence[Ints], number: int) -> dict[str, ScoreInputs]:
    return {model: view.turned().subset(rows[number]) for model, view in inputs.items()}


def _no_inputs(number: int) -> dict[str, ScoreInputs]:
    return {}
