"""What a calibration predicts of a pool of models; or why it predicts nothing."""

from __future__ import annotations

from dataclasses import dataclass

from hubscore.numerics.workspace import Floats
from hubscore.types.inputs import Target

LEVEL = 0.9
"""Of the intervals."""


@dataclass(frozen=True, eq=False)
class Prediction:
    """Expected accuracies after fine-tuning: estimates, in the order in which the models were given.

    All arrays have shape (models,); a model without evidence has NaN in each.

    Attributes:
        angle: arcsin sqrt(expected accuracy), in radians: orders the models.
        expected: expected accuracy, 0 to 1.
        low: lower end of its 90 % interval.
        high: upper end.
        sd_within: standard deviation of a model's own error, in radians: who is ahead of whom depends on these alone.
        sd_between: standard deviation of the error that all models of the pool share, in radians.
        df: degrees of freedom of Student's t behind the interval.
        notes: what a reader must know of these numbers.
        sd_rows: standard deviation of the part of a model's own error that other rows of the data would change, in
            radians; none where it is not known.
    """

    angle: Floats
    expected: Floats
    low: Floats
    high: Floats
    sd_within: Floats
    sd_between: Floats
    df: float
    notes: tuple[str, ...] = ()
    sd_rows: Floats | None = None

    def __len__(self) -> int:
        return len(self.angle)


@dataclass(frozen=True)
class NoPrediction:
    """No accuracy can be predicted.

    Attributes:
        reason: why, in words that complete "no expected accuracy:".
        code: why, for programs: ``unlabeled``, ``target`` or ``evidence``.
    """

    reason: str
    code: str


def no_prediction(target: Target | None, *, labeled: bool = True, evidence: int = 1) -> NoPrediction | None:
    """Return why no accuracy can be predicted of a probe; none where one can.

    Args:
        target: kind of the labels, none where it is not known.
        labeled: whether the probe has labels.
        evidence: how many models have both a probe's accuracy and its log loss.

    Example:
        >>> no_prediction("classification") is None
        True
        >>> no_prediction("regression").code
        'target'
    """
    if not labeled:
        return NoPrediction("the probe has no labels", "unlabeled")
    if target not in (None, "classification"):
        return NoPrediction(f"accuracy is defined where each row has one class, and the target is {target}", "target")
    if not evidence:
        return NoPrediction("no model has both kernel_probe and kernel_probe_loss", "evidence")
    return None
