import doctest
import itertools

import numpy as np
import pytest
from scipy.stats import spearmanr

from hubscore.bench import affinity as affinity_module
from hubscore.bench import relations
from hubscore.bench.affinity import affinity, wins
from hubscore.errors import Undefined, UsageError

RNG = np.random.default_rng(0)
VALUES = RNG.normal(size=(4, 7))
RELEVANT = RNG.random((4, 7)) < 0.4


@pytest.mark.parametrize("module", [relations, affinity_module])
def test_the_examples_in_the_docs_hold(module) -> None:
    assert doctest.testmod(module).failed == 0


@pytest.mark.parametrize("k", [1, 3, 7])
def test_precision_and_recall_against_plain_loops(k) -> None:
    hits = [
        len(set(np.argsort(-row)[:k]) & set(np.flatnonzero(good))) for row, good in zip(VALUES, RELEVANT, strict=True)
    ]
    assert relations.precision_at(k, VALUES, RELEVANT) == pytest.approx(np.mean(hits) / k)
    expected = np.mean([hit / good.sum() for hit, good in zip(hits, RELEVANT, strict=True)])
    assert relations.recall_at(k, VALUES, RELEVANT) == pytest.approx(expected)


def test_ties_are_broken_in_every_way() -> None:
    values, good = np.array([2.0, 1.0, 1.0, 1.0, 0.0]), np.array([0, 1, 0, 0, 1], bool)
    for k in (1, 2, 3, 4):
        hits = [good[[0, *order, 4][:k]].sum() for order in itertools.permutations([1, 2, 3])]
        assert relations.precision_at(k, values[None], good[None]) == pytest.approx(np.mean(hits) / k)


def test_a_square_table_leaves_the_model_itself_out() -> None:
    table = np.array([[9.0, 1, 2], [1, 9, 2], [2, 1, 9]])
    same = np.array([[True, False, True], [False, True, False], [True, False, True]])
    # Model 1 has no relative and is left out of the mean; 0 and 2 find each other.
    assert relations.precision_at(1, table, same) == 1.0
    assert relations.chance(same) == 0.5
    with pytest.raises(UsageError, match="pick 3 of 2 sources"):
        relations.precision_at(3, table, same)


def test_what_is_undefined_comes_last() -> None:
    assert relations.precision_at(1, [[np.nan, -5.0, np.nan]], [[1, 0, 1]]) == 0.0
    assert relations.precision_at(2, [[np.nan, -5.0, np.nan]], [[1, 0, 1]]) == 0.5


def test_no_relevant_source_is_undefined() -> None:
    with pytest.raises(Undefined, match="no target has a relevant source"):
        relations.precision_at(1, np.eye(3), np.eye(3))


def test_correlations_leave_out_the_diagonal_and_what_is_undefined() -> None:
    a, b = RNG.normal(size=(5, 5)), RNG.normal(size=(5, 5))
    np.fill_diagonal(a, 100)
    a[1, 2] = np.nan
    use = ~np.eye(5, dtype=bool) & ~np.isnan(a)
    assert relations.spearman(a, b) == pytest.approx(spearmanr(a[use], b[use]).statistic)
    assert relations.pearson(a, b) == pytest.approx(np.corrcoef(a[use], b[use])[0, 1])


@pytest.mark.parametrize("measure", [relations.spearman, relations.pearson])
def test_correlations_without_variety_are_undefined(measure) -> None:
    with pytest.raises(Undefined, match="all reference values are equal"):
        measure(RNG.normal(size=(3, 3)), np.ones((3, 3)))
    with pytest.raises(Undefined, match="2 relations"):
        measure(np.eye(2), np.eye(2))
    with pytest.raises(UsageError, match=r"shape \(2, 2\) and \(3, 3\)"):
        measure(np.eye(2), np.eye(3))


def test_affinity_of_consistent_ratios_is_their_source() -> None:
    strength = np.array([5.0, 3.0, 2.0])  # w_ij / w_ji = s_i / s_j has the principal eigenvector s
    shares = strength[:, None] / (strength[:, None] + strength)
    assert affinity(shares) == pytest.approx(strength / strength.sum())


def test_affinity_clips_before_it_divides() -> None:
    # 0.999 / 0.001: 999 to 1.
    assert affinity([[0.5, 1.0], [0.0, 0.5]]) == pytest.approx([0.999, 0.001])


def test_affinity_by_power_iteration() -> None:
    shares = wins(RNG.random((6, 50)))
    clipped = np.clip(shares, 0.001, 0.999)
    ratios = clipped / clipped.T
    vector = np.ones(6)
    for _ in range(500):
        vector = ratios @ vector
        vector /= vector.sum()
    assert affinity(shares) == pytest.approx(vector, abs=1e-9)


def test_wins_count_ties_half() -> None:
    table = wins([[1.0, 2.0, 3.0, 4.0], [2.0, 2.0, 1.0, 9.0]])
    assert table.tolist() == [[0.5, 0.625], [0.375, 0.5]]


def test_what_is_no_table_of_wins_is_refused() -> None:
    with pytest.raises(UsageError, match="shares lie between 0 and 1"):
        affinity([[0.5, 3.0], [0.2, 0.5]])
    with pytest.raises(UsageError, match=r"shape \(1, 2\)"):
        affinity([[0.5, 0.3]])
    with pytest.raises(UsageError, match="losses"):
        wins([[0.1, np.nan]])
