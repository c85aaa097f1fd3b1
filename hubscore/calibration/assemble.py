"""Transfer tables and saved rankings become ground truth: what belongs together is joined, the rest is counted."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import fmean
from typing import Any

import numpy as np

from hubscore.calibration.evidence import ACCURACY, LOSS, ProbeEvidence
from hubscore.calibration.pairs import Pairs
from hubscore.calibration.transfer import Transfer
from hubscore.errors import UsageError
from hubscore.text import amount, clean

LEAST = 3
"""Data sets, and models on each: with fewer nothing can be left out and predicted."""


@dataclass(frozen=True, eq=False)
class Truth:
    """What a calibration is fitted on.

    Attributes:
        features: evidence of the features alone, with accuracies; none where no row has it.
        layers: evidence of features and layers, likewise.
        sizes: pixels per side of the models, those that are known.
        runs: of fine-tuning, at most, whose mean an accuracy is.
        left_out: how many rows, by reason.
        resized: how many pairs have two input sizes in the tables: fine-tuned at one, ranked at another.
    """

    features: Pairs | None
    layers: Pairs | None
    sizes: tuple[float, ...]
    runs: int
    left_out: Mapping[str, int]
    resized: int = 0


def assemble(transfers: Sequence[Transfer]) -> Truth:
    """Join the rows of several tables by model and data set.

    Accuracies of one pair are the runs of fine-tuning, and their mean counts; scores are taken from where they are.
    Rows whose source is the target are left out, and so is a pair that has no accuracy or no scores.

    Args:
        transfers: of all tables and rankings.

    Raises:
        UsageError: too few data sets or models, a contradiction, or a number that the formula needs is missing.
    """
    joined: dict[tuple[str, str], list[Transfer]] = {}
    for one in transfers:
        joined.setdefault((one.model, one.target), []).append(one)
    own = {pair for pair, rows in joined.items() if any(one.own for one in rows)}
    pairs = [_join(rows) for pair, rows in joined.items() if pair not in own]
    known = [one for one in pairs if one.accuracy is not None]
    usable = [one for one in known if ProbeEvidence.of(one.scores) is not None]
    left_out = {
        "the model was trained on the data set": len(own),
        "no accuracy": len(pairs) - len(known),
        "no kernel_probe and kernel_probe_loss": len(known) - len(usable),
    }
    _check(usable, pairs, left_out)
    usable = _agreed(usable)
    both = [one for one in usable if _features(one) is not None and _layers(one) is not None]
    alone = [one for one in usable if _features(one) is not None]
    return Truth(
        features=_pairs(alone, _features) if _enough(alone) else None,
        layers=_pairs(both, _layers) if _enough(both) else None,
        sizes=tuple(one.input_size for one in usable if one.input_size is not None),
        runs=max(sum(row.accuracy is not None for row in rows) for pair, rows in joined.items() if pair not in own),
        left_out={reason: count for reason, count in left_out.items() if count},
        resized=sum(len({row.input_size for row in joined[one.model, one.target]} - {None}) > 1 for one in usable),
    )


def _features(one: Transfer) -> ProbeEvidence | None:
    return ProbeEvidence.of({name: one.scores.get(name) for name in (ACCURACY, LOSS)})


def _layers(one: Transfer) -> ProbeEvidence | None:
    found = ProbeEvidence.of(one.scores)
    return found if found is not None and found.layers else None


def _join(rows: Sequence[Transfer]) -> Transfer:
    """Make one row of several of one model and data set."""
    accuracies = [one.accuracy for one in rows if one.accuracy is not None]
    errors = [one.standard_error for one in rows if one.standard_error is not None]
    names = dict.fromkeys(name for one in rows for name in one.scores)
    return replace(
        rows[0],
        accuracy=fmean(accuracies) if accuracies else None,
        standard_error=fmean(errors) if errors else None,
        scores={name: fmean(one.scores[name] for one in rows if name in one.scores) for name in names},
        **{name: _first(getattr(one, name) for one in rows) for name in ("input_size", "family", "classes", "samples")},
    )


def _first(values: Iterable[Any]) -> Any:
    return next((value for value in values if value is not None), None)


def _enough(rows: Sequence[Transfer]) -> bool:
    counts = [sum(one.target == name for one in rows) for name in {one.target for one in rows}]
    return sum(count >= LEAST for count in counts) >= LEAST


def _check(usable: Sequence[Transfer], pairs: Sequence[Transfer], left_out: Mapping[str, int]) -> None:
    """Refuse what nothing can be fitted on."""
    if not usable:
        counted = [f"{amount(count, 'row', 'rows')}: {reason}" for reason, count in left_out.items() if count]
        why = "; ".join(counted) or "there are none"
        fix = "add the columns kernel_probe and kernel_probe_loss, or name saved rankings: --rankings ranking.json"
        raise UsageError("No row has both an accuracy and scores", why, fix)
    targets, models = {one.target for one in usable}, {one.model for one in usable}
    if not _enough(usable):
        sets, networks = amount(len(targets), "data set", "data sets"), amount(len(models), "model", "models")
        what = f"Cannot calibrate on {sets} and {networks}"
        why = f"every data set is left out once and predicted, so {LEAST} with {LEAST} models each are needed"
        raise UsageError(what, why, "add tables: hubscore calibrate one.csv two.csv --out calibration.json")
    for name in ("classes", "samples"):
        missing = next((one for one in usable if getattr(one, name) is None), None)
        if missing is not None:
            what = f"The number of {name} of '{clean(missing.target)}' is not known"
            raise UsageError(what, "the formula needs it", f"add the column {name}")


def _agreed(usable: Sequence[Transfer]) -> list[Transfer]:
    """Refuse data sets of two sizes.

    Raises:
        UsageError: naming the data set.
    """
    classes: dict[str, int | None] = {}
    for one in usable:
        if classes.setdefault(one.target, one.classes) != one.classes:
            what = f"'{clean(one.target)}' has {classes[one.target]} classes in one row and {one.classes} in another"
            raise UsageError(what, "", "correct one of them, or give the two data sets two names")
    return list(usable)


def _pairs(rows: Sequence[Transfer], evidence: Callable[[Transfer], ProbeEvidence | None]) -> Pairs:
    counts = {name: sum(one.target == name for one in rows) for name in {one.target for one in rows}}
    rows = sorted((one for one in rows if counts[one.target] >= LEAST), key=lambda one: (one.target, one.model))
    found = [one for one in map(evidence, rows) if one is not None]
    return Pairs(
        truth=np.array([one.accuracy for one in rows], dtype=np.float64),
        accuracy=np.array([one.accuracy for one in found]),
        loss=np.array([one.loss for one in found]),
        classes=np.array([one.classes for one in rows], dtype=np.float64),
        samples=np.array([one.samples for one in rows], dtype=np.float64),
        target=np.array([one.target for one in rows]),
        model=np.array([one.model for one in rows]),
        family=np.array([one.family or one.model for one in rows]),
    )
