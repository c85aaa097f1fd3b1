import numpy as np
import pytest
from scipy.optimize import brentq
from scipy.stats import studentized_range

from hubscore.numerics.studentized_range import range_probability, range_quantile


@pytest.mark.parametrize("count", [2, 3, 24, 400])
def test_the_quantile_is_the_one_of_the_tables(count):
    assert range_quantile(count) == pytest.approx(studentized_range.ppf(0.95, count, 1e7), rel=1e-5)


def test_ranges_of_drawn_variables_are_as_wide_as_said():
    drawn = np.ptp(np.random.default_rng(0).normal(size=(4000, 1000)), axis=1)
    assert np.mean(drawn <= range_quantile(1000, 0.9)) == pytest.approx(0.9, abs=0.015)
    assert range_probability(range_quantile(7, 0.5), 7) == pytest.approx(0.5)


def test_one_variable_has_no_range():
    assert range_quantile(1) == 0 == range_quantile(0)


@pytest.mark.parametrize("level", [0.05, 0.5, 0.9, 0.95, 0.99])
def test_the_quantile_is_the_root_that_scipy_finds(level):
    for count in (2, 3, 5, 8, 13, 24, 60, 300):
        found = brentq(lambda width, k=count: range_probability(width, k) - level, 0.0, 40.0, xtol=1e-13)
        assert range_quantile(count, level) == pytest.approx(found, rel=1e-11)
