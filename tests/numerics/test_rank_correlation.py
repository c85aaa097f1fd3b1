import numpy as np
import pytest
from scipy import stats

from hubscore.numerics.rank_correlation import MANY, coarse_rank_biserial, midranks, rank_biserial, spearman


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


def test_many_numbers_are_ranked_in_bins():
    rng = np.random.default_rng(0)
    label = rng.random(2 * MANY) < 0.9
    values = rng.normal(size=2 * MANY) + 0.3 * label
    values[:500] = values[500:1000]  # ties of a copied sample
    expected = stats.spearmanr(values, label).statistic
    kept = values.copy()
    assert rank_biserial(values, values[~label]) == pytest.approx(expected, rel=1e-11)
    assert np.array_equal(values, kept)  # the bins were used


@pytest.mark.parametrize("crowd", ["ties", "outlier"])
def test_numbers_that_crowd_a_bin_are_sorted(crowd):
    rng = np.random.default_rng(0)
    values = np.round(rng.normal(size=2 * MANY), 1) if crowd == "ties" else np.append(rng.random(2 * MANY), 30.0)
    label = rng.random(len(values)) < 0.9
    expected = stats.spearmanr(values, label).statistic
    assert rank_biserial(values, values[~label]) == pytest.approx(expected, rel=1e-11)
    assert (np.diff(values) >= 0).all()


def test_coarse_ranks_have_six_digits():
    rng = np.random.default_rng(0)
    label = rng.random(4 * MANY) < 0.9
    values = (rng.normal(size=4 * MANY) + 0.3 * label).astype(np.float32)
    found = coarse_rank_biserial(values, values[~label])
    assert found == pytest.approx(stats.spearmanr(values, label).statistic, abs=1e-6)


@pytest.mark.parametrize("crowd", ["few numbers", "equal", "ties", "outlier"])
def test_numbers_that_coarse_bins_do_not_tell_apart_are_left_to_exact_ranks(crowd):
    values = np.random.default_rng(0).normal(size=2 * MANY)
    values = {
        "few numbers": values[: MANY - 1],
        "equal": np.ones(2 * MANY),
        "ties": np.round(values, 1),
        "outlier": np.append(values, 1e5),
    }[crowd]
    assert coarse_rank_biserial(values, values[:100]) is None
