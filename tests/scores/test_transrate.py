import math

import numpy as np
import pytest
from scoredata import NAMES, case

from hubscore import Undefined, score
from hubscore.errors import UsageError


def rate(rows, eps):
    """The coding rate with the d x d matrix, as printed in the paper."""
    n, d = rows.shape
    return 0.5 * np.linalg.slogdet(np.eye(d) + rows.T @ rows / (n * eps))[1]


def as_printed(features, labels, eps=1e-4):
    features = features - features.mean(axis=0)
    return rate(features, eps) - np.mean([rate(features[labels == label], eps) for label in np.unique(labels)])


def raw(features, labels, eps=1e-4):
    """The repository's raw variant, with d x d matrices."""
    rows = features / np.linalg.norm(features, axis=1, keepdims=True)
    rows = rows - rows.mean(axis=0)
    rows = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    whole = np.linalg.svd(rows.T @ rows / len(rows), compute_uv=False)
    rank = np.linalg.matrix_rank(rows.T @ rows / len(rows))

    def coded(spectrum):
        return 0.5 * np.log(1 + spectrum / whole.sum() / eps).sum() / rank

    value = coded(whole)
    for label in np.unique(labels):
        part = rows[labels == label]
        value -= len(part) / len(rows) * coded(np.linalg.svd(part.T @ part / len(part), compute_uv=False))
    return value


def test_by_hand():
    # Centred features are -3 -1 1 3, mean square 5; the classes' mean squares are also 5 (9 + 1) / 2 each, so nothing is saved.
    features = np.array([[0.0], [2.0], [4.0], [6.0]])
    assert score("transrate", features=features, labels=[0, 0, 1, 1], eps=1.0) == pytest.approx(0.0, abs=1e-12)
    # Classes (-3, 3) and (-1, 1) have mean squares 9 and 1: ln(1 + 5)/2 - (ln 10 + ln 2)/4.
    expected = math.log(6) / 2 - (math.log(10) + math.log(2)) / 4
    assert score("transrate", features=features, labels=[0, 1, 1, 0], eps=1.0) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("name", NAMES)
def test_equals_the_printed_lines(name):
    features, labels, _ = case(name)
    expected = as_printed(features.astype(np.float64), labels)
    assert score("transrate", features=features, labels=labels) == pytest.approx(expected, rel=1e-9)


def test_distortion_is_an_option():
    features, labels, _ = case("more_features")
    assert score("transrate", features=features, labels=labels, eps=0.1) == pytest.approx(as_printed(features, labels, 0.1), rel=1e-9)


@pytest.mark.parametrize("name", sorted(set(NAMES) - {"relu_sparse"}))  # that has rows of zeros
def test_released_is_the_raw_variant(name):
    features, labels, _ = case(name)
    expected = raw(features.astype(np.float64), labels)
    assert score("transrate", features=features, labels=labels, reading="released") == pytest.approx(expected, rel=1e-6)


def test_a_class_of_one_sample_has_a_rate():
    features, labels, _ = case("more_samples")
    labels = np.where(np.arange(len(labels)) == 0, 9, labels)
    assert score("transrate", features=features, labels=labels) == pytest.approx(as_printed(features, labels), rel=1e-9)


def test_constant_features_save_nothing():
    assert score("transrate", features=np.ones((4, 3)), labels=[0, 0, 1, 1]) == 0.0


def test_released_is_undefined_for_a_zero_row():
    features, labels, _ = case("more_samples")
    features[5] = 0
    with pytest.raises(Undefined, match="the features of sample 5 are all 0"):
        score("transrate", features=features, labels=labels, reading="released")


def test_distortion_must_be_positive():
    with pytest.raises(UsageError, match="Cannot use eps=0: the distortion must be positive"):
        score("transrate", features=np.eye(4), labels=[0, 0, 1, 1], eps=0)
