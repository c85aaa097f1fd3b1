"""Several fresh probes of the same data instead of subsamples of one: every score is the mean over them, as the
papers report it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from hubscore.ranking.columns import Column
from hubscore.ranking.order import ResampledValues
from hubscore.ranking.score_inputs import ScoreInputs
from hubscore.ranking.scoring import Scored, score_all, tabulate
from hubscore.types import Score


def score_probes(
    inputs: Sequence[Mapping[str, ScoreInputs]],
    columns: Sequence[Column],
    options: Mapping[str, Mapping[str, Any]],
    tick: Callable[[], None] = lambda: None,
) -> tuple[Scored, ResampledValues]:
    """Compute every column of every checkpoint on every probe in full.

    Args:
        inputs: one mapping for each probe, all of the same models.
        columns: what to compute.
        options: by score name.
        tick: called when the columns of another model are done on another probe.

    Returns:
        The means over the probes, a score that is undefined on one of them being undefined; and the values on each,
        whose spread over the square root of their number is the standard error of the mean.
    """
    each = [score_all(one, columns, options, tick) for one in inputs]
    means = {
        model: {column.name: _mean([scored[model][column.name] for scored in each]) for column in columns}
        for model in sorted(inputs[0])
    }
    values = np.stack([tabulate(scored, columns).values for scored in each])
    rows = min(view.plain.n for one in inputs for view in one.values())
    return means, ResampledValues(values, [len(each)] * len(columns), rows, None)


def _mean(scores: Sequence[Score]) -> Score:
    """Average one score of one model over the probes."""
    first, missing = scores[0], [score.reason for score in scores if score.value is None]
    spent = round(sum(score.milliseconds or 0.0 for score in scores), 3)
    if missing:
        return Score(first.name, None, f"on {len(missing)} of {len(scores)} probes: {missing[0]}", first.seed, spent)
    return Score(
        first.name,
        float(np.mean([score.value for score in scores if score.value is not None])),
        None,
        first.seed,
        spent,
    )
