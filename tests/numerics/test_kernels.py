import numpy as np
import pytest
from scipy.spatial.distance import cdist, pdist
from sklearn.metrics.pairwise import cosine_similarity
from sklearn.preprocessing import KernelCenterer, StandardScaler

from hubscore import Undefined
from hubscore.numerics.kernels import (
    centred,
    cosine_rows,
    linear_kernel,
    rbf_kernel,
    rbf_kernel_from_kernel,
    signed_sqrt,
    squared_distances,
    standardized,
    unit_diagonal,
)

ROWS = np.random.default_rng(0).normal(size=(30, 7)) * np.linspace(0.1, 4, 7) + 2


@pytest.mark.parametrize("make", [linear_kernel, rbf_kernel])
def test_a_kernel_is_exactly_symmetric_and_float64(make):
    kernel = make(ROWS.astype(np.float32))
    assert kernel.dtype == np.float64
    assert (kernel == kernel.T).all()


def test_cosines_are_those_of_scikit_learn_and_zeros_have_none():
    rows = np.vstack([ROWS, np.zeros((1, 7))])
    assert linear_kernel(cosine_rows(rows)) == pytest.approx(cosine_similarity(rows), abs=1e-14)


def test_standardized_columns_are_those_of_scikit_learn_and_constant_ones_are_zero():
    rows = np.hstack([ROWS, np.full((30, 1), 0.1)])
    assert standardized(rows) == pytest.approx(StandardScaler().fit_transform(rows), abs=1e-12)
    assert (standardized(rows)[:, 7] == 0).all()


def test_signed_roots_square_to_what_they_were():
    roots = signed_sqrt(ROWS - 2)
    assert roots * np.abs(roots) == pytest.approx(ROWS - 2, abs=1e-14)


def test_the_width_is_the_median_over_pairs_of_different_samples():
    expected = np.exp(-cdist(ROWS, ROWS, "sqeuclidean") / np.median(pdist(ROWS, "sqeuclidean")))
    assert rbf_kernel(ROWS) == pytest.approx(expected, abs=1e-12)
    assert (rbf_kernel(ROWS).diagonal() == 1).all()


def test_distances_come_from_any_kernel_and_not_from_its_centre():
    kernel = linear_kernel(ROWS)
    assert squared_distances(centred(kernel)) == pytest.approx(cdist(ROWS, ROWS, "sqeuclidean"), abs=1e-10)
    assert rbf_kernel_from_kernel(3 * centred(kernel)) == pytest.approx(rbf_kernel(ROWS), abs=1e-12)


def test_centring_is_that_of_feature_vectors_and_leaves_the_argument_alone():
    kernel = linear_kernel(ROWS)
    before = kernel.copy()
    assert centred(kernel) == pytest.approx(KernelCenterer().fit_transform(kernel.copy()), abs=1e-10)
    assert centred(kernel) == pytest.approx(linear_kernel(ROWS - ROWS.mean(axis=0)), abs=1e-10)
    assert (centred(kernel) == centred(kernel).T).all()
    assert (kernel == before).all()


def test_a_unit_diagonal_sums_to_the_number_of_samples():
    kernel = unit_diagonal(centred(linear_kernel(ROWS)))
    assert kernel.trace() == pytest.approx(30, rel=1e-14)


@pytest.mark.parametrize("value", [0.0, 0.1, 1e12])
def test_samples_that_are_all_the_same_have_no_kernel(value):
    kernel = np.full((9, 9), value)
    assert (centred(kernel) == 0).all()
    with pytest.raises(Undefined, match="all samples look the same"):
        unit_diagonal(centred(kernel))
    with pytest.raises(Undefined, match="at least half of all pairs"):
        rbf_kernel_from_kernel(kernel)


def test_a_small_kernel_is_not_taken_for_rounding():
    assert unit_diagonal(centred(linear_kernel(1e-9 * ROWS))) == pytest.approx(
        unit_diagonal(centred(linear_kernel(ROWS))), abs=1e-9
    )


def test_a_gaussian_kernel_needs_half_of_the_pairs_to_differ():
    rows = np.repeat([[0.1, 0.7], [3.0, 1.0]], [9, 1], axis=0)
    with pytest.raises(Undefined, match="at least half of all pairs"):
        rbf_kernel(rows)
