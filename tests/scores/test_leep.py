import numpy as np
import pytest
from scoredata import NAMES, case

from hubscore import Undefined, score


def by_loop(probs, labels):
    n, total = len(labels), 0.0
    for p, y in zip(probs, labels, strict=True):  # Eq. 1 and 2 of the paper, one sample and one source class at a time
        total += np.log(
            sum(probs[labels == y, z].sum() / probs[:, z].sum() * p[z] for z in range(len(p)) if probs[:, z].sum())
        )
    return total / n


def test_a_case_worked_by_hand():
    # J(y=0) = [1, 0] / 2, J(y=1) = [.5, .5] / 2, so q(0|z) = [2/3, 0] and q(1|z) = [1/3, 1].
    # Sample 0 gets 2/3, sample 1 gets .5/3 + .5 = 2/3: LEEP = ln 2/3.
    assert score("leep", probs=[[1.0, 0.0], [0.5, 0.5]], labels=[0, 1]) == pytest.approx(np.log(2 / 3), abs=1e-15)


@pytest.mark.parametrize("name", NAMES)
def test_agrees_with_a_plain_loop(name):
    probs, labels = case(name).probs, case(name).labels
    assert score("leep", probs=probs, labels=labels) == pytest.approx(by_loop(probs, labels), rel=1e-12)
    assert score("leep", probs=probs, labels=labels, reading="released") == score("leep", probs=probs, labels=labels)


def test_predictions_that_say_nothing_give_the_entropy_of_the_labels():
    labels = [0, 0, 0, 1]
    assert score("leep", probs=np.full((4, 3), 1 / 3), labels=labels) == pytest.approx(
        0.75 * np.log(0.75) + 0.25 * np.log(0.25)
    )


def test_predictions_that_name_the_classes_are_perfect():
    labels = np.arange(30) % 3
    assert score("leep", probs=np.eye(5)[labels], labels=labels) == 0.0


def test_a_source_class_that_nobody_predicts_takes_no_part():
    probs, labels = case("two_classes").probs, case("two_classes").labels
    padded = np.hstack([probs, np.zeros((len(labels), 3))])
    assert score("leep", probs=padded, labels=labels) == pytest.approx(
        score("leep", probs=probs, labels=labels), rel=1e-14
    )


def test_twice_the_samples_change_nothing():
    probs, labels = case("imbalanced").probs, case("imbalanced").labels
    twice = score("leep", probs=np.vstack([probs, probs]), labels=np.tile(labels, 2))
    assert twice == pytest.approx(score("leep", probs=probs, labels=labels), rel=1e-13)


@pytest.mark.parametrize("name", NAMES)
def test_is_above_nce_plus_the_mean_log_confidence(name):
    # Property 2 of the paper.
    probs, labels = case(name).probs, case(name).labels
    bound = score("nce", probs=probs, labels=labels) + np.log(probs.max(axis=1)).mean()
    assert score("leep", probs=probs, labels=labels) >= bound - 1e-12


def test_logits_stand_for_their_softmax():
    logits = np.random.default_rng(0).normal(size=(20, 4))
    probs = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    labels = np.arange(20) % 3
    assert score("leep", logits=logits, labels=labels) == pytest.approx(
        score("leep", probs=probs, labels=labels), rel=1e-12
    )


def test_underflown_probabilities_are_exact_zeros_and_no_nan():
    logits = np.array([[0.0, -2000.0], [0.0, -2000.0], [1.0, -2000.0]])
    assert score("leep", logits=logits, labels=[0, 1, 1]) == pytest.approx(np.log(1 / 3) / 3 + 2 * np.log(2 / 3) / 3)


def test_a_network_without_a_head_is_undefined():
    with pytest.raises(Undefined, match="it has no source head, and this score needs source-class probabilities"):
        score("leep", features=np.eye(4), labels=[0, 0, 1, 1])
