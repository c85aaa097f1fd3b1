import numpy as np
import pytest

from hubscore import Undefined
from hubscore.scores.pool import min_max


def test_each_term_is_stretched_to_0_and_1():
    stretched = min_max("X", [np.array([2.0, 4.0, 3.0]), np.array([0.0, -10.0, -5.0])])
    assert [term.tolist() for term in stretched] == [[0, 1, 0.5], [1, 0, 0.5]]


def test_a_term_on_which_all_agree_is_0():
    assert min_max("X", [np.array([1.0, 2.0]), np.array([3.0, 3.0])])[1].tolist() == [0, 0]


@pytest.mark.parametrize(
    ("terms", "told"),
    [
        ([[1.0]], "X is undefined: it compares the networks of a set, and there is one"),
        ([[1.0, 1.0], [2.0, 2.0]], "X is undefined: its terms are the same for every network of the set"),
    ],
)
def test_sets_that_compare_nothing_are_undefined(terms, told):
    with pytest.raises(Undefined, match=told):
        min_max("X", [np.array(term) for term in terms])


def test_rounding_is_agreement():
    with pytest.raises(Undefined, match="its terms are the same"):
        min_max("X", [np.array([1.0, 1 - 1e-15]), np.array([3.0, 3.0])])
