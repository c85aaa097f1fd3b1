import numpy as np

from hubscore.ranking.order import ResampledValues, order_models

NAN = np.nan


def names(order):
    return [order.table.models[number] for number in order.sequence]


def test_the_best_consensus_comes_first_then_the_better_mean_rank_then_the_name(table):
    made = table(
        ("knn", "neighbour", [1, 2, 2, 2, 3]),
        ("energy", "label-free", [5, 1, 4, 1, 2]),
        models=["e", "d", "c", "b", "a"],
    )
    assert names(order_models(made)) == ["a", "c", "b", "d", "e"]


def test_without_subsamples_only_equals_are_tied(table):
    order = order_models(table(("knn", "neighbour", [3, 1, 1, 2])))
    assert order.groups == (1, 2, 3, 3) and order.certain is None


def test_models_without_a_consensus_come_last_and_are_judged_by_their_mean_rank(table):
    made = table(
        ("knn", "neighbour", [1, 2, 3, 4, 5, 6, 7, 8, NAN, NAN]),
        ("energy", "label-free", [1, 2, 3, 4, 5, 6, 7, 8, 0, 9]),
    )
    order = order_models(made)
    assert names(order)[-2:] == ["m9", "m8"] and order.judged == tuple(range(8))
    assert len(set(order.groups[-2:])) == 2


def test_noise_on_the_subsamples_makes_ties(table):
    made = table(("knn", "neighbour", [1.0, 2.0, 9.0]), ("logme", "evidence", [1.0, 2.0, 9.0]))
    noise = np.random.default_rng(0).normal(size=(20, 2, 3))
    order = order_models(made, ResampledValues(made.values + noise, [20, 20], 80, 100))
    assert names(order) == ["m2", "m1", "m0"] and order.groups == (1, 2, 2)
    assert order.certain.rank_ci.tolist() == [[2, 3], [2, 3], [1, 1]]
    assert (order.width > order.error).all()


def test_a_pool_of_one_has_no_intervals_of_place(table):
    made = table(("knn", "neighbour", [1.0]))
    order = order_models(made, ResampledValues(np.ones((20, 1, 1)), [20], 80, 100))
    assert order.certain is None and order.groups == (1,) and order.consensus.tolist() == [0.5]
