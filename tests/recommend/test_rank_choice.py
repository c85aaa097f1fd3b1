import numpy as np

from hubscore.recommend.rank_choice import choose_rank


def test_the_rank_of_a_noisy_product_is_found(rng):
    parts = np.kron(np.eye(2), np.ones((6, 4)))  # two groups of models that are each good on their own tasks
    values = 0.2 + 0.6 * parts + 0.02 * rng.normal(size=parts.shape)
    rank, errors = choose_rank(values, ranks=(1, 2))
    assert rank == 2 and errors[1] > 3 * errors[2]


def test_it_is_the_same_every_time(rng):
    values = rng.uniform(size=(8, 5))
    assert choose_rank(values, ranks=(1, 2)) == choose_rank(values, ranks=(1, 2))


def test_too_few_data_sets_have_one_dimension():
    assert choose_rank(np.ones((5, 1))) == (1, {})
    assert choose_rank(np.full((5, 4), np.nan)) == (1, {})
