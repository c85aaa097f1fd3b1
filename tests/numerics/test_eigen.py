import numpy as np
import pytest

from hubscore.numerics.eigen import SMALL, eigen


def random_square(size, seed=0):
    root = np.random.default_rng(seed).normal(size=(size, size)) / np.arange(1, size + 1)
    return root @ root.T


@pytest.mark.parametrize("size", [1, 2, SMALL, SMALL + 1, 90])
def test_equals_eigh(size):
    matrix = random_square(size)
    values, axes = eigen(matrix)
    vectors = axes.first(size)
    assert values == pytest.approx(np.linalg.eigvalsh(matrix)[::-1], abs=1e-14 * values[0])
    assert vectors.T @ vectors == pytest.approx(np.eye(size), abs=1e-12)
    assert vectors * values @ vectors.T == pytest.approx(matrix, abs=1e-13 * values[0])


@pytest.mark.parametrize("size", [5, 90])
@pytest.mark.parametrize("shape", [(), (3,), (200,)], ids=["vector", "few", "many"])
def test_products_are_those_with_the_vectors(size, shape):
    axes = eigen(random_square(size))[1].all_but_last(2)
    vectors, table = axes.first(size), np.random.default_rng(1).normal(size=(size, *shape))
    assert vectors.shape == (size, size - 2)
    assert axes.onto(table) == pytest.approx(vectors.T @ table, abs=1e-12)
    assert axes.times(table[:-2]) == pytest.approx(vectors @ table[:-2], abs=1e-12)


def test_the_matrix_and_the_columns_are_left_as_they_are():
    matrix, columns = random_square(40), np.ones((40, 2))
    kept = matrix.copy()
    eigen(matrix)[1].onto(columns)
    assert np.array_equal(matrix, kept) and (columns == 1).all()
