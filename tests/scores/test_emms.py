import numpy as np
import pytest
from scoredata import TALL, case, classes_of

from hubscore import Undefined, score
from hubscore.errors import UsageError
from hubscore.scores.emms import sparsemax


def texts_of(labels, models=3, e=6, seed=0):
    return list(np.random.default_rng(seed).normal(size=(models, classes_of(labels), e)))


def by_samples(features, labels, texts):
    """One round of the paper's algorithm on the full (n samples, e, k models) array."""
    codes = np.unique(labels, return_inverse=True)[1]
    y = np.stack([text[codes] for text in texts], axis=2)
    y = (y - y.mean(axis=0)) / np.where(y.std(axis=0) > 1e-12, y.std(axis=0), np.inf)
    deviation = features.std(axis=0)
    x = (features - features.mean(axis=0)) / np.where(deviation > 1e-12 * np.abs(features).max(), deviation, np.inf)
    fitted = x @ np.linalg.lstsq(x, y.mean(axis=2), rcond=1e-10)[0]
    weights = np.linalg.lstsq(y.reshape(-1, len(texts)), fitted.ravel(), rcond=None)[0]
    on_simplex = closest_on_simplex(weights)
    return -np.square(fitted - y @ on_simplex).sum() / y[:, :, 0].size


def closest_on_simplex(weights):
    """Bisection on the threshold whose positive parts sum to 1."""
    low, high = weights.min() - 1, weights.max()
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if np.maximum(weights - middle, 0).sum() > 1 else (low, middle)
    return np.maximum(weights - low, 0)


def test_by_hand():
    # Texts 1 and 3 become -1 and 1. Features 0 0 1 2 are centred -3/4 -3/4 1/4 5/4, squared length 11/4; their product
    # with the labels -1 -1 1 1 is 3, so they explain 9 / (11/4) = 36/11 of 4, and 8/11 of 4 samples is left: -2/11.
    value = score("emms", features=[[0.0], [0.0], [1.0], [2.0]], labels=[0, 0, 1, 1], label_texts=[[[1.0], [3.0]]])
    assert value == pytest.approx(-2 / 11, rel=1e-12)


@pytest.mark.parametrize("name", TALL)
def test_equals_the_algorithm_on_samples(name):
    features, labels, _ = case(name)
    texts = texts_of(labels)
    expected = by_samples(features.astype(np.float64), labels, texts)
    assert score("emms", features=features, labels=labels, label_texts=texts) == pytest.approx(expected, rel=1e-7)


def test_released_multiplies_by_the_dimensions():
    features, labels, _ = case("more_samples")
    texts = texts_of(labels)
    default = score("emms", features=features, labels=labels, label_texts=texts)
    assert score("emms", features=features, labels=labels, label_texts=texts, reading="released") == pytest.approx(
        36 * default, rel=1e-12
    )


def test_texts_of_absent_classes_are_left_out():
    features, labels, _ = case("more_samples")
    texts = texts_of(labels)
    some = labels != 2
    expected = by_samples(features[some], labels[some], [text[[0, 1, 3]] for text in texts])
    assert score("emms", features=features[some], labels=labels[some], label_texts=texts) == pytest.approx(
        expected, rel=1e-9
    )


def test_inputs_are_not_changed():
    features, labels, _ = case("more_samples")
    texts = texts_of(labels)
    before = [text.copy() for text in texts]
    score("emms", features=features, labels=labels, label_texts=texts)
    assert all(np.array_equal(a, b) for a, b in zip(texts, before, strict=True))


@pytest.mark.parametrize("seed", range(5))
def test_sparsemax_is_the_projection(seed):
    weights = 2 * np.random.default_rng(seed).normal(size=6)
    assert sparsemax(weights) == pytest.approx(closest_on_simplex(weights), abs=1e-12)


def test_undefined_for_as_many_features_as_samples():
    features, labels, _ = case("more_features")
    with pytest.raises(Undefined, match="EMMS is undefined: 90 features of 40 samples fit any labels perfectly"):
        score("emms", features=features, labels=labels, label_texts=texts_of(labels))


def test_undefined_for_texts_that_are_alike():
    features, labels, _ = case("more_samples")
    with pytest.raises(Undefined, match="all classes have the same text embedding"):
        score("emms", features=features, labels=labels, label_texts=[np.ones((4, 3))])


def test_texts_must_belong_to_the_classes():
    features, labels, _ = case("more_samples")
    with pytest.raises(UsageError, match=r"Cannot use label texts of shapes \(3, 6\): each must be \(4 classes, e\)"):
        score("emms", features=features, labels=labels, label_texts=[text[:3] for text in texts_of(labels)])
    with pytest.raises(UsageError, match="Cannot match 5 label texts with 4 classes: labels run to 300"):
        score("emms", features=features, labels=labels * 100, label_texts=[np.ones((5, 2))])
