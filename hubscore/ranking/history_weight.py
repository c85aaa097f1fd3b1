"""How much the history counts beside the kernel probes, fitted to models that were really fine-tuned."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from hubscore.calibration.evidence import ProbeEvidence
from hubscore.calibration.make import Made
from hubscore.calibration.pairs import Pairs
from hubscore.calibration.transfer import Transfer
from hubscore.numerics.workspace import Floats
from hubscore.ranking.history import WEIGHT, elsewhere, history_of, with_history

WEIGHTS = (0.0, 0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 4.0)
"""Those tried: a few data sets cannot tell finer ones."""
LEAST = 3
"""Models on a data set, below which an order says nothing."""


@dataclass(frozen=True)
class HistoryWeight:
    """What data sets left out say of the weight.

    Attributes:
        weight: with which orders agree with the truth, over all data sets, as well as with any other.
        pearson: between the order's values and the true accuracies of each data set, when the weight was chosen on the
            others; the mean over data sets.
        alone: the same for kernel probes without history.
        datasets: how many took part.
    """

    weight: float
    pearson: float
    alone: float
    datasets: int


def fit_history_weight(pairs: Pairs) -> HistoryWeight | None:
    """Choose the weight w of ``F + w h`` by leaving one data set out after the other.

    The history h of a data set's models is made from the other data sets, and F from its own kernel probes, as
    :func:`~hubscore.ranking.history.with_history` does it in a ranking.

    Args:
        pairs: evidence and true accuracies.

    Returns:
        The weight: of those within one standard error of the best, the one nearest to the usual 0.5; none where fewer
        than two data sets can be judged.
    """
    agreement = _agreement(pairs)
    if len(agreement) < 2:
        return None
    left_out = [agreement[place, _best(np.delete(agreement, place, axis=0))] for place in range(len(agreement))]
    alone = float(agreement[:, WEIGHTS.index(0.0)].mean())
    return HistoryWeight(WEIGHTS[_best(agreement)], float(np.mean(left_out)), alone, len(agreement))


def with_history_weight(made: Made) -> tuple[Made, HistoryWeight | None]:
    """Return a calibration with the weight that its own truth gives, and how that was found.

    Where the truth cannot tell, the calibration keeps the usual weight.
    """
    found = fit_history_weight(made.pairs)
    if found is None:
        return made, None
    return replace(made, calibration=replace(made.calibration, history_weight=found.weight)), found


def _agreement(pairs: Pairs) -> Floats:
    """Return Pearson's correlation with the truth by data set and weight; data sets that say nothing are left out."""
    transfers = [
        Transfer(str(model), str(target), accuracy=float(truth))
        for model, target, truth in zip(pairs.model, pairs.target, pairs.truth, strict=True)
    ]
    found: list[list[float]] = []
    for target, own in pairs.by_target():
        past = history_of(elsewhere(transfers, target)[0])
        here = pairs.at(own)
        if len(here) < LEAST or np.ptp(here.truth) == 0 or not any(str(model) in past for model in here.model):
            continue
        values = [_values(here, past, weight) for weight in WEIGHTS]
        if all(np.ptp(one) > 0 for one in values):
            found.append([float(np.corrcoef(one, here.truth)[0, 1]) for one in values])
    return np.array(found).reshape(-1, len(WEIGHTS))


def _values(here: Pairs, past: Mapping[str, float], weight: float) -> Floats:
    evidence = [ProbeEvidence(float(a), float(b), False) for a, b in zip(here.accuracy, here.loss, strict=True)]
    return with_history(evidence, [past.get(str(model)) for model in here.model], weight)


def _best(agreement: Floats) -> int:
    """Return the place of the weight nearest to the usual, of those within one standard error of the best mean."""
    behind = agreement[:, [agreement.mean(axis=0).argmax()]] - agreement
    error = behind.std(axis=0, ddof=1) / np.sqrt(len(behind)) if len(behind) > 1 else np.zeros(len(WEIGHTS))
    close = np.flatnonzero(behind.mean(axis=0) <= error + 1e-12)
    return int(min(close, key=lambda place: abs(WEIGHTS[place] - WEIGHT)))
