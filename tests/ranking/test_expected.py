from dataclasses import replace

import numpy as np
import pytest
from fakes import fake_extraction, fake_probe

from hubscore.calibration.calibration import Calibration
from hubscore.calibration.prediction import NoPrediction
from hubscore.calibration.scale import bounded
from hubscore.ranking.columns import Column
from hubscore.ranking.expected import FEATURES_ONLY, Estimates, evidence_of, expect, notes_of

NAN = np.nan
PROBE = fake_probe(classes=5, each=50)
MADE = Calibration.default()


def rows(accuracy, loss, layer_accuracy=None, layer_loss=None):
    found = [("kernel_probe", "probe", accuracy), ("kernel_probe_loss", "probe", loss, "lower")]
    if layer_accuracy is not None:
        found += [("layer_kernel_probe", "probe", layer_accuracy), ("layer_kernel_probe_loss", "probe", layer_loss)]
    return found


def estimate(made, probe=PROBE, *, reasons=None, extractions=None):
    return expect(made, probe, extractions or {}, reasons or {}, MADE)


def test_estimates_are_those_of_the_calibration(table):
    made = table(*rows([0.8, 0.6], [0.5, 1.0], [0.9, 0.5], [0.3, 1.2]))
    found = estimate(made)
    wanted = MADE.predict([0.85, 0.55], [0.4, 1.1], classes=5, samples=250, layers=True)
    assert found.prediction.expected.tolist() == pytest.approx(wanted.expected.tolist())
    assert found.prediction.low.tolist() == pytest.approx(wanted.low.tolist()) and found.known.all()
    assert found.features_only == () and found.without == {}


def test_a_model_without_layers_among_others_is_at_their_level_with_a_wider_error_and_says_so(table):
    made = table(*rows([0.8, 0.6, 0.8], [0.5, 0.9, 0.5], [0.9, 0.7, NAN], [0.3, 0.7, NAN]), models=["a", "b", "flat"])
    found = estimate(made).prediction
    deep = MADE.predict([0.85, 0.65], [0.4, 0.8], classes=5, samples=250, layers=True)
    alone = MADE.predict([0.8, 0.6, 0.8], [0.5, 0.9, 0.5], classes=5, samples=250)
    assert found.angle[:2].tolist() == pytest.approx(deep.angle.tolist())
    shift = (deep.angle - alone.angle[:2]).mean()
    assert found.angle[2] == pytest.approx(float(bounded(alone.angle[2] + shift)))
    assert found.sd_within[2] == pytest.approx(alone.sd_within[2] * np.sqrt(1 + 1 / 2))
    assert found.sd_within[2] > deep.sd_within[0]
    assert found.low[2] < found.expected[2] < found.high[2]
    told = estimate(made)
    assert told.features_only == ("flat",) and notes_of("flat", told, declared=False) == (FEATURES_ONLY,)
    assert notes_of("a", told, declared=False) == ()


def test_a_pool_without_any_layers_is_estimated_from_its_features_without_a_word(table):
    flat = estimate(table(*rows([0.8, 0.8], [0.5, 0.5], [NAN, NAN], [NAN, NAN])))
    alone = MADE.predict([0.8, 0.8], [0.5, 0.5], classes=5, samples=250)
    assert flat.features_only == () and flat.prediction.sd_within.tolist() == pytest.approx(alone.sd_within.tolist())


def test_a_model_without_evidence_has_its_reason(table):
    made = table(*rows([0.8, NAN], [0.5, 0.4]), models=["a/b", "a/c"])
    found = estimate(made, reasons={"a/c": {"kernel_probe": "every feature is constant"}})
    assert found.known.tolist() == [True, False] and found.without == {"a/c": "every feature is constant"}
    assert notes_of("a/c", found, declared=False) == (
        "no expected accuracy, so it comes last: every feature is constant",
    )
    assert "left out of P(best)" in notes_of("a/b", found, declared=True)[0]


@pytest.mark.parametrize(
    ("probe", "code"),
    [
        (replace(PROBE, labels=None, target=None), "unlabeled"),
        (replace(PROBE, labels=np.linspace(0, 1, 250), target="regression"), "target"),
    ],
)
def test_without_classes_there_is_no_accuracy(table, probe, code):
    found = estimate(table(*rows([0.8], [0.5])), probe)
    assert isinstance(found, NoPrediction) and found.code == code and notes_of("m0", found, declared=False) == ()


def test_the_reason_why_nobody_has_evidence(table):
    assert "are not among the scores" in estimate(table(("knn", "neighbour", [1.0]))).reason
    made = table(*rows([NAN], [NAN]))
    told = estimate(made, reasons={"m0": {"kernel_probe": "one class"}})
    assert told.reason == "kernel_probe is undefined for every model: one class" and told.code == "evidence"
    plain = table(*rows([0.8], [0.5]))
    behind = replace(plain, columns=tuple(Column(one.name, one.info, 32) for one in plain.columns))
    assert evidence_of(behind) == [None] and "behind a PCA" in estimate(behind).reason


def test_pixels_far_from_those_of_the_truth_widen_the_interval(table):
    labels = PROBE.labels
    far = {"m0": replace(fake_extraction("lab/best", 1.0, labels), input_size=(384, 384))}
    made = table(*rows([0.8], [0.5]))
    wide, plain = estimate(made, extractions=far), estimate(made)
    assert isinstance(wide, Estimates) and "384 pixels" in wide.prediction.notes[0]
    assert wide.prediction.low[0] < plain.prediction.low[0]
