import threading
import time

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from hubscore.numerics import lapack
from hubscore.numerics.lapack import factor, inner_products, solve, tridiagonal, tridiagonal_eigen

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


@pytest.mark.parametrize("dtype", [np.float16, np.int64])
def test_inner_products_of_other_numbers_are_taken_in_double_precision(dtype):
    products = inner_products(np.array([[1, 2], [3, 4]], dtype=dtype))
    assert products.dtype == np.float64 and np.triu(products).tolist() == [[5, 11], [0, 25]]


def test_inner_products_of_nothing_are_0():
    assert inner_products(np.ones((2, 0))).tolist() == [[0, 0], [0, 0]]


def beats_inside(name, size):
    """Milliseconds that one call takes, and how often another thread had its turn in the middle of it."""
    matrix, room = np.asfortranarray((square := RNG.normal(size=(size, size))) @ square.T), np.empty(64 * size)
    parts = (np.empty(size), np.empty(size), np.empty(size), room, room.size) if name == "dsytrd" else ()
    beats, stop = [], threading.Event()

    def beat():
        while not stop.wait(0.001):
            beats.append(time.perf_counter())

    other = threading.Thread(target=beat)
    other.start()
    try:
        while not beats:
            time.sleep(0.001)
        begin = time.perf_counter()
        lapack._run(name, "L", size, matrix, size, *parts)
        end = time.perf_counter()
    finally:
        stop.set()
        other.join()
    margin = 0.2 * (end - begin)
    return 1000 * (end - begin), sum(begin + margin < at < end - margin for at in beats)


@pytest.mark.parametrize("name", ["dsytrd", "dpotrf"])
def test_other_threads_run_during_a_call(name):
    with threadpool_limits(1):
        for size in (800, 1600, 3200, 4800):
            milliseconds, beats = beats_inside(name, size)
            if milliseconds > 60:
                break
    assert beats  # with the lock held the other thread stands still from the begin to the end
