import numpy as np
import pytest
from scipy.spatial.distance import pdist
from scipy.stats import spearmanr, zscore
from similaritydata import features

from hubscore.errors import Undefined
from hubscore.similarity.dds import dds
from hubscore.similarity.rsa import rsa


def test_by_hand():
    # Standardised rows of a: samples 0 and 1 point the same way, 2 the other; of b: 0 and 2 do. Correlations are 1 or
    # -1.
    a = [[3.0, 1.0], [2.0, 0.0], [0.0, 5.0]]
    b = [[3.0, 1.0], [0.0, 5.0], [2.0, 0.0]]
    # Distances (01, 02, 12): a (0, 2, 2), b (2, 0, 2); ranks (1, 2.5, 2.5) and (2.5, 1, 2.5): -0.5.
    assert rsa(a, b) == pytest.approx(-0.5)


def test_against_scipy():
    a, b = features(1), features(2, d=9)
    expected = spearmanr(pdist(zscore(a), "correlation"), pdist(zscore(b), "correlation")).statistic
    assert rsa(a, b) == pytest.approx(expected, abs=1e-12)


def test_a_sample_without_variation_over_features_is_named():
    flat = features(1)
    flat[7] = flat[np.arange(len(flat)) != 7].mean(axis=0)  # standardised, it is 0 in every column
    for measure in (rsa, dds):
        with pytest.raises(Undefined, match="sample 7 are"):
            measure(flat, features(2))


def test_two_samples_are_one_pair():
    with pytest.raises(Undefined, match="same distance"):
        rsa(np.array([[1.0, 2.0, 4.0], [2.0, 1.0, 9.0]]), np.array([[1.0, 2.0, 4.0], [2.0, 1.0, 9.0]]))


@pytest.mark.filterwarnings("error")
def test_columns_that_never_move_are_no_trouble():
    rng = np.random.default_rng(4)
    a, b = rng.normal(size=(12, 5)), rng.normal(size=(12, 6))
    idle = np.tile([3.0, 1e9 / 3], (12, 1))
    zeros = np.zeros((12, 2))  # what standardising makes of them
    assert rsa(np.hstack([a, idle]), b) == pytest.approx(rsa(np.hstack([a, zeros]), b), abs=1e-12)
    assert dds(np.hstack([a, idle]), b) == pytest.approx(dds(a, b), abs=1e-12)
