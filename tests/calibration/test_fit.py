from dataclasses import replace

import numpy as np
import pytest
from calibrationdata import KNOWN, simulated

from hubscore.calibration.fit import coefficients, errors_of, fit, held_out
from hubscore.calibration.scale import to_accuracy


def test_known_coefficients_come_back_exactly_without_errors():
    assert coefficients(simulated(between=0, within=0, seed=3)) == pytest.approx(KNOWN, abs=0.01)


def test_known_coefficients_come_back_on_average():
    found = np.mean([coefficients(simulated(datasets=30, seed=seed)) for seed in range(8)], axis=0)
    assert found == pytest.approx(KNOWN, abs=0.05)


def test_known_errors_come_back():
    fits = [fit(simulated(datasets=12, models=12, between=0.05, within=0.07, seed=seed)) for seed in range(6)]
    assert np.mean([one.sd_within for one in fits]) == pytest.approx(0.07, abs=0.006)
    # Of data sets left out, so the error of the coefficients is in it.
    assert 0.045 < np.mean([one.sd_between for one in fits]) < 0.075


def test_errors_by_hand():
    # Means -.1 and .1, differences .02 about each: within² = 4 (.02)² / 2, between² = .1² - within² / 2.
    pairs = simulated(datasets=2, models=2)
    found = errors_of(np.array([-0.12, -0.08, 0.08, 0.12]), pairs)
    assert found.within == pytest.approx(np.sqrt(4 * 0.02**2 / 2))
    assert found.between == pytest.approx(np.sqrt(0.01 - 4 * 0.02**2 / 4))


def test_a_data_set_that_is_left_out_teaches_nothing():
    pairs = simulated(datasets=6, models=8)
    own = pairs.target == "set2"
    changed = replace(pairs, truth=np.where(own, to_accuracy(pairs.angle - 0.4), pairs.truth))
    assert held_out(changed)[own] == pytest.approx(held_out(pairs)[own])
    assert held_out(changed)[~own] != pytest.approx(held_out(pairs)[~own])


def test_a_shift_of_one_data_set_moves_the_slope_little():
    # What all models of a data set share says nothing about which of them is better.
    pairs = simulated(datasets=8, models=20, between=0.0, within=0.03)
    shifted = replace(pairs, truth=np.where(pairs.target == "set0", to_accuracy(pairs.angle - 0.3), pairs.truth))
    assert coefficients(shifted)[1] == pytest.approx(coefficients(pairs)[1], abs=0.05)


def test_few_data_sets_leave_the_number_of_classes_out():
    assert coefficients(simulated(datasets=4))[3] == 0 != coefficients(simulated(datasets=6))[3]


def test_a_fit_says_what_it_is_made_from():
    made = fit(simulated(datasets=6, models=5))
    assert (made.datasets, made.models, made.rows) == (6, 5, 30)
