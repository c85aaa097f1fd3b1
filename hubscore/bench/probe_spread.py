"""Mean PC of a ranking over several fresh probes: what each of them alone says, beside true accuracies."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from hubscore.bench.metrics import pearson
from hubscore.errors import Undefined
from hubscore.text import clean
from hubscore.types import Ranking


@dataclass(frozen=True)
class MeanPC:
    """Pearson's correlation over probes.

    Attributes:
        mean: -1 to 1.
        deviation: over the probes (ddof 0, as PARC's code has it).
        probes: on which it is defined; two or more.
    """

    mean: float
    deviation: float
    probes: int

    @property
    def words(self) -> str:
        """In percent, as PARC and Fennec print it."""
        return f"{100 * self.mean:.1f} ± {100 * self.deviation:.1f} %"


def mean_pc(ranking: Ranking, accuracies: Mapping[str, float]) -> dict[str, MeanPC]:
    r"""Return PARC's mean PC of the consensus and of every score, where a ranking was made over several probes.

    .. math:: \frac1R \sum_r \rho(\{s_{rm}\}_m, \{a_m\}_m)

    Args:
        ranking: whose rows keep what each probe says.
        accuracies: by the name of the row's model.

    Returns:
        By score, the consensus first, then the highest first; a score that is undefined for a model on a probe is
        correlated over the other models there. Empty for a ranking over one probe.

    Source:
        Bolya, Mittapalli, Hoffman (PARC), NeurIPS 2021, Eq. 2 and 5.
    """
    rows = [row for row in ranking if row.model in accuracies and row.probe_scores]
    found: dict[str, MeanPC] = {}
    for name in dict.fromkeys(name for row in rows for name in row.probe_scores):
        sign = -1.0 if name in ranking.scores and ranking.scores[name].lower_is_better else 1.0
        each = [
            (accuracies[row.model], [None if value is None else sign * value for value in row.probe_scores[name]])
            for row in rows
            if name in row.probe_scores
        ]
        values = _by_probe(each)
        if len(values) > 1:
            found[name] = MeanPC(float(np.mean(values)), float(np.std(values)), len(values))
    return dict(sorted(found.items(), key=lambda item: (item[0] != "consensus", -item[1].mean, item[0])))


def _by_probe(each: list[tuple[float, list[float | None]]]) -> list[float]:
    """Return the correlation on each probe on which there is one."""
    found = []
    for probe in range(max(len(values) for _, values in each)):
        pairs = [(values[probe], accuracy) for accuracy, values in each if probe < len(values)]
        known = [(value, accuracy) for value, accuracy in pairs if value is not None]
        try:
            found.append(pearson([value for value, _ in known], [accuracy for _, accuracy in known]))
        except Undefined:
            continue
    return found


def mean_pc_line(found: Mapping[str, MeanPC]) -> str:
    """Say it of the consensus and of the best three scores; empty where there is nothing to say.

    Example:
        >>> mean_pc_line({"consensus": MeanPC(0.912, 0.01, 5), "logme": MeanPC(0.93, 0.004, 5)})
        'Mean PC over 5 probes: consensus 91.2 ± 1.0 %, logme 93.0 ± 0.4 %.'
    """
    first = list(found.items())[:4]
    if not first:
        return ""
    probes = max(one.probes for _, one in first)
    return f"Mean PC over {probes} probes: {', '.join(f'{clean(name)} {one.words}' for name, one in first)}."


def reported_line(ranking: Ranking) -> str:
    """Return the same of the accuracies on this very data set that a history brought, where three models have one."""
    known = {row.model: row.reported for row in ranking if row.reported is not None}
    line = mean_pc_line(mean_pc(ranking, known)) if len(known) > 2 else ""
    return f"{line} The accuracies are those that the history reports on this data set." if line else ""
