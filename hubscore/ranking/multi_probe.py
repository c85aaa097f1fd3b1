"""Several fresh probes of the same data instead of subsamples of one: every score is the mean over them, as the
papers report it.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from hubscore.ranking.columns import Column
from hubscore.ranking.order import ResampledValues
from hubscore.ranking.scoring import Scored, tabulate
from hubscore.types import Score


def average_probes(each: Sequence[Scored], columns: Sequence[Column], rows: int) -> tuple[Scored, ResampledValues]:
    """Average every column of every checkpoint over the probes.

    Args:
        each: every score on each probe in full, of the same models.
        columns: that were computed.
        rows: of the smallest probe.

    Returns:
        The means over the probes, a score that is undefined on one of them being undefined; and the values on each,
        whose spread over the square root of their number is the standard error of the mean.
    """
    means = {
        model: {column.name: _mean([scored[model][column.name] for scored in each]) for column in columns}
        for model in sorted(each[0])
    }
    values = np.stack([tabulate(scored, columns).values for scored in each])
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
