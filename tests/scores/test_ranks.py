import numpy as np
import pytest
from scipy import stats

from hubscore.scores.ranks import midranks, rank_biserial, spearman


@pytest.mark.parametrize("levels", [3, 50, 10**9])
def test_midranks_are_scipys(levels):
    values = np.random.default_rng(levels).integers(levels, size=200) / 7
    assert np.array_equal(midranks(values), stats.rankdata(values))


def test_rounding_does_not_break_ties():
    values = np.array([0.3, 0.1 + 0.2, 0.5, 1.0])
    assert values[0] != values[1]
    assert midranks(values).tolist() == [1.5, 1.5, 3.0, 4.0]


@pytest.mark.parametrize("levels", [3, 50, 10**9])
def test_rank_biserial_is_spearman(levels):
    rng = np.random.default_rng(levels)
    values, label = rng.integers(levels, size=300) / 7, rng.integers(2, size=300)
    expected = stats.spearmanr(values, label).statistic
    assert spearman(values, label.astype(float)) == pytest.approx(expected, rel=1e-12)
    assert rank_biserial(values.copy(), values[label == 0]) == pytest.approx(expected, rel=1e-12)


def test_no_correlation_with_a_constant():
    assert spearman(np.ones(4), np.arange(4.0)) is None
    assert rank_biserial(np.ones(4), np.ones(2)) is None
