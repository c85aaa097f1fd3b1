import numpy as np
import pytest
from scoredata import NAMES, case

from hubscore.numerics.spectrum import centred, coordinates, principal_components, spectrum
from hubscore.numerics.workspace import Workspace


def thin(features):
    features = features.astype(np.float64)
    left, values, _ = np.linalg.svd(features - features.mean(axis=0), full_matrices=False)
    keep = values > 1e-11 * values[0]
    return left[:, keep], values[keep]


@pytest.mark.parametrize("name", NAMES)
def test_is_the_thin_svd_of_the_centred_features(name):
    features = case(name).features
    found, (left, values) = spectrum(Workspace(features=features)), thin(features)
    assert found.values == pytest.approx(values, rel=1e-8)
    assert found.left.T @ found.left == pytest.approx(np.eye(len(values)), abs=1e-8)
    assert found.left @ found.left.T == pytest.approx(left @ left.T, abs=1e-8)


@pytest.mark.parametrize("ratio", [1e-2, 1e-4, 1e-6, 1e-9, 1e-11])
@pytest.mark.parametrize("shape", [(60, 12), (20, 50)], ids=["tall", "wide"])
def test_small_directions_count_down_to_rounding(ratio, shape):
    rng = np.random.default_rng(0)
    left, _, right = np.linalg.svd(rng.normal(size=shape) - 0.0, full_matrices=False)
    left = left - left.mean(axis=0)
    values = np.geomspace(1, ratio, min(shape))
    features = left * values @ right
    assert len(spectrum(Workspace(features=features)).values) == np.linalg.matrix_rank(left, tol=1e-6)


def test_rounding_does_not_count():
    rng = np.random.default_rng(0)
    features = rng.normal(size=(60, 3)) @ rng.normal(size=(3, 20)) + 1e6
    assert len(spectrum(Workspace(features=features)).values) == 3


def test_columns_that_do_not_vary_are_zero_exactly():
    features = np.column_stack([np.full(7, 0.1), np.arange(7.0)])
    assert not centred(Workspace(features=features))[:, 0].any()


def test_constant_features_have_no_spectrum():
    workspace = Workspace(features=np.full((7, 3), 0.1))
    assert spectrum(workspace).values.size == 0
    assert (principal_components(workspace, 2) == 0).all()


@pytest.mark.parametrize("name", ["more_features", "more_samples"])
def test_coordinates_keep_distances_in_few_columns(name):
    workspace = Workspace(features=case(name).features)
    values, whole = coordinates(workspace), centred(workspace)
    assert values.shape[1] <= workspace.n
    assert values @ values.T == pytest.approx(whole @ whole.T, abs=1e-9)


def test_principal_components_are_those_of_scikit_learn():
    from sklearn.decomposition import PCA

    features = case("more_features").features
    found = principal_components(Workspace(features=features), 5)
    assert np.abs(found) == pytest.approx(np.abs(PCA(5, svd_solver="full").fit_transform(features)), abs=1e-9)
    assert principal_components(Workspace(features=features), 10**6).shape == (40, 39)


@pytest.mark.parametrize("name", ["more_features", "more_samples", "rank_deficient"])
@pytest.mark.parametrize("shape", [(), (3,), (200,)], ids=["vector", "few", "many"])
def test_products_are_those_with_the_left_vectors(name, shape):
    found = spectrum(Workspace(features=case(name).features))
    n, r = found.left.shape
    columns, table = (np.random.default_rng(1).normal(size=(size, *shape)) for size in (n, r))
    assert found.onto(columns) == pytest.approx(found.left.T @ columns, abs=1e-9)
    assert found.times(table) == pytest.approx(found.left @ table, abs=1e-9)


def test_where_the_decomposition_of_the_inner_products_fails_the_features_are_decomposed(monkeypatch):
    features = case("more_samples").features
    expected = spectrum(Workspace(features=features)).values

    def fails(matrix):
        raise np.linalg.LinAlgError("Eigenvalues did not converge")

    monkeypatch.setattr(np.linalg, "eigh", fails)
    assert spectrum(Workspace(features=features)).values == pytest.approx(expected, rel=1e-10)
