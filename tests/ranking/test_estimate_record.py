from fakes import fake_probe

from hubscore.calibration.calibration import Calibration
from hubscore.calibration.prediction import NoPrediction
from hubscore.ranking.estimate_record import describe_estimates, ordered_by
from hubscore.ranking.expected import expect


def test_the_rule_and_its_words(table):
    made = table(("kernel_probe", "probe", [0.8]), ("kernel_probe_loss", "probe", [0.5], "lower"))
    estimates = expect(made, fake_probe(classes=5, each=50), {}, {}, Calibration.default())
    rule, words = ordered_by(estimates)
    assert rule == "expected accuracy" and "an estimate: if fine-tuned on about 300 images" in words
    told = describe_estimates(estimates)
    assert (told.level, told.confidence, told.worlds, told.notes) == (0.9, 0.9, 4000, ())
    assert told.calibration["schema"] == 1 and told.calibration["provenance"]["truth"] == told.truth
    assert "arcsin sqrt(accuracy) = a" in told.text and "{" not in told.text


def test_without_estimates_the_consensus_orders_and_says_why():
    none = NoPrediction("the probe has no labels", "unlabeled")
    assert ordered_by(none) == ("consensus", "Ordered by consensus; no expected accuracy: the probe has no labels.")
    assert describe_estimates(none) is None
