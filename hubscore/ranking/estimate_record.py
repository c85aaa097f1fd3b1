"""What the record of a ranking says of its expected accuracies, and of the rule that ordered the rows."""

from __future__ import annotations

from hubscore.calibration.calibration import Calibration
from hubscore.calibration.prediction import LEVEL, NoPrediction
from hubscore.ranking.expected import Estimates
from hubscore.ranking.worlds import CONFIDENCE, COUNT
from hubscore.types import ExpectedAccuracies, Json

EXPECTED, CONSENSUS = "expected accuracy", "consensus"

_RECIPE = (
    "Expected accuracies are estimates: {formula}. Probe accuracy and log loss are kernel_probe and kernel_probe_loss,"
    " or their means with layer_kernel_probe and layer_kernel_probe_loss where a model has both; C is the number of"
    " classes in the probe; the numbers a, b, c, d and both errors were fitted on models that were really fine-tuned."
    " The {level:.0f} % interval of an accuracy holds the error that all models of a data set share and a model's own,"
    " with Student's t. {count:,} worlds are drawn from the models' own errors (the sampling error of the probe is in"
    " them): P(best) is the share of worlds in which a model is best, the interval of a rank holds 95 % of the worlds,"
    " and the shortlist is the smallest set that holds the best in {confidence:.0f} % of them. Two models are tied when"
    " neither is the better one in {confidence:.0f} % of the worlds, or when the rows of the probe alone may have put"
    " one of so many equal models that far ahead; walking down the order, a model joins a group when it is tied with"
    " the group's first member. Models that declare this data as training data come neither"
    " first nor into P(best) and the shortlist."
)


def ordered_by(estimates: Estimates | NoPrediction) -> tuple[str, str]:
    """Return which rule ordered the rows, and why, in words."""
    if isinstance(estimates, NoPrediction):
        return CONSENSUS, f"Ordered by consensus; no expected accuracy: {estimates.reason}."
    truth = estimates.calibration.provenance.truth
    return EXPECTED, f"Ordered by expected accuracy, an estimate: {truth}."


def describe_estimates(estimates: Estimates | NoPrediction) -> ExpectedAccuracies | None:
    """Return how the expected accuracies of a ranking came about, none where it has none."""
    if isinstance(estimates, NoPrediction):
        return None
    made = estimates.calibration
    return ExpectedAccuracies(
        truth=made.provenance.truth,
        level=LEVEL,
        confidence=CONFIDENCE,
        worlds=COUNT,
        notes=estimates.prediction.notes,
        calibration=_provenance(made),
        text=_RECIPE.format(formula=made.formula, level=100 * LEVEL, count=COUNT, confidence=100 * CONFIDENCE),
    )


def _provenance(made: Calibration) -> Json:
    """Return a calibration without what only its file needs."""
    told = made.to_json()
    return {
        key: told[key] for key in ("schema", "modality", "provenance", "features", "layers", "ranges") if key in told
    }
