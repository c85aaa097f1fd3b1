from collections import Counter, deque

import numpy as np
import pytest

from hubscore.probe.stratified import SampledRows, sample_in_rounds, sample_uniformly


def members(*sizes):
    starts = np.cumsum([0, *sizes])
    return {group: np.arange(starts[group], starts[group + 1]) for group in range(len(sizes))}


def rng(seed=0):
    return np.random.default_rng(seed)


def test_rows_cycle_through_the_groups():
    draw = sample_in_rounds(members(10, 10, 10), 9, rng())
    assert len(set(draw.groups[:3])) == 3 and draw.groups == draw.groups[:3] * 3
    assert all(row // 10 == group for row, group in zip(draw.rows, draw.groups, strict=True))
    assert len(set(draw.rows)) == 9


def test_a_small_group_gives_all_it_has_and_the_others_fill_up():
    draw = sample_in_rounds(members(2, 100), 20, rng())
    assert Counter(draw.groups) == {0: 2, 1: 18}


def test_a_round_that_does_not_fit_is_spread_over_groups():
    assert sorted(Counter(sample_in_rounds(members(50, 50, 50), 10, rng()).groups).values()) == [3, 3, 4]


def test_too_many_groups_are_dropped_until_each_has_two():
    draw = sample_in_rounds(members(*[5] * 20), 10, rng())
    assert set(Counter(draw.groups).values()) == {2} and len(draw.dropped) == 15
    assert set(draw.dropped) | set(draw.groups) == set(range(20))


def test_more_rows_than_there_are_takes_all():
    assert sorted(sample_in_rounds(members(3, 4), 500, rng()).rows) == list(range(7))


def test_a_row_of_several_groups_is_drawn_once():
    draw = sample_in_rounds({0: np.arange(6), 1: np.arange(3, 9)}, 9, rng())
    assert sorted(draw.rows) == list(range(9))


def test_the_seed_decides():
    first, again, other = (sample_in_rounds(members(90, 90), 10, rng(seed)).rows for seed in (1, 1, 2))
    assert first == again != other


@pytest.mark.parametrize("seed", range(5))
def test_every_row_is_as_likely_as_any_other_of_its_group(seed):
    drawn = Counter(
        row for again in range(300) for row in sample_in_rounds(members(10, 10), 8, rng([seed, again])).rows
    )
    assert min(drawn.values()) > 80 and max(drawn.values()) < 165  # 120 expected, six standard deviations


def test_what_is_left_replaces_its_own_kind():
    draw = sample_in_rounds(members(3, 2), 4, rng())
    at = draw.groups.index(0)
    gone = draw.rows[at]
    assert draw.replace(at) and draw.rows[at] in {0, 1, 2} - {gone}
    assert not draw.replace(at)
    assert not draw.replace(draw.groups.index(1))


def test_a_row_that_was_used_never_comes_back():
    draw = SampledRows([4], [0], {0: deque([4, 5])})
    assert draw.replace(0) and draw.rows == [5]


def test_plain_draws_without_repetition():
    draw = sample_uniformly(range(100, 150), 20, rng())
    assert len(set(draw.rows)) == 20 and set(draw.rows) <= set(range(100, 150)) and draw.groups == [0] * 20
    assert len(sample_uniformly(range(5), 20, rng()).rows) == 5
    assert draw.replace(3)


def test_rows_come_from_as_many_wholes_as_possible():
    whole = np.repeat(np.arange(10), 3)
    members = {0: np.arange(0, 30, 3), 1: np.arange(1, 30, 3), 2: np.arange(2, 30, 3)}
    drawn = sample_in_rounds(members, 9, np.random.default_rng(0), whole)
    assert len(set(whole[drawn.rows].tolist())) == 9 and sorted(drawn.groups) == [0, 0, 0, 1, 1, 1, 2, 2, 2]
    every = sample_in_rounds(members, 40, np.random.default_rng(0), whole)
    assert sorted(every.rows) == list(range(30))
    assert drawn.replace(0) and len(set(drawn.rows)) == 9
