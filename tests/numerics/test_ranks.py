import numpy as np
import pytest
from scipy import stats

from hubscore.numerics import ranks
from hubscore.numerics.ranks import mid_ranks, tau_b


def samples(levels, *shape):
    values = np.random.default_rng(levels).integers(levels, size=shape) / 7
    values.flat[:3] = -np.inf, np.inf, -np.inf
    return values


@pytest.mark.parametrize("levels", [2, 5, 10**9])
def test_ranks_are_scipys_to_the_last_bit(levels):
    values = samples(levels, 4, 3, 31)
    assert np.array_equal(mid_ranks(values), stats.rankdata(values, axis=-1))
    assert mid_ranks(np.zeros((2, 0))).shape == (2, 0)


@pytest.mark.parametrize("levels", [2, 5, 10**9])
def test_tau_is_scipys_to_the_last_bit(levels):
    for count in range(2, 40):
        first, second = samples(levels, 2, count + 3)
        assert tau_b(first, second) == stats.kendalltau(first, second).statistic


def test_a_constant_has_no_tau_and_many_values_are_counted_by_scipy(monkeypatch):
    values = np.arange(50.0) % 7
    assert np.isnan(tau_b(values, np.ones(50))) and tau_b(values, values) == 1.0 and tau_b(values, -values) == -1.0
    few = tau_b(values, np.sqrt(np.arange(50.0)))
    monkeypatch.setattr(ranks, "PAIRWISE", 49)
    assert tau_b(values, np.sqrt(np.arange(50.0))) == few
