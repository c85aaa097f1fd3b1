import numpy as np
import pytest
from scoredata import NAMES, case

from hubscore import score
from hubscore.errors import UsageError


def released(probs, labels):
    """PARC's NegativeCrossEntropy: 1e-5 in every cell of both tables."""
    one_y, one_z = np.eye(labels.max() + 1)[labels], np.eye(probs.shape[1])[probs.argmax(axis=1)]
    joint, marginal = one_y.T @ one_z / len(labels) + 1e-5, one_z.mean(axis=0) + 1e-5
    return (joint * np.log(joint / marginal)).sum()


def test_a_case_worked_by_hand():
    # Source class 0 holds labels 0 and 1 (entropy ln 2), source class 1 holds label 1 twice (entropy 0): -(ln 2 + 0) /
    # 2.
    assert score("nce", probs=np.eye(2)[[0, 0, 1, 1]], labels=[0, 1, 1, 1]) == pytest.approx(-np.log(2) / 2, abs=1e-15)


@pytest.mark.parametrize("name", NAMES)
def test_is_the_conditional_entropy_of_counts(name):
    probs, labels = case(name).probs, case(name).labels
    source, total = probs.argmax(axis=1), 0.0
    for z in np.unique(source):
        shares = np.unique(labels[source == z], return_counts=True)[1] / (source == z).sum()
        total += (source == z).mean() * (shares * np.log(shares)).sum()
    assert score("nce", probs=probs, labels=labels) == pytest.approx(total, rel=1e-12, abs=1e-15)


@pytest.mark.parametrize("name", NAMES)
def test_the_released_reading_adds_mass_to_every_cell(name):
    probs, labels = case(name).probs, case(name).labels
    assert score("nce", probs=probs, labels=labels, reading="released") == pytest.approx(
        released(probs, labels), rel=1e-12
    )
    assert score("nce", probs=probs, labels=labels, eps=1e-5) == pytest.approx(released(probs, labels), rel=1e-12)


def test_with_imagenets_classes_the_eps_outweighs_the_data():
    rng = np.random.default_rng(0)
    labels = np.arange(500) % 100
    probs = np.eye(1000)[(labels * 7 + 100 * rng.integers(0, 2, size=500)) % 1000]
    exact = score("nce", probs=probs, labels=labels)
    assert score("nce", probs=probs, labels=labels, reading="released") < exact - 1


def test_bounds_are_reached():
    labels = np.arange(30) % 3
    assert score("nce", probs=np.eye(3)[labels], labels=labels) == 0.0
    assert score("nce", probs=np.eye(3)[np.zeros(30, int)], labels=labels) == pytest.approx(-np.log(3))


def test_another_eps_beside_the_released_reading_is_refused():
    probs, labels = np.eye(2)[[0, 0, 1, 1]], [0, 1, 1, 1]
    with pytest.raises(UsageError) as caught:
        score("nce", probs=probs, labels=labels, eps=0.5, reading="released")
    assert (
        str(caught.value)
        == 'Cannot use eps=0.5 with reading="released": that reading is eps=1e-05\nTry: leave reading= out'
    )
    released = score("nce", probs=probs, labels=labels, reading="released")
    assert score("nce", probs=probs, labels=labels, eps=1e-5, reading="released") == released
