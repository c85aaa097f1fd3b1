"""The calibration in the package is what its own command makes of the table in the repository."""

from pathlib import Path

import pytest

from hubscore.calibration.calibration import DEFAULT, Calibration
from hubscore.calibration.read import calibrate

TABLE = Path(__file__).parents[2] / "benchmarks" / "transfers.csv"


@pytest.fixture(scope="module")
def made():
    return calibrate([TABLE], truth_words=Calibration.default().provenance.truth)


def numbers(fit):
    return [getattr(fit, name) for name in ("a", "b", "c", "d", "e", "b_within", "c_within", "sd_between", "sd_within")]


@pytest.mark.parametrize("evidence", ["features", "layers"])
def test_the_default_is_made_by_its_command(made, evidence):
    shipped, again = getattr(Calibration.default(), evidence), getattr(made.calibration, evidence)
    assert numbers(shipped) == pytest.approx(numbers(again), abs=2e-6)
    assert shipped.checks == pytest.approx(again.checks, abs=2e-4)


def test_its_provenance_is_whole(made):
    about = Calibration.default().provenance
    assert about == made.calibration.provenance and about.command.startswith("hubscore calibrate transfers.csv")
    assert len(about.datasets) == 9 and about.runs == 2


def test_held_out_data_sets_are_predicted_as_the_goals_want():
    checks = Calibration.default().layers.checks
    assert checks["mean_absolute_error"] < 0.055 and 0.85 < checks["coverage"] < 0.95


def test_it_is_small_enough_to_read():
    assert DEFAULT.stat().st_size < 10_000
