import numpy as np
import pytest
from similaritydata import features

from hubscore.similarity.pwcca import pwcca
from hubscore.similarity.svcca import svcca

N = 400


def by_definition(a: np.ndarray, b: np.ndarray) -> float:
    """Whitened covariance, its singular vectors, and the weights written out."""
    a, b = a - a.mean(axis=0), b - b.mean(axis=0)

    def whitener(values):
        eigenvalues, vectors = np.linalg.eigh(values.T @ values)
        return vectors @ np.diag(eigenvalues**-0.5) @ vectors.T

    first, second = a @ whitener(a), b @ whitener(b)
    left, rho, _ = np.linalg.svd(first.T @ second, full_matrices=False)
    variates = first @ left
    weights = np.array([sum(abs(h @ x) for x in a.T) for h in variates.T])
    return float(weights @ rho / weights.sum())


def test_against_the_definition():
    a, b = features(1, n=N), features(2, d=9, n=N)
    assert pwcca(a, b) == pytest.approx(by_definition(a, b), abs=1e-10)
    assert pwcca(b, a) == pytest.approx(by_definition(b, a), abs=1e-10)


def test_a_direction_with_little_variance_weighs_little():
    rng = np.random.default_rng(0)
    shared, noise = rng.normal(size=(N, 1)), rng.normal(size=(N, 2))
    a, b = np.hstack([10 * shared, noise[:, :1]]), np.hstack([shared, noise[:, 1:]])
    assert pwcca(a, b) > 0.9
    assert svcca(a, b, variance=1.0) < 0.6
