"""Places of new data sets from what the proxy sees."""

import numpy as np
import pytest

from hubscore.errors import UsageError
from hubscore.recommend.task_regression import fit_task_regression


def known(count=40, seed=0):
    rng = np.random.default_rng(seed)
    vectors = rng.normal(size=(count, 5))
    return vectors, np.column_stack([np.exp(vectors[:, 0]), 1 + (vectors[:, 1] > 0)])


def test_a_new_data_set_is_placed_beside_those_that_look_like_it():
    vectors, places = known()
    regression = fit_task_regression(vectors, places)
    new, truth = known(15, seed=1)
    found = np.array([regression.predict(vector) for vector in new])
    assert ((found - truth) ** 2).sum() < 0.5 * ((truth - places.mean(axis=0)) ** 2).sum()


def test_places_stay_between_the_known_ones_hence_not_negative():
    vectors, places = known()
    found = fit_task_regression(vectors, places).predict(np.full(5, 100.0))
    assert (found >= places.min(axis=0) - 1e-12).all() and (found <= places.max(axis=0) + 1e-12).all()


def test_the_same_seed_gives_the_same_bits_and_one_dimension_keeps_its_shape():
    vectors, places = known()
    one, other = (fit_task_regression(vectors, places[:, :1], seed=3).predict(vectors[0]) for _ in range(2))
    assert one.shape == (1,) and one.tobytes() == other.tobytes()


def test_a_single_known_data_set_is_the_answer_for_all():
    np.testing.assert_allclose(fit_task_regression([[1.0, 2.0]], [[0.3, 0.7]]).predict([9.0, 9.0]), [0.3, 0.7])


@pytest.mark.parametrize(
    ("vectors", "places"),
    [([[1.0]], [[1.0], [2.0]]), ([], []), ([1.0], [1.0]), ([[np.nan]], [[1.0]]), ([[1.0]], [[np.inf]])],
)
def test_what_cannot_be_learned_from_is_refused(vectors, places):
    with pytest.raises(UsageError, match="Cannot learn"):
        fit_task_regression(vectors, places)


@pytest.mark.parametrize("vector", [[1.0], [1.0, 2.0, 3.0], [[1.0, 2.0]], [np.nan, 1.0]])
def test_a_vector_of_another_proxy_is_refused(vector):
    with pytest.raises(UsageError, match="Cannot place"):
        fit_task_regression([[1.0, 2.0], [2.0, 3.0]], [[1.0], [2.0]]).predict(vector)
