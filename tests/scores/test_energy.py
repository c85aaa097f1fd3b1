import numpy as np
import pytest

from hubscore import HubscoreError, Undefined, score


def test_a_case_worked_by_hand():
    # ln(e^0 + e^0) = ln 2 and ln(e^ln3 + e^0) = ln 4.
    assert score("energy", features=[[0.0, 0.0], [np.log(3), 0.0]]) == pytest.approx(1.5 * np.log(2), rel=1e-15)


def test_large_features_do_not_overflow():
    assert score("energy", features=[[1000.0, 1000.0]]) == pytest.approx(1000 + np.log(2), rel=1e-15)


def test_takes_what_it_is_given_and_features_first():
    features, logits = np.zeros((3, 2)), np.zeros((3, 5))
    assert score("energy", features=features, logits=logits) == pytest.approx(np.log(2))
    assert score("energy", logits=logits) == pytest.approx(np.log(5))
    assert score("energy", features=features, logits=logits, energy_of="logits") == pytest.approx(np.log(5))


def test_a_network_without_a_head_has_no_energy_of_logits():
    with pytest.raises(Undefined, match="it has no source logits") as caught:
        score("energy", features=np.zeros((3, 2)), energy_of="logits")
    assert caught.value.fix == 'take the features of all checkpoints: energy_of="features"'


def test_without_features_and_logits_it_is_undefined():
    with pytest.raises(Undefined, match="there are neither features nor source logits"):
        score("energy", probs=np.eye(2))


def test_another_source_is_refused():
    with pytest.raises(HubscoreError, match="Cannot take the energy of 'probs': there are features and logits"):
        score("energy", features=np.eye(2), energy_of="probs")
