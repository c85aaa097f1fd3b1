import numpy as np
import pytest
from similaritydata import features

from hubscore.errors import Undefined
from hubscore.similarity.cka import cka


def test_by_hand():
    # Centred Gram matrices of (1, -1, 0) and (1, 0, -1): products 4 (1*1 twice, plus cross terms), by hand 1 / 4 =
    # 0.25. K = xx', L = yy': <K, L> = (x'y)^2 = 1, |K| = |x|^2 = 2, |L| = 2.
    assert cka([[1.0], [-1.0], [0.0]], [[1.0], [0.0], [-1.0]]) == pytest.approx(1 / 4)


def test_against_hsic_with_the_centring_matrix():
    a, b = features(1), features(2, d=9)
    n = len(a)
    centring = np.eye(n) - 1 / n

    def hsic(k, other):
        return np.trace(k @ centring @ other @ centring) / (n - 1) ** 2

    k, other = a @ a.T, b @ b.T
    assert cka(a, b) == pytest.approx(hsic(k, other) / np.sqrt(hsic(k, k) * hsic(other, other)), abs=1e-12)


def unbiased_hsic(k: np.ndarray, other: np.ndarray) -> float:
    """Song et al., JMLR 2012, Eq. 5."""
    n, ones = len(k), np.ones(len(k))
    k, other = k - np.diag(np.diag(k)), other - np.diag(np.diag(other))
    cross = (ones @ k @ ones) * (ones @ other @ ones) / ((n - 1) * (n - 2))
    return (np.trace(k @ other) + cross - 2 / (n - 2) * (ones @ k @ other @ ones)) / (n * (n - 3))


@pytest.mark.parametrize("wide", [False, True])
def test_debiased_against_the_unbiased_hsic(wide):
    a, b = features(1, d=80 if wide else 6), features(2, d=9)
    k, other = a @ a.T, b @ b.T
    expected = unbiased_hsic(k, other) / np.sqrt(unbiased_hsic(k, k) * unbiased_hsic(other, other))
    assert cka(a, b, debiased=True) == pytest.approx(expected, abs=1e-10)


def test_unrelated_wide_networks_look_alike_only_to_the_biased_form():
    rng = np.random.default_rng(0)
    a, b = rng.normal(size=(50, 400)), rng.normal(size=(50, 400))
    assert cka(a, b) > 0.8
    assert abs(cka(a, b, debiased=True)) < 0.05


def test_three_samples_have_no_debiased_value():
    with pytest.raises(Undefined, match="there are 3 samples, and the debiased form needs 4"):
        cka(np.eye(3), np.eye(3), debiased=True)
    assert cka(np.eye(3), np.eye(3)) == pytest.approx(1)
