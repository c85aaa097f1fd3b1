"""Which layer is taken, and what is said of it."""

from dataclasses import replace

import numpy as np
import pytest
from extract.probes import probe

from hubscore.errors import UsageError
from hubscore.ranking.best_layer import layer_note, with_best_layer
from hubscore.scores.api import score
from hubscore.types import Extraction

ROWS, WIDTH, LAYERS = 60, 5, 3


def extraction(features, **transform):
    return Extraction("key", "org/net", "0" * 40, {"penultimate": features}, transform=transform)


def made(best):
    """Features of three layers, one of which tells the classes."""
    draw = np.random.default_rng(0)
    labels = np.arange(ROWS) % 2
    features = draw.normal(size=(ROWS, LAYERS * WIDTH))
    features[:, best * WIDTH] += 3 * labels
    return features.astype(np.float32), replace(probe(ROWS), labels=labels, target="classification")


@pytest.mark.parametrize("best", range(LAYERS))
def test_the_layer_that_tells_the_classes_is_taken(best):
    features, drawn = made(best)
    found = with_best_layer(extraction(features, hidden_layers="best", layers=LAYERS), drawn)
    np.testing.assert_array_equal(found.features["penultimate"], features[:, best * WIDTH : (best + 1) * WIDTH])
    told = found.notes["hidden_layer"]
    assert (told["layer"], told["of"], told["by"]) == (best + 1, LAYERS, "logme")
    expected = [score("logme", features=part, labels=drawn.labels) for part in np.split(features, LAYERS, axis=1)]
    assert told["values"] == pytest.approx(expected)
    assert layer_note(found) == (f"features of layer {best + 1} of 3, chosen on the probe by LogME",)
    assert with_best_layer(found, drawn) is found


def test_the_last_layer_is_taken_where_none_has_evidence_and_the_deepest_of_equal_ones():
    features, drawn = made(0)
    flat = extraction(np.ones_like(features), hidden_layers="best", layers=LAYERS)
    assert with_best_layer(flat, drawn).notes["hidden_layer"]["layer"] == LAYERS
    same = extraction(np.tile(features[:, :WIDTH], LAYERS), hidden_layers="best", layers=LAYERS)
    assert with_best_layer(same, drawn).notes["hidden_layer"]["layer"] == LAYERS


def test_other_features_stay_and_labels_are_needed():
    features, drawn = made(0)
    plain = extraction(features, hidden_layers="last")
    assert with_best_layer(plain, drawn) is plain and layer_note(plain) == ()
    with pytest.raises(UsageError, match="needs labels"):
        with_best_layer(extraction(features, hidden_layers="best", layers=LAYERS), replace(drawn, labels=None))
