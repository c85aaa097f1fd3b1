"""The kernel of several layers: by hand, and against a plain implementation of the formula."""

import numpy as np
import pytest

from hubscore.errors import Undefined
from hubscore.extract.layer_kernel import combine_layers, layer_columns, layer_weights

RANDOM = np.random.default_rng(0)


def plain(layers):
    """The formula, written out."""
    n, total, weights = len(layers[0]), 0.0, []
    for at, values in enumerate(layers):
        x = np.sign(values) * np.sqrt(np.abs(values))
        x = (x - x.mean(0)) / x.std(0)
        k = x @ x.T
        h = np.eye(n) - 1 / n
        k = h @ k @ h
        weights.append((at / (len(layers) - 1)) ** 2 if len(layers) > 1 else 1.0)
        total = total + weights[-1] * k / np.trace(k) * n
    m = total / sum(weights)
    d = np.array([[m[i, i] + m[j, j] - 2 * m[i, j] for j in range(n)] for i in range(n)])
    return np.exp(-d / np.median(d[np.triu_indices(n, 1)]))


@pytest.mark.parametrize("count", [1, 2, 5])
def test_the_formula(count):
    layers = [RANDOM.normal(size=(12, width)) for width in (3, 8, 1, 20, 6)[:count]]
    asked = []

    def values_of(at):
        asked.append(at)
        return layers[at]

    made = combine_layers(values_of, layer_weights(count))
    np.testing.assert_allclose(made.kernel, plain(layers), atol=2e-6)
    assert made.constant == 0 and asked == ([0] if count == 1 else list(range(1, count)))  # the first weighs nothing


def test_one_channel_by_hand():
    """Roots 0, 2 and 4 have mean 2 and variance 8/3."""
    expected = np.array([[-2.0], [0.0], [2.0]]) / (8 / 3) ** 0.5
    values = np.array([[0.0], [4.0], [16.0]], dtype=np.float32)
    np.testing.assert_allclose(layer_columns(values), expected, rtol=1e-6)
    assert values[2, 0] == 16  # what was given stays


def test_what_varies_by_the_rounding_of_single_precision_is_constant():
    noise = 100 + RANDOM.normal(size=(50, 3)) * 1e-6
    assert layer_columns(noise.astype(np.float32)).shape == (50, 0)
    assert layer_columns((100 + RANDOM.normal(size=(50, 3)) * 1e-2).astype(np.float32)).shape == (50, 3)


def test_copies_are_alike_to_the_last_bit():
    rows = RANDOM.normal(size=(40, 300))
    same = [0, 1, 0, *range(3, 40)]
    rows[2] = rows[0]
    made = combine_layers(lambda at: rows, layer_weights(3), same).kernel
    assert np.array_equal(made[0], made[2]) and made[0, 2] == 1 and np.array_equal(made, made.T)


def test_a_layer_that_tells_nothing_counts_for_nothing():
    layers = [RANDOM.normal(size=(9, 4)), np.full((9, 3), 0.1), RANDOM.normal(size=(9, 4))]
    made = combine_layers(lambda at: layers[at], layer_weights(3))
    assert made.constant == 1
    np.testing.assert_allclose(made.kernel, plain(layers[2:]), atol=2e-6)
    with pytest.raises(Undefined, match="no layer tells"):
        combine_layers(lambda at: layers[1], [1.0])
