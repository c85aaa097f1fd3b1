from dataclasses import replace

import numpy as np
import pytest
from fakes import fake_probe

from hubscore.calibration.calibration import Calibration
from hubscore.ranking.estimate_warnings import warnings
from hubscore.ranking.expected import expect
from hubscore.ranking.order import order_models
from hubscore.ranking.scorer import looks

NAN = np.nan


def said(made, probe=None, features=None):
    probe = probe or fake_probe(classes=5, each=50)
    estimates = expect(made, probe, {}, {}, Calibration.default())
    order = order_models(made, expected=estimates.prediction)
    seen = [looks(one) for one in (features or {}).values()]
    return warnings(estimates, order, probe.labels, seen, probe.class_rows)


@pytest.fixture
def probed(table):
    def build(accuracy, loss, models=None):
        return table(("kernel_probe", "probe", accuracy), ("kernel_probe_loss", "probe", loss, "lower"), models=models)

    return build


def test_nothing_is_said_where_all_is_well(probed):
    assert said(probed([0.8, 0.7], [0.5, 0.9])) == []


def test_rare_classes_are_counted(probed):
    probe = fake_probe(classes=5, each=10)
    labels = np.array([0] * 20 + [1] * 20 + [2] * 6 + [3] * 3 + [4])
    told = said(probed([0.8], [0.5]), probe.__class__(**{**vars(probe), "labels": labels}))
    (rare,) = [line for line in told if "fewer than 5" in line]
    assert rare.startswith("2 of 5 classes have fewer than 5 samples") and "1 has one, which leave-one-out" in rare
    assert rare.endswith("; use more samples")


@pytest.mark.parametrize(
    ("there", "advice"),
    [((90, 90, 6, 3, 2), "use more samples"), ((90, 90, 6, 3, 1), "the data have no more rows of them")],
)
def test_more_samples_are_advised_where_a_rare_class_has_more(probed, there, advice):
    probe = fake_probe(classes=5, each=10)
    labels = np.array([0] * 20 + [1] * 20 + [2] * 6 + [3] * 3 + [4])
    told = said(probed([0.8], [0.5]), replace(probe, labels=labels, class_rows=there))
    (rare,) = [line for line in told if "fewer than 5" in line]
    assert rare.endswith(f"; {advice}")


def test_models_without_evidence_are_named_and_counted(probed):
    told = said(probed([0.8, NAN, NAN, NAN, NAN], [0.5] * 5, models=["a", "b", "c", "d", "e"]))
    assert told[0].startswith("b, c, d and 1 more: no expected accuracy")
    assert "the other 1" in told[0]


def test_a_model_without_layers_is_named(table):
    made = table(
        ("kernel_probe", "probe", [0.8, 0.7]),
        ("kernel_probe_loss", "probe", [0.5, 0.6], "lower"),
        ("layer_kernel_probe", "probe", [0.8, NAN]),
        ("layer_kernel_probe_loss", "probe", [0.5, NAN], "lower"),
    )
    assert said(made) == [
        "m1: expected from the features alone, the others from their layers too: the interval is wider"
    ]


def test_accuracies_of_one_leave_it_to_the_log_loss_and_equals_are_told(probed):
    told = said(probed([1, 1, 1, 0.9], [0.1, 0.2, 0.2, 0.3]))
    assert told == [
        "kernel_probe is 1, the best possible, for 3 models: among them the log loss decides",
        "m1, m2 have equal expected accuracies: among them the consensus decides",
    ]


def test_copies_under_two_labels_are_counted_where_no_model_tells_them_apart(probed):
    probe = fake_probe(classes=5, each=50)
    plain = np.random.default_rng(0).normal(size=(250, 3))
    copied = plain.copy()
    copied[1], copied[5] = copied[0], copied[10]  # rows 0 and 1 have labels 0 and 1; rows 5 and 10 have label 0
    made = probed([0.8, 0.7], [0.5, 0.9])
    (told,) = said(made, probe, {"m0": copied, "m1": copied * 2})
    assert told.startswith("2 rows of the probe are copies of one another under different labels")
    assert said(made, probe, {"m0": copied, "m1": plain}) == []  # one model that tells them apart is enough
    assert said(made, probe, {"m0": np.ones((250, 3)), "m1": plain}) == []
