import numpy as np
import pytest
from calibrationdata import simulated

from hubscore.calibration.cross_validation import check, judge
from hubscore.calibration.pairs import Pairs
from hubscore.calibration.scale import to_angle


def test_intervals_cover_what_they_promise():
    found = [check(simulated(datasets=8, models=10, seed=seed)).coverage for seed in range(6)]
    assert 0.84 < np.mean(found) < 0.95


def test_judged_by_hand():
    pairs = simulated(datasets=2, models=3)
    shift = np.array([0.1, 0.0, 0.0, 0.0, 0.0, -0.2])
    checks = judge(pairs, to_angle(pairs.truth + shift), pairs.truth - 0.01, pairs.truth + np.sign(shift) * 0.01)
    assert checks.mean_absolute_error == pytest.approx(0.05, abs=1e-6)
    assert checks.coverage == pytest.approx(5 / 6)


def test_perfect_knowledge_is_perfect():
    pairs = simulated(datasets=3, models=6)
    checks = judge(pairs, pairs.angle, pairs.truth, pairs.truth)
    means = (checks.weighted_tau, checks.pearson, checks.points_lost, checks.coverage)
    assert means == pytest.approx((1, 1, 0, 1)) and checks.mean_absolute_error < 1e-12


def test_the_first_choice_loses_what_the_best_has_more():
    pairs = simulated(datasets=1, models=3)
    worst_first = -pairs.angle
    checks = judge(pairs, worst_first, pairs.truth, pairs.truth)
    assert checks.points_lost == pytest.approx(np.ptp(pairs.truth)) and checks.weighted_tau == pytest.approx(-1)


def test_two_models_have_no_order_to_judge():
    checks = judge(*[(pairs := simulated(datasets=2, models=2)), pairs.angle, pairs.truth, pairs.truth])
    assert checks.weighted_tau is None and checks.to_json()["pearson"] is None


def test_families_are_left_out_across_data_sets():
    # The models of one family do far worse than their probes say: a fit that has never seen it cannot know.
    pairs = simulated(datasets=6, models=12, families=3, between=0.01, within=0.01)
    odd = pairs.family == "family0"
    worse = Pairs(**{**vars(pairs), "truth": np.where(odd, np.clip(pairs.truth - 0.3, 0, 1), pairs.truth)})
    assert check(worse, Pairs.by_family).mean_absolute_error > check(worse).mean_absolute_error


def test_every_data_set_has_its_own_numbers():
    checks = check(simulated(datasets=4, models=5))
    assert list(checks.by_target) == ["set0", "set1", "set2", "set3"]
    assert np.mean([one["pearson"] for one in checks.by_target.values()]) == pytest.approx(checks.pearson)
