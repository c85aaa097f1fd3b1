from dataclasses import replace

import numpy as np
import pytest
from fakes import fake_extraction, fake_probe

from hubscore.errors import Undefined
from hubscore.run.linear_head import linear_head_outputs


def test_a_head_tells_classes_it_was_not_trained_on():
    probe = fake_probe(classes=3, each=20)
    features = fake_extraction("lab/net", 2.6, probe.labels).features["penultimate"]
    outputs = linear_head_outputs(features, probe)
    assert outputs.shape == (60, 3) and (outputs.argmax(axis=1) == probe.labels).mean() > 0.8
    noise = np.random.default_rng(0).normal(
        size=(60, 200)
    )  # as many columns fit any labels; held-out folds are not fooled
    assert (linear_head_outputs(noise, probe).argmax(axis=1) == probe.labels).mean() < 0.6
    assert (linear_head_outputs(features, probe) == outputs).all()


def test_other_targets_get_a_ridge_regression():
    rng = np.random.default_rng(1)
    features, probe = rng.normal(size=(60, 5)), fake_probe(classes=3, each=20)
    values = features @ rng.normal(size=5)
    assert (
        np.corrcoef(linear_head_outputs(features, replace(probe, labels=values, target="regression"))[:, 0], values)[
            0, 1
        ]
        > 0.99
    )
    vectors = np.stack([values > 0, values > 1], axis=1).astype(float)
    assert linear_head_outputs(features, replace(probe, labels=vectors, target="multilabel")).shape == (60, 2)


def test_without_labels_or_with_a_class_of_one_there_is_no_head():
    probe = fake_probe(classes=3, each=2)
    features = np.eye(6)
    with pytest.raises(Undefined, match="there are no labels to train it on"):
        linear_head_outputs(features, replace(probe, labels=None, target=None))
    with pytest.raises(Undefined, match="a class has a single sample"):
        linear_head_outputs(features, replace(probe, labels=np.array([0, 0, 0, 1, 1, 2])))
