from itertools import permutations

import numpy as np
import pytest

from hubscore.ranking.simultaneous import largest_ratios, reaches, scales, surely_better


def test_the_largest_ratio_is_that_of_the_pair_that_a_look_at_all_pairs_finds():
    rng = np.random.default_rng(0)
    errors, scale = rng.normal(size=(50, 9)) * rng.uniform(0.1, 3, 9), rng.uniform(0.1, 2, 9)
    pairs = [(errors[:, i] - errors[:, j]) / (scale[i] + scale[j]) for i, j in permutations(range(9), 2)]
    assert largest_ratios(errors, scale) == pytest.approx(np.max(pairs, axis=0))


@pytest.mark.parametrize("unit", [1e-9, 1e4, 1e9])
def test_ratios_are_the_same_whatever_errors_are_measured_in(unit):
    errors = np.random.default_rng(0).normal(size=(1000, 50))
    expected = largest_ratios(errors, scales(errors))
    assert largest_ratios(unit * errors, scales(unit * errors)) == pytest.approx(expected)


def test_models_that_never_move_do_not_count():
    assert largest_ratios(np.zeros((3, 4)), np.zeros(4)).tolist() == [0, 0, 0]
    assert largest_ratios(np.array([[1.0, 0.0]]), np.array([1.0, 0.0])).tolist() == [0]


def test_a_model_that_moves_once_in_a_thousand_draws_does_not_widen_the_reach_of_all():
    errors = np.zeros((1000, 51))
    errors[:, 0] = np.random.default_rng(0).normal(size=1000)
    errors[np.arange(1, 51) * 19, np.arange(1, 51)] = 0.1  # each once, and together in one draw of twenty
    assert scales(errors)[1] == pytest.approx(0.1 / 4)
    assert reaches(errors, 0.95)[0] < 4.5


@pytest.mark.parametrize("models", [2, 10, 100])
def test_of_equal_models_no_pair_is_beyond_its_reach_as_often_as_asked(models):
    rng = np.random.default_rng(1)
    reach = reaches(rng.normal(size=(2000, models)), 0.95)
    spread = np.ptp(rng.normal(size=(2000, models)), axis=1)
    assert np.mean(spread <= 2 * np.median(reach)) == pytest.approx(0.95, abs=0.02)


def test_who_is_surely_better_is_counted_as_pair_by_pair():
    rng = np.random.default_rng(2)
    values, reach = rng.normal(size=60).round(1), rng.uniform(0, 0.5, 60).round(1)
    apart = values[:, None] - values[None, :] - reach[:, None] - reach[None, :] > 1e-9
    better, worse = surely_better(values, reach)
    assert better.tolist() == apart.sum(axis=0).tolist() and worse.tolist() == apart.sum(axis=1).tolist()
