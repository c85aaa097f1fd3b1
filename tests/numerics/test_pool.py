import numpy as np
import pytest

from hubscore import Undefined
from hubscore.numerics.pool import Term, min_max


def terms(**values):
    return [Term(name, np.array(value)) for name, value in values.items()]


def test_each_term_is_stretched_to_0_and_1():
    stretched = min_max("X", terms(fit=[2.0, 4.0, 3.0], size=[0.0, -10.0, -5.0]))
    assert [term.tolist() for term in stretched] == [[0, 1, 0.5], [1, 0, 0.5]]


def test_one_network_is_undefined():
    with pytest.raises(Undefined, match="X is undefined: it compares the networks of a set, and there is one"):
        min_max("X", terms(fit=[1.0]))


def test_one_term_on_which_all_agree_is_enough_to_be_undefined():
    with pytest.raises(Undefined) as caught:
        min_max("X", terms(fit=[1.0, 2.0], size=[3.25, 3.25]))
    assert (
        str(caught.value) == "X is undefined: size is the same (3.25) for every network of the set\n"
        "Try: reduce to 32 dimensions, or use more samples"
    )


def test_every_such_term_is_named():
    with pytest.raises(
        Undefined,
        match=r"X is undefined: fit is the same \(1\) and size is the same \(3\) for every network of the set",
    ):
        min_max("X", terms(fit=[1.0, 1.0], size=[3.0, 3.0]))


def test_a_term_at_its_top_is_called_saturated():
    with pytest.raises(Undefined, match="X is undefined: fit is saturated at 2 for every network of the set"):
        min_max("X", [Term("fit", np.array([2.0, 2.0]), top=2.0), Term("size", np.array([3.0, 4.0]), top=2.0)])


def test_rounding_is_agreement():
    with pytest.raises(Undefined, match=r"fit is the same \(1\) for every network"):
        min_max("X", terms(fit=[1.0, 1 - 1e-15], size=[3.0, 4.0]))
    assert min_max("X", terms(fit=[1.0, 1 - 1e-9]))[0].tolist() == [1, 0]
