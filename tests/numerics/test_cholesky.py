import numpy as np
import pytest

from hubscore.numerics.cholesky import factor, solve

RNG = np.random.default_rng(0)
ROWS = RNG.normal(size=(90, 60))
SYMMETRIC = ROWS.T @ ROWS


def test_what_is_passed_stays_as_it_is():
    kept, right = SYMMETRIC.copy(), np.ones((60, 2))
    solve(factor(SYMMETRIC), right)
    assert np.array_equal(SYMMETRIC, kept) and (right == 1).all()


@pytest.mark.parametrize("order", ["C", "F"])
def test_a_factor_solves(order):
    lower = factor(np.asarray(SYMMETRIC, order=order))
    assert lower.flags.f_contiguous and not np.triu(lower, 1).any()
    assert lower @ lower.T == pytest.approx(SYMMETRIC, rel=1e-10, abs=1e-12)
    right = np.asarray(RNG.normal(size=(60, 3)), order=order)
    assert SYMMETRIC @ solve(lower, right) == pytest.approx(right, abs=1e-9)


def test_a_matrix_that_is_not_positive_definite_has_no_factor():
    assert factor(np.array([[1.0, 2.0], [2.0, 1.0]])) is None
