import numpy as np

from hubscore.calibration.prediction import Prediction
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


def foreseen(angle, sd=0.05, high=None):
    angle = np.array(angle, dtype=float)
    spread = np.where(np.isnan(angle), NAN, sd)
    expected = np.sin(angle) ** 2
    return Prediction(angle, expected, expected - 0.1, expected + 0.1, spread, spread, 20.0)


def test_expected_accuracies_order_the_models_and_those_without_come_last_by_consensus(table):
    made = table(("knn", "neighbour", [5, 4, 3, 2, 1]))
    order = order_models(made, expected=foreseen([0.6, NAN, 0.9, 1.2, NAN]))
    assert names(order) == ["m3", "m2", "m0", "m1", "m4"] and order.foreseen == (0, 2, 3)
    assert order.groups == (1, 2, 3, 4, 5)
    assert order.outcomes.p_best.tolist() == [0, 0, 1] and order.outcomes.shortlist.tolist() == [False, False, True]


def test_the_worlds_tie_what_their_errors_do_not_tell_apart(table):
    made = table(("knn", "neighbour", [5, 4, 3]))
    noisy = ResampledValues(made.values + np.zeros((20, 1, 3)), [20], 80, 100)
    order = order_models(made, noisy, expected=foreseen([0.6, 1.2, 1.15]))
    assert names(order) == ["m1", "m2", "m0"] and order.groups == (1, 1, 2)
    assert order.certain is not None and (order.outcomes.rank_ci[0] == 3).all()


def test_equal_estimates_are_ordered_by_consensus(table):
    order = order_models(table(("knn", "neighbour", [1, 2, 3])), expected=foreseen([1.0, 1.0, 0.2]))
    assert names(order) == ["m1", "m0", "m2"]


def test_a_model_that_was_trained_on_the_data_is_neither_first_nor_on_the_shortlist(table):
    made = table(("knn", "neighbour", [5, 4, 3]))
    order = order_models(made, declared=["m0"], expected=foreseen([1.3, 1.0, 0.6]))
    assert names(order) == ["m1", "m0", "m2"] and order.groups == (1, 2, 3)
    assert order.outcomes.p_best.tolist() == [0, 1, 0] and order.outcomes.shortlist.tolist() == [False, True, False]


def test_the_order_of_the_worlds_is_repeated_by_the_seed(table):
    made, guess = table(("knn", "neighbour", [5, 4, 3])), foreseen([1.0, 1.02, 0.98])
    first, again, other = (order_models(made, expected=guess, seed=seed).outcomes.p_best for seed in (0, 0, 1))
    assert first.tolist() == again.tolist() != other.tolist()
