import pytest
from calibrationdata import simulated

from hubscore.calibration.assemble import Truth
from hubscore.calibration.make import make
from hubscore.calibration.record import Provenance


@pytest.fixture(scope="module")
def made():
    pairs = simulated(datasets=6, models=6, families=2)
    truth = Truth(features=pairs, layers=None, sizes=(48.0, 96.0), runs=2, left_out={"no accuracy": 2})
    return make(truth, Provenance(truth="if fine-tuned"), modality="text")


def test_what_was_fitted_is_recorded(made):
    about = made.calibration.provenance
    assert about.datasets == tuple(f"set{n}" for n in range(6)) and about.left_out == {"no accuracy": 2}
    assert about.runs == 2
    assert made.calibration.modality == "text" and made.calibration.layers is None


def test_ranges_are_what_the_truth_covered(made):
    ranges = made.calibration.ranges
    assert ranges.samples == (200, 800) and ranges.input_size == (48, 96) and ranges.probed == 400


def test_checks_are_kept_with_the_fit(made):
    assert set(made.checks) == {("features", "data sets"), ("features", "families")}
    assert made.calibration.features.checks == made.checks["features", "data sets"].to_json()


def test_the_other_kind_of_evidence_gets_a_wider_interval(made):
    own, other = (
        made.calibration.predict([0.7], [0.9], classes=10, samples=400, layers=deep, modality="text")
        for deep in (False, True)
    )
    assert other.expected == pytest.approx(own.expected) and not own.notes and other.notes
    assert other.high - other.low > own.high - own.low
