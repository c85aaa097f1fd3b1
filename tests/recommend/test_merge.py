import numpy as np
import pytest

from hubscore.errors import UsageError
from hubscore.recommend.merge import fit_meta, merge, trans


@pytest.fixture
def parts(rng):
    values = rng.uniform(size=(14, 6))
    values[rng.uniform(size=values.shape) < 0.3] = np.nan
    return values, rng.normal(size=(14, 3)) * [1, 50, 1e-3], rng.normal(size=(6, 2)) + 4


def test_the_formulas_by_hand(rng, parts):
    """Equations 7 to 10 against numpy: one line of the design matrix for every known cell."""
    values, x, z = parts
    m, d, alpha, new = rng.uniform(size=(14, 4)), rng.uniform(size=4), 0.3, np.array([4.1, 3.9])
    rows, columns = np.nonzero(~np.isnan(values))
    design = np.hstack([np.ones((len(rows), 1)), x[rows], z[columns]])
    weights = np.linalg.lstsq(design, values[rows, columns], rcond=None)[0]
    meta = np.array([weights @ np.concatenate([[1.0], x[i], new]) for i in range(14)])
    space = np.array([sum(m[i, k] * d[k] for k in range(4)) for i in range(14)])
    made = fit_meta(values, x, z).predict(x, new)
    assert np.abs(made - meta).max() < 1e-8
    assert np.abs(trans(m, d) - space).max() < 1e-8
    assert np.abs(merge(trans(m, d), made, alpha) - ((1 - alpha) * space + alpha * meta)).max() < 1e-8


def test_columns_that_say_the_same_do_no_harm(parts):
    values, x, z = parts
    twice = np.hstack([x, x, np.ones((14, 1))])
    assert np.allclose(
        fit_meta(values, twice, z).predict(twice, z[0]), fit_meta(values, x, z).predict(x, z[0]), atol=1e-9
    )


def test_without_features_or_cells():
    empty = np.zeros((2, 0))
    assert fit_meta(np.array([[1.0], [3.0]]), empty, np.zeros((1, 0))).predict(empty, np.zeros(0)).tolist() == [2, 2]
    assert fit_meta(np.full((2, 1), np.nan), empty, np.zeros((1, 0))).intercept == 0


@pytest.mark.parametrize(("alpha", "expected"), [(0.0, [0.2, 0.5]), (1.0, [0.6, 0.5])])
def test_without_history_meta_stands_alone(alpha, expected):
    assert merge(np.array([0.2, np.nan]), np.array([0.6, 0.5]), alpha).tolist() == expected


@pytest.mark.parametrize("alpha", [-0.1, 1.1, float("nan")])
def test_alpha_is_a_share(alpha):
    with pytest.raises(UsageError, match="alpha"):
        merge(np.zeros(1), np.zeros(1), alpha)
