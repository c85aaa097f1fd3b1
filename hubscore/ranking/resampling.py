"""The same columns again on subsamples of the one extraction: no forward pass, and the same rows for every model."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from itertools import product
from typing import Any, NamedTuple

import numpy as np

from hubscore.numerics.workspace import Floats, Ints
from hubscore.ranking.columns import Column
from hubscore.ranking.parallel import map_threads, usable
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
    values, reasons = np.full((len(rows), len(columns), len(inputs)), np.nan), dict[tuple[str, str], str]()
    if not inputs or not any(plan):
        return Resample(values, reasons)
    due = [
        [column for column, count in zip(columns, plan, strict=True) if number < count] for number in range(len(rows))
    ]
    drawn = _drawn(
        inputs,
        rows,
        lambda view, number: score_parts(view.subset(rows[number]), due[number], options),
        on_step,
        workers,
    )
    for number, chosen in enumerate(due):
        parts = {model: found[number] for model, found in drawn.items()}
        scored = join_parts(parts, chosen, options, partial(_all_inputs, inputs, rows[number]))
        values[number, [column in chosen for column in columns]] = tabulate(scored, chosen).values
        for model, own in scored.items():
            for name, score in own.items():
                if score.value is None:
                    reasons.setdefault((name, model), score.reason or "")
    return Resample(values, reasons)


def _drawn(
    inputs: Mapping[str, ScoreInputs],
    rows: Sequence[Ints],
    score: Callable[[ScoreInputs, int], Parts],
    on_step: Callable[[], None],
    workers: int | None,
) -> dict[str, dict[int, Parts]]:
    """Score every subsample of every model, by model and number; several subsamples of one model at once where cores
    outnumber models.
    """
    strands = max(1, (usable() if workers is None else workers) // len(inputs))
    alone = len(rows) if strands == 1 else 1  # what all subsamples of a model share is there after the first
    turned: dict[str, ScoreInputs] = {}

    def begin(model: str, tick: Callable[[], None]) -> dict[int, Parts]:
        view = inputs[model].turned()
        if strands > 1:
            turned[model] = view
        return run(view, range(alone), tick)

    def go_on(strand: tuple[str, int], tick: Callable[[], None]) -> dict[int, Parts]:
        return run(turned[strand[0]], range(alone + strand[1], len(rows), strands), tick)

    def run(view: ScoreInputs, numbers: Iterable[int], tick: Callable[[], None]) -> dict[int, Parts]:
        found = {}
        for number in numbers:
            found[number] = score(view, number)
            tick()
        return found

    found = map_threads(begin, sorted(inputs), on_step, workers=workers)
    if alone < len(rows):
        for (model, _), more in map_threads(
            go_on, product(sorted(inputs), range(strands)), on_step, workers=workers
        ).items():
            found[model] |= more
    return found


def _all_inputs(inputs: Mapping[str, ScoreInputs], subsample: Ints) -> dict[str, ScoreInputs]:
    return {model: view.turned().subset(subsample) for model, view in inputs.items()}
