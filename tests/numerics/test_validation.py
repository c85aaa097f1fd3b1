import numpy as np
import pytest

from hubscore import score
from hubscore.errors import Undefined, UsageError
from hubscore.numerics.validation import integer, known, number
from hubscore.scores.info import SCORES


@pytest.mark.parametrize("value", [2, np.int64(2)])
def test_integers_are_taken_as_they_are(value):
    assert integer("k", value, 1) == 2


@pytest.mark.parametrize("value", [1, 2.5, 2.0, None, float("nan")])
def test_others_are_refused_with_one_that_would_do(value):
    with pytest.raises(UsageError) as caught:
        integer("folds", value, 5, least=2)
    assert str(caught.value) == f"Cannot use folds={value}: it must be an integer of at least 2\nTry: folds=5"


@pytest.mark.parametrize("value", [2, 0.5, np.float32(0.5), np.int64(3)])
def test_positive_numbers_are_taken(value):
    assert number("eps", value, 1.0) == value


@pytest.mark.parametrize("value", [0, -1.0, float("inf"), float("nan"), None])
def test_what_is_not_positive_is_refused(value):
    with pytest.raises(UsageError) as caught:
        number("eps", value, 1e-4)
    assert str(caught.value) == f"Cannot use eps={value}: it must be a positive number\nTry: eps=0.0001"


def test_words_are_shown_as_words():
    with pytest.raises(UsageError, match="Cannot use k='3': it must be an integer of at least 1"):
        integer("k", "3", 1)
    with pytest.raises(UsageError, match="Cannot use eps='1': it must be a positive number"):
        number("eps", "1", 1.0)


def test_zero_is_taken_where_it_makes_sense():
    assert number("radius", 0, 0.6, zero=True) == 0
    with pytest.raises(UsageError, match="Cannot use radius=-1: it must be 0 or a positive number"):
        number("radius", -1, 0.6, zero=True)


LOGITS = np.random.default_rng(0).normal(size=(30, 5))


@pytest.mark.parametrize(
    ("name", "option", "value", "told"),
    [
        ("knn", "k", 1.5, "an integer of at least 1\nTry: k=1"),
        ("knn", "k", 0, "an integer of at least 1\nTry: k=1"),
        ("logme", "reduce", 2.5, "an integer of at least 1\nTry: reduce=32"),
        ("logme", "rounds", 0, "an integer of at least 1\nTry: rounds=11"),
        ("logme", "stop", -1.0, "0 or a positive number\nTry: stop=0.001"),
        ("logistic", "folds", 1, "an integer of at least 2\nTry: folds=5"),
        ("logistic", "folds", 2.5, "an integer of at least 2\nTry: folds=5"),
        ("nleep", "components", 2.5, "an integer of at least 1\nTry: components=20"),
        ("nleep", "components", 0, "an integer of at least 1\nTry: components=20"),
        ("nleep", "seed", "a", "an integer of at least 0\nTry: seed=0"),
        ("ped", "steps", 0, "an integer of at least 1\nTry: steps=6"),
        ("ped", "time_step", 0.0, "a positive number\nTry: time_step=0.1"),
        ("ped", "force", -100.0, "a positive number\nTry: force=1.0"),
        ("ped", "radius", -1.0, "0 or a positive number\nTry: radius=0.6"),
        ("ped", "stop", -0.5, "0 or a positive number\nTry: stop=0.5"),
        ("pactran_dirichlet", "rounds", 2.5, "an integer of at least 1\nTry: rounds=10"),
        ("pactran_dirichlet", "alpha", 0, "a positive number\nTry: alpha=1.0"),
        ("pactran_gamma", "rounds", 0, "an integer of at least 1\nTry: rounds=10"),
        ("pactran_gamma", "alpha", float("nan"), "a positive number\nTry: alpha=1.0"),
        ("nce", "eps", -1.0, "0 or a positive number\nTry: eps=1e-05"),
    ],
)
def test_every_score_refuses_options_that_count_or_measure_nothing(name, option, value, told):
    for reading in ("default", "released") if SCORES.get(name).released else ("default",):
        with pytest.raises(UsageError) as caught:
            score(name, features=LOGITS, logits=LOGITS, labels=np.arange(30) % 3, reading=reading, **{option: value})
        assert str(caught.value) == f"Cannot use {option}={value!r}: it must be {told}"


def test_a_number_that_is_known_is_returned_and_another_is_undefined_with_the_reason():
    assert known(0, "Size", "it is not known") == 0
    with pytest.raises(Undefined, match="Size is undefined: it is not known\nTry: ask") as caught:
        known(None, "Size", "it is not known", "ask")
    assert caught.value.reason == "it is not known; ask"


FEATURES, CLASSES = np.random.default_rng(0).normal(size=(6, 2)), np.array([0, 0, 1, 1, 2, 2])


@pytest.mark.parametrize(
    "labels",
    [
        np.array(["c", "a", "b"])[CLASSES],
        [["c", "a", "b"][one] for one in CLASSES],
        np.array(["c", "a", "b"], dtype=object)[CLASSES],
        CLASSES.astype(object),
        CLASSES + 1,
    ],
)
def test_integers_and_words_are_classes(labels):
    assert score("logme", features=FEATURES, labels=labels) == pytest.approx(
        score("logme", features=FEATURES, labels=CLASSES)
    )


@pytest.mark.parametrize(
    ("labels", "told"),
    [
        (np.array(["a", "b", None], dtype=object)[CLASSES], "row 4 has none\nTry: drop"),
        (np.array(["a", float("nan"), "b"], dtype=object)[CLASSES], "row 2 has none\nTry: drop"),
        (["a", "a", float("nan"), "b", "b", "b"], "row 2 has none\nTry: drop"),
        (np.array(["a", 1, 2.5], dtype=object)[CLASSES], "Cannot tell what labels of type object"),
        (CLASSES[:, None], r"Try: pass labels\.ravel\(\)"),
        (np.eye(3, dtype=int)[CLASSES], r"Try: pass labels\.argmax\(axis=1\)"),
        (CLASSES * 1.0, 'Try: pass target="classification" or "regression"'),
        ([[0], [0, 1]] * 3, "rows have from 1 to 2 values\nTry: pass one label a sample"),
    ],
)
def test_labels_that_do_not_say_what_they_are_come_with_what_to_type(labels, told):
    with pytest.raises(UsageError, match=told):
        score("logme", features=FEATURES, labels=labels)


def test_labels_of_several_types_are_no_classes():
    with pytest.raises(UsageError, match=r"labels of several types: float, int, str\nTry: pass integers, or words"):
        score(
            "logme", features=FEATURES, labels=np.array(["a", 1, 2.5], dtype=object)[CLASSES], target="classification"
        )


@pytest.mark.parametrize(
    ("features", "told"),
    [
        (FEATURES.astype(str), "they hold words"),
        ([["a", 1.0]] * 6, "they hold words"),
        (np.array([["a", 1.0]] * 6, dtype=object), "could not convert"),
        (FEATURES + 0j, "they hold complex numbers"),
        (CLASSES.astype("datetime64[s]")[:, None], "they hold dates"),
        (object(), "float"),
        ([[1.0], [1.0, 2.0]] * 3, "rows have from 1 to 2 values"),
    ],
)
def test_features_that_are_no_numbers_to_count_with_are_refused_in_words(features, told):
    with pytest.raises(UsageError, match=f"^Cannot use features.*{told}"):
        score("logme", features=features, labels=CLASSES)
