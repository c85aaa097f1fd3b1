import math

import numpy as np
import pytest

from hubscore.ranking.uncertainty import tie_groups
from hubscore.ranking.worlds import alike, draw_worlds, outcomes, p_best, rank_intervals, ranks_of, shortlist


def normal(z):
    return 0.5 * (1 + math.erf(z / math.sqrt(2)))


@pytest.mark.parametrize(("ahead", "sd"), [(0.0, 0.07), (0.05, 0.07), (0.1, 0.07), (0.2, 0.05)])
def test_of_two_models_the_better_one_is_best_as_often_as_the_normal_law_says(ahead, sd):
    worlds = outcomes(np.array([1.0, 1.0 + ahead]), np.array([sd, sd]), count=40_000)
    assert worlds.p_best[1] == pytest.approx(normal(ahead / (sd * math.sqrt(2))), abs=0.008)
    assert worlds.p_best.sum() == pytest.approx(1)


def test_what_is_told_at_once_is_what_the_worlds_say_one_by_one():
    angle, sd = np.array([0.9, 1.0, 1.1, 0.4]), np.full(4, 0.08)
    worlds, told = draw_worlds(angle, sd, count=500, seed=3), outcomes(angle, sd, count=500, seed=3)
    assert worlds.shape == (500, 4) and told.p_best.tolist() == p_best(worlds).tolist()
    assert told.rank_ci.tolist() == rank_intervals(ranks_of(worlds)).tolist()
    assert np.flatnonzero(told.shortlist).tolist() == sorted(shortlist(p_best(worlds)))


def test_blocks_of_worlds_are_one_draw(monkeypatch):
    angle, sd = np.linspace(0.5, 1.2, 7), np.full(7, 0.07)
    whole = draw_worlds(angle, sd, count=100)
    monkeypatch.setattr("hubscore.ranking.worlds._AT_ONCE", 50)
    assert np.array_equal(draw_worlds(angle, sd, count=100), whole)
    assert not np.array_equal(draw_worlds(angle, sd, count=100, seed=1), whole)


def test_ranks_by_hand():
    assert ranks_of(np.array([[0.1, 0.9, 0.5], [3.0, 2.0, 1.0]])).tolist() == [[3, 1, 2], [1, 2, 3]]
    ranks = np.array([[1, 2]] * 95 + [[2, 1]] * 5, dtype=np.int32)
    assert rank_intervals(ranks).tolist() == [[1, 2], [1, 2]]
    assert rank_intervals(ranks, level=0.8).tolist() == [[1, 1], [2, 2]]


def test_intervals_of_ranks_hold_the_truth_and_so_do_shortlists():
    rng, models, covered, held = np.random.default_rng(0), 20, [], []
    for _ in range(150):
        truth = rng.normal(1.0, 0.2, models)
        sd = rng.uniform(0.04, 0.09, models)
        told = outcomes(truth + sd * rng.normal(size=models), sd, count=400)
        rank = ranks_of(truth[None])[0]
        covered.append(((told.rank_ci[:, 0] <= rank) & (rank <= told.rank_ci[:, 1])).mean())
        held.append(told.shortlist[rank == 1].all())
    assert 0.92 < np.mean(covered) < 0.99 and np.mean(held) > 0.85


def test_the_shortlist_is_the_smallest_set_that_is_probable_enough():
    rng = np.random.default_rng(1)
    for chances in rng.dirichlet(np.full(8, 0.5), size=50):
        chosen = shortlist(chances)
        assert chances[chosen].sum() >= 0.9 - 1e-9
        assert len(chosen) == 1 or chances[chosen[:-1]].sum() < 0.9
        assert min(chances[chosen]) >= max(np.delete(chances, chosen), default=0)
    assert shortlist(np.array([0.5, 0.5]), 0.4, best_first=[1, 0]) == [1] and shortlist(np.array([1.0])) == [0]


def test_a_model_that_may_not_be_best_has_ranks_only():
    angle, sd = np.array([1.0, 1.4, 0.9]), np.full(3, 0.05)
    told = outcomes(angle, sd, np.array([True, False, True]))
    assert told.p_best[1] == 0 and not told.shortlist[1] and told.p_best.sum() == pytest.approx(1)
    assert told.rank_ci[1].tolist() == [1, 1] and told.rank_ci[0, 0] == 2
    nobody = outcomes(angle, sd, np.zeros(3, dtype=bool))
    assert nobody.p_best.tolist() == [0, 0, 0] and not nobody.shortlist.any()


def test_equals_share_a_world():
    assert outcomes(np.ones(4), np.zeros(4)).p_best.tolist() == [0.25] * 4


def test_who_cannot_be_told_apart():
    # 1.2816 * .05 * sqrt(2) = .0906
    tied = alike(np.array([1.0, 1.09, 1.0913]), np.full(3, 0.05))
    told = [[tied(one, other) for other in range(3)] for one in range(3)]
    assert told == [[True, True, False], [True, True, True], [False, True, True]]
    chances = outcomes(np.array([1.0, 1.0913]), np.full(2, 0.05), count=40_000).p_best
    assert chances[1] == pytest.approx(0.9, abs=0.006)


def test_the_sampling_error_of_the_rows_ties_more_the_more_models_there_are():
    pair = np.array([1.0, 1.25])
    assert alike(pair, np.full(2, 0.05), np.full(2, 0.07))(0, 1) is False  # q(2) * .07 = .194
    crowd = np.concatenate([pair, np.full(398, 1.1)])
    assert alike(crowd, np.full(400, 0.05), np.full(400, 0.07))(0, 1) is True  # q(400) * .07 = .482


def test_of_equal_models_no_pair_is_told_apart_in_95_of_100_probes():
    rng, alone = np.random.default_rng(0), 0
    for _ in range(100):
        angle = 1.0 + 0.05 * rng.normal(size=400)
        groups = tie_groups(np.argsort(-angle).tolist(), alike(angle, np.full(400, 0.06), np.full(400, 0.05)))
        alone += groups[-1] == 1
    assert alone >= 95 - 4  # two standard deviations of what 100 runs may show


def test_a_thousand_models_are_quick_and_small():
    import tracemalloc

    rng = np.random.default_rng(0)
    angle, sd = rng.uniform(0.5, 1.4, 1000), np.full(1000, 0.07)
    tracemalloc.start()
    told = outcomes(angle, sd, count=2000)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert told.rank_ci.shape == (1000, 2) and peak < 150e6
