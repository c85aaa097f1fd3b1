import numpy as np
import pytest

from hubscore.ranking.capacity import with_capacity
from hubscore.ranking.consensus import averaged


def test_eq_6_worked_by_hand(table):
    made = with_capacity(table(("knn", "neighbour", [1.0, 3.0])), {"m0": 50, "m1": 25})
    # Mean 2, deviation 1: z is -1 and 1; layers add 1 and 0.5.
    assert made.values[1].tolist() == pytest.approx([0.0, 1.5])
    assert [column.name for column in made.columns] == ["knn", "knn+l"]


def test_smaller_is_better_is_turned_round_first(table):
    made = with_capacity(table(("pactran", "probability", [1.0, 3.0], "lower")), {"m0": 10, "m1": 10})
    assert made.values[1].tolist() == pytest.approx([2.0, 0.0])
    assert made.oriented[1].tolist() == pytest.approx([2.0, 0.0])


def test_unknown_layers_and_equal_values_leave_it_undefined(table):
    made = with_capacity(
        table(("knn", "neighbour", [1.0, 2.0, np.nan]), ("parc", "neighbour", [0.3, 0.3, 0.3])),
        {"m0": 8, "m1": None, "m2": 4},
    )
    assert np.isnan(made.values[2]).tolist() == [False, True, True]
    assert np.isnan(made.values[3]).all()


def test_the_ensembles_are_averaged_in_place_of_the_plain_scores(table):
    made = with_capacity(table(("knn", "neighbour", [1.0, 2.0]), ("logme", "evidence", [1.0, 2.0])), {"m0": 8, "m1": 4})
    assert averaged(made).tolist() == [False, False, True, True]


def test_subsamples_are_standardised_one_by_one(table):
    plain = table(("knn", "neighbour", [1.0, 3.0]))
    draws = plain.with_values(np.array([[[1.0, 3.0]], [[10.0, 20.0]]]))
    assert with_capacity(draws, {"m0": 1, "m1": 1}).values[:, 1].tolist() == [[0.0, 2.0], [0.0, 2.0]]
