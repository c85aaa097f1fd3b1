import warnings

import numpy as np
import pytest
from similaritydata import features
from sklearn.cross_decomposition import CCA
from sklearn.decomposition import PCA

from hubscore.errors import Undefined, UsageError
from hubscore.similarity.canonical_correlation import FewSamples
from hubscore.similarity.pairwise import pairwise
from hubscore.similarity.pwcca import pwcca
from hubscore.similarity.svcca import svcca

N = 400


def by_qr(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Canonical correlations of full-rank columns."""
    first, second = (np.linalg.qr(values - values.mean(axis=0))[0] for values in (a, b))
    return np.linalg.svd(first.T @ second, compute_uv=False)


def pca(values: np.ndarray, share: float) -> np.ndarray:
    return PCA(share, svd_solver="full").fit_transform(values)


def test_all_directions_against_qr():
    a, b = features(1, n=N), features(2, d=9, n=N)
    assert svcca(a, b, variance=1.0) == pytest.approx(by_qr(a, b).mean(), abs=1e-12)


def test_against_the_cca_of_scikit_learn():
    a, b = features(1, d=4, n=N), features(2, d=4, n=N)
    found = CCA(n_components=4, max_iter=10000, tol=1e-12).fit(a, b).transform(a, b)
    expected = np.mean([np.corrcoef(found[0][:, i], found[1][:, i])[0, 1] for i in range(4)])
    assert svcca(a, b, variance=1.0) == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("share", [0.9, 0.99])
def test_keeps_the_share_of_the_variance(share):
    a, b = features(1, d=12, n=N), features(2, d=9, n=N)
    reduced = pca(a, share), pca(b, share)
    assert reduced[0].shape[1] < 12
    assert svcca(a, b, variance=share) == pytest.approx(by_qr(*reduced).mean(), abs=1e-10)


def test_keeps_so_many_components():
    a, b = features(1, d=12, n=N), features(2, d=9, n=N)
    assert svcca(a, b, components=3) == pytest.approx(by_qr(pca(a, 3), pca(b, 3)).mean(), abs=1e-10)
    assert svcca(a, b, components=99) == pytest.approx(svcca(a, b, variance=1.0))


def test_invertible_maps_change_nothing_once_all_directions_are_kept():
    a, b = features(1, n=N), features(2, d=9, n=N)
    mixed = a @ np.random.default_rng(5).normal(size=(6, 6)) + 3
    assert svcca(mixed, b, variance=1.0) == pytest.approx(svcca(a, b, variance=1.0), abs=1e-9)


@pytest.mark.parametrize("measure", [svcca, pwcca])
def test_too_few_samples_are_undefined_with_what_helps(measure):
    rng = np.random.default_rng(0)
    a, b = rng.normal(size=(20, 10)), rng.normal(size=(20, 10))
    with pytest.raises(Undefined, match=r"10 \+ 10 directions of 20 samples") as told:
        measure(a, b, variance=1.0)
    assert "more than 20 samples" in told.value.fix and "components=9" in told.value.fix
    measure(a, b, components=9)
    with pytest.warns(FewSamples, match="95 samples would be enough"):
        measure(a, b[:, :9], variance=1.0)  # 19 directions of 20 samples: just defined


@pytest.mark.parametrize("measure", [svcca, pwcca])
def test_five_samples_a_direction_warn_no_more(measure):
    a, b = features(1, d=5, n=50), features(2, d=5, n=50)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        measure(a, b, variance=1.0)
    with pytest.warns(FewSamples):
        measure(a[:-1], b[:-1], variance=1.0)


def test_a_table_makes_one_note_of_all_warnings():
    items = {str(seed): features(seed, d=6) for seed in range(4)}
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        table = pairwise("svcca", items | {"wide": features(9, d=40)}, variance=1.0)
    assert table.notes == (
        "some pairs come out too high, from too few samples for their directions; 230 would be enough for all",
    )
    assert "directions of 60 samples" in table.undefined["wide", "wide"]


@pytest.mark.parametrize("options", [{"variance": 0.0}, {"variance": 1.5}, {"components": 0}])
def test_shares_and_numbers_that_make_no_sense(options):
    with pytest.raises(UsageError, match="Cannot keep"):
        svcca(features(1), features(2), **options)
