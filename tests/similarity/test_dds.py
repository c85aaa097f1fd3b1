import numpy as np
import pytest
from scipy.spatial.distance import pdist, squareform
from scipy.stats import zscore
from similarity.test_cka import unbiased_hsic
from similaritydata import features

from hubscore.errors import Undefined
from hubscore.similarity.dds import dds


def test_against_the_unbiased_hsic_of_scipys_distances():
    a, b = (squareform(pdist(zscore(values), "cosine")) for values in (features(1), features(2, d=9)))
    expected = unbiased_hsic(a, b) / np.sqrt(unbiased_hsic(a, a) * unbiased_hsic(b, b))
    assert dds(features(1), features(2, d=9)) == pytest.approx(expected, abs=1e-10)


def test_around_zero_for_unrelated_networks():
    rng = np.random.default_rng(0)
    values = [dds(rng.normal(size=(40, 30)), rng.normal(size=(40, 30))) for _ in range(30)]
    assert abs(np.mean(values)) < 0.03
    assert min(values) < 0


def test_three_samples_are_too_few():
    with pytest.raises(Undefined, match="needs 4"):
        dds(features(1)[:3], features(2)[:3])
