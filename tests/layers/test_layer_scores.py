"""Numbers for layers, and the layer that they recommend."""

import doctest
from dataclasses import replace

import numpy as np
import pytest

from hubscore import score
from hubscore.errors import UsageError
from hubscore.layers import layer_scores as score_module
from hubscore.layers.layer_features import LayerFeatures
from hubscore.layers.layer_scores import columns_for, depara_layers, recommend, score_layers
from hubscore.similarity.depara import depara
from hubscore.types import Probe

N = 30


@pytest.fixture(scope="module")
def probe():
    labels = np.arange(N) % 3
    return Probe("data", None, "train", None, tuple(range(N)), labels, ("a", "b", "c"), "classification", "0" * 16, 0)


@pytest.fixture(scope="module")
def features(probe):
    rng = np.random.default_rng(0)
    return {f"l{k}": rng.normal(size=(N, 8)) + k * np.eye(8)[probe.labels] for k in range(4)}


def test_scores_are_those_of_each_layer_by_itself(features, probe):
    found = score_layers(features, probe, columns_for("logme,knn,h_score@4"), seed=0)
    for name, values in features.items():
        for one in ("logme", "knn"):
            assert found[name][one].value == pytest.approx(score(one, features=values, labels=probe.labels))
        assert found[name]["h_score@4"].value == pytest.approx(
            score("h_score", features=values, labels=probe.labels, reduce=4)
        )


def test_more_samples_are_advised_where_there_are_more(probe):
    wide = {"l0": np.random.default_rng(0).normal(size=(N, 50))}
    for usable, advice in ((N + 1, "use more samples"), (N, "reduce to 32 dimensions")):
        found = score_layers(wide, replace(probe, usable=usable), columns_for("h_score"), seed=0)
        assert found["l0"]["h_score"].reason.endswith(advice)


def test_default_scores_and_all():
    assert {column.name for column in columns_for()} == {"parc", "logme", "h_score@32", "knn"}
    every = {column.name for column in columns_for("all")}
    assert {"parc", "parc@32", "sfda", "gbc"} <= every and not every & {"leep", "nce", "energy", "cka", "rsa"}


@pytest.mark.parametrize(
    ("names", "told"),
    [("leep", "'leep' is not defined for a layer"), ("energy", "'energy' is not"), ("logmee", "logme")],
)
def test_scores_that_no_layer_has_are_refused(names, told):
    with pytest.raises(UsageError, match=told):
        columns_for(names)


@pytest.mark.parametrize("weight", [0.0, 1.0, 10.0])
def test_depara_of_a_layer_is_the_direct_computation(weight):
    rng = np.random.default_rng(1)
    mine, other = rng.normal(size=(12, 6)), rng.normal(size=(12, 9))
    maps, nodes = rng.normal(size=(2, 12, 3, 4, 4))
    cosines = np.array(
        [a.ravel() @ b.ravel() / np.linalg.norm(a) / np.linalg.norm(b) for a, b in zip(maps, nodes, strict=True)]
    )
    found = depara_layers(
        LayerFeatures({"one": mine}, {"one": cosines}, {"one": np.arange(1.0, 13)}, 12), other, lambda_=weight
    )["one"]
    direct = depara({"features": mine, "maps": maps}, {"features": other, "maps": nodes}, lambda_=weight)
    assert found["depara"].value == pytest.approx(direct)


def test_what_is_undefined_has_a_reason():
    dead, other = np.zeros((5, 3)), np.random.default_rng(0).normal(size=(5, 3))
    found = depara_layers(
        LayerFeatures({"dead": dead}, {"dead": np.full(5, np.nan)}, {"dead": np.arange(5.0)}, 5), other, lambda_=1.0
    )["dead"]
    assert (
        "a map is zero" in found["depara_nodes"].reason
        and "features of sample 0 are all 0" in found["depara_edges"].reason
    )
    assert found["depara"].value is None and found["depara"].reason == found["depara_nodes"].reason


def test_a_layer_whose_length_never_varies_has_no_nodes():
    features = np.random.default_rng(0).normal(size=(5, 3))
    passed = LayerFeatures({"norm": features}, {"norm": np.ones(5)}, {"norm": np.float32([4, 4, 4, 4, 4.000001])}, 5)
    found = depara_layers(passed, features, lambda_=1.0)["norm"]
    assert "length of its output is the same for all 5 rows" in found["depara_nodes"].reason
    assert found["depara_edges"].value == pytest.approx(1.0)


def test_the_deeper_of_equal_layers_is_recommended():
    assert recommend(np.array([[2.0, 1.0, 2.0, 1.0]]))[1] == 2
    assert recommend(np.full((2, 3), np.nan))[1] is None


def test_an_undefined_score_counts_as_the_lowest_and_one_without_any_value_does_not_count():
    mean, best = recommend(np.array([[1.0, 2.0], [np.nan, 1.0], [np.nan, np.nan]]))
    assert best == 1 and mean[0] == pytest.approx(0.125)
    assert doctest.testmod(score_module, extraglobs={"np": np}).failed == 0
