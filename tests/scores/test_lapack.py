import threading
import time

import numpy as np
import pytest

from hubscore.scores import lapack
from hubscore.scores.lapack import factor, inner_products, solve, tridiagonal, tridiagonal_eigen

RNG = np.random.default_rng(0)
ROWS = RNG.normal(size=(90, 60))
SYMMETRIC = ROWS.T @ ROWS


def test_a_tridiagonal_matrix_has_the_same_eigenvalues():
    reflections, factors, diagonal, beside = tridiagonal(SYMMETRIC)
    assert reflections.shape == (59, 59) and factors.shape == (59,)
    values, vectors = tridiagonal_eigen(diagonal, beside)
    assert values == pytest.approx(np.linalg.eigvalsh(SYMMETRIC), rel=1e-10)
    matrix = np.diag(diagonal) + np.diag(beside, 1) + np.diag(beside, -1)
    assert vectors @ np.diag(values) @ vectors.T == pytest.approx(matrix, abs=1e-10)


def test_what_is_passed_stays_as_it_is():
    kept, diagonal, beside = SYMMETRIC.copy(), np.ones(4), np.full(3, 0.5)
    tridiagonal(SYMMETRIC), factor(SYMMETRIC), tridiagonal_eigen(diagonal, beside), inner_products(ROWS)
    assert np.array_equal(SYMMETRIC, kept) and (diagonal == 1).all() and (beside == 0.5).all()


@pytest.mark.parametrize("order", ["C", "F"])
def test_a_factor_solves(order):
    lower = factor(np.asarray(SYMMETRIC, order=order))
    assert np.tril(lower) == pytest.approx(np.linalg.cholesky(SYMMETRIC), rel=1e-10, abs=1e-12)
    right = np.asarray(RNG.normal(size=(60, 3)), order=order)
    assert SYMMETRIC @ solve(lower, right) == pytest.approx(right, abs=1e-9)


def test_a_matrix_that_is_not_positive_definite_has_no_factor():
    assert factor(np.array([[1.0, 2.0], [2.0, 1.0]])) is None


@pytest.mark.parametrize(("precision", "close"), [(np.float64, 1e-12), (np.float32, 1e-5)])
@pytest.mark.parametrize("step", [1, 2])
def test_inner_products_of_rows(precision, close, step):
    rows = ROWS.astype(precision)[:, ::step]
    products = inner_products(rows)
    assert products.dtype == precision
    assert np.triu(products) == pytest.approx(np.triu(rows @ rows.T), rel=close, abs=100 * close)


def test_an_illegal_argument_is_told():
    with pytest.raises(ValueError, match="argument 1 of dpotrf has an illegal value"):
        lapack._run("dpotrf", "?", 2, np.eye(2), 2)


@pytest.mark.parametrize("work", [tridiagonal, factor, inner_products])
def test_other_threads_run_meanwhile(work):
    matrix = (square := RNG.normal(size=(900, 900))) @ square.T
    beats, stop = [], threading.Event()

    def beat():
        while not stop.wait(0.0005):
            beats.append(time.perf_counter())

    other = threading.Thread(target=beat)
    other.start()
    try:
        while not beats:
            time.sleep(0.001)
        begin = time.perf_counter()
        rounds = 0
        while rounds < 3 or time.perf_counter() - begin < 0.2:
            work(matrix)
            rounds += 1
        end = time.perf_counter()
    finally:
        stop.set()
        other.join()
    during = [at for at in beats if begin <= at <= end]
    assert len(during) > 3 * rounds  # with the lock held there is at most about one beat between two rounds
