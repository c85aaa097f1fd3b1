"""Expected accuracies of a pool: from the kernel probes among its columns, by a calibration."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from hubscore.calibration.calibration import Calibration
from hubscore.calibration.evidence import ACCURACY, LOSS, SCORES, ProbeEvidence
from hubscore.calibration.predict import interval
from hubscore.calibration.prediction import NoPrediction, Prediction, no_prediction
from hubscore.calibration.scale import bounded, to_accuracy
from hubscore.ranking.columns import Table
from hubscore.types import Extraction, Probe

FEATURES_ONLY = "expected from its features alone, without its layers: the interval is wider"
NO_ESTIMATE = "no expected accuracy, so it comes last"


@dataclass(frozen=True, eq=False)
class Estimates:
    """Expected accuracies of a pool; arrays in the order of the table's models, NaN where there is no evidence.

    Attributes:
        prediction: of the calibration.
        calibration: that predicted.
        features_only: models without layers in a pool where others have them.
        without: models without evidence, with the reason.
    """

    prediction: Prediction
    calibration: Calibration
    features_only: tuple[str, ...]
    without: Mapping[str, str]

    @property
    def known(self) -> NDArray[np.bool_]:
        """Which models have an estimate."""
        return np.isfinite(self.prediction.angle)


def expect(
    table: Table,
    probe: Probe,
    extractions: Mapping[str, Extraction],
    reasons: Mapping[str, Mapping[str, str]],
    calibration: Calibration,
) -> Estimates | NoPrediction:
    """Estimate what every model of a pool would reach after fine-tuning.

    Args:
        table: scores, the kernel probes among them or not.
        probe: that they were computed on.
        extractions: by model, for the pixels per side.
        reasons: by model and score, why there is no value.
        calibration: what turns scores into accuracies.

    Returns:
        Estimates; or why there are none.
    """
    evidence = evidence_of(table)
    found = [one for one in evidence if one is not None]
    missing = no_prediction(probe.target, labeled=probe.labels is not None, evidence=len(found))
    if missing is not None:
        return replace(missing, reason=_absent(table, reasons)) if missing.code == "evidence" else missing
    about = _About(calibration, table.models, probe, extractions)
    prediction, shallow = about.predict(evidence), np.array([one is not None and not one.layers for one in evidence])
    mixed = bool(shallow.any()) and any(one.layers for one in found)
    if mixed:
        prediction = _drawn_together(prediction, about.predict(evidence_of(table, (ACCURACY, LOSS))), shallow)
    return Estimates(
        prediction,
        calibration,
        tuple(np.array(table.models)[shallow].tolist()) if mixed else (),
        {
            model: _reason(reasons.get(model, {}))
            for model, one in zip(table.models, evidence, strict=True)
            if one is None
        },
    )


@dataclass(frozen=True)
class _About:
    """What predictions of one pool share."""

    calibration: Calibration
    models: Sequence[str]
    probe: Probe
    extractions: Mapping[str, Extraction]

    def predict(self, evidence: Sequence[ProbeEvidence | None]) -> Prediction:
        """Return what the calibration predicts from some evidence."""
        return self.calibration.predict(
            [math.nan if one is None else one.accuracy for one in evidence],
            [math.nan if one is None else one.loss for one in evidence],
            classes=len(np.unique(np.asarray(self.probe.labels))),
            samples=len(self.probe),
            input_sizes=[_pixels(self.extractions.get(model)) for model in self.models],
            layers=[one is not None and one.layers for one in evidence],
            modality=self.probe.modality,
        )


def evidence_of(table: Table, names: Collection[str] = SCORES) -> list[ProbeEvidence | None]:
    """Return what the kernel probes say of every model; a probe behind a PCA was never compared with the truth.

    Args:
        table: with the scores.
        names: those to look at.
    """
    plain = {
        column.name: i
        for i, column in enumerate(table.columns)
        if column.name in names and column.reduce is None and column.base is None
    }
    return [
        ProbeEvidence.of({name: float(table.values[i, number]) for name, i in plain.items()})
        for number in range(len(table.models))
    ]


def notes_of(model: str, estimates: Estimates | NoPrediction | None, *, declared: bool) -> tuple[str, ...]:
    """Return what a reader must know of one model's estimate."""
    if not isinstance(estimates, Estimates):
        return ()
    told = []
    if model in estimates.without:
        told.append(f"{NO_ESTIMATE}: {estimates.without[model]}")
    elif declared:
        told.append("trained on this data by its card: left out of P(best) and of the shortlist")
    if model in estimates.features_only:
        told.append(FEATURES_ONLY)
    return tuple(told)


def _drawn_together(prediction: Prediction, alone: Prediction, shallow: NDArray[np.bool_]) -> Prediction:
    """Give models without layers estimates from the features of the whole pool, at the level of the others.

    Both kinds of evidence are there for the others: the mean difference between their two predictions says by how much
    the levels differ on this data, and its own error is added to that of a model.
    """
    both = ~shallow & np.isfinite(prediction.angle) & np.isfinite(alone.angle)
    count = int(both.sum())
    shift = float((prediction.angle - alone.angle)[both].mean()) if count else 0.0
    unsure = alone.sd_within / math.sqrt(count) if count else alone.sd_between
    angle = np.where(shallow, bounded(alone.angle + shift), prediction.angle)
    within = np.where(shallow, np.hypot(alone.sd_within, unsure), prediction.sd_within)
    between = np.where(shallow, alone.sd_between, prediction.sd_between)
    df, rows, others = min(prediction.df, alone.df), alone.sd_rows, prediction.sd_rows
    low, high = interval(angle, np.hypot(within, between), df)
    return replace(
        prediction,
        angle=angle,
        expected=to_accuracy(angle),
        low=low,
        high=high,
        sd_within=within,
        sd_between=between,
        sd_rows=None if rows is None or others is None else np.where(shallow, rows, others),
        df=df,
        notes=tuple(dict.fromkeys((*prediction.notes, *alone.notes))),
    )


def _absent(table: Table, reasons: Mapping[str, Mapping[str, str]]) -> str:
    """Say why no model has evidence."""
    there = {column.name: column.reduce for column in table.columns}
    if not {ACCURACY, LOSS} <= there.keys():
        return f"{ACCURACY} and {LOSS} are not among the scores"
    if there[ACCURACY] is not None:
        return f"{ACCURACY} was computed behind a PCA, which was never compared with real fine-tuning"
    return f"{ACCURACY} is undefined for every model: {_reason(reasons.get(table.models[0], {}))}"


def _reason(reasons: Mapping[str, str]) -> str:
    return next((reasons[name] for name in (ACCURACY, LOSS) if reasons.get(name)), "the kernel probe has no value")


def _pixels(extraction: Extraction | None) -> float | None:
    """Return the pixels per side of an extraction, of a square as large where it is none."""
    size = None if extraction is None else extraction.input_size
    return math.sqrt(size[0] * size[1]) if size is not None and len(size) == 2 else None
