import pytest

from hubscore.calibration.evidence import ProbeEvidence

FEATURES = {"kernel_probe": 0.5, "kernel_probe_loss": 1.0}
LAYERS = {"layer_kernel_probe": 0.8, "layer_kernel_probe_loss": 0.4}


def test_both_probes_are_averaged_by_hand():
    found = ProbeEvidence.of(FEATURES | LAYERS)
    assert (found.accuracy, found.loss, found.layers) == (pytest.approx(0.65), pytest.approx(0.7), True)


def test_the_features_stand_for_themselves_and_layers_alone_were_never_compared_with_the_truth():
    assert ProbeEvidence.of(FEATURES | {"logme": 3.0}) == ProbeEvidence(0.5, 1.0, layers=False)
    assert ProbeEvidence.of(LAYERS) is None


@pytest.mark.parametrize("missing", [None, float("nan"), float("inf")])
def test_half_of_a_probe_is_none(missing):
    # An accuracy of one probe is never put beside the loss of another.
    assert ProbeEvidence.of(LAYERS | {"layer_kernel_probe_loss": missing}) is None
    assert ProbeEvidence.of(FEATURES | LAYERS | {"layer_kernel_probe_loss": missing}) == ProbeEvidence.of(FEATURES)


def test_no_score_is_no_evidence():
    assert ProbeEvidence.of({}) is None
